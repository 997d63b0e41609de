using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UglyToad.PdfPig;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.EvidencePacks;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Tests.Reports;

/// <summary>Evidence packs: what is in them, who gets them, and that a change of any byte is found.</summary>
public abstract class EvidenceTests(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly DateTime Ended = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1);

    private readonly TempFolder _folder = new();
    private readonly TestDatabase _database = new(kind);
    private TestDashboard _dashboard = null!;
    private int _brn;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EvidenceVerification Verification => EvidenceVerification.Open(_dashboard.Get<DashboardOptions>());

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options =>
        {
            options.Database.Provider = _database.Options.Database.Provider;
            options.Database.ConnectionString = _database.Options.Database.ConnectionString;
        });
        _brn = await _dashboard.AddServerAsync("https://127.0.0.1:9", "BRN-WSUS01", "BRN");
        await _dashboard.AddServerAsync("https://127.0.0.1:10", "ZRH-SUP01", "ZRH");
        var run = new Repair
        {
            Id = "r-1",
            PlanFingerprint = "f",
            ComputerName = "BRN-WSUS01",
            Playbook = "full-repair",
            State = RepairState.Succeeded,
            RequestedBy = "Anna",
            Reason = "CHG-1234",
            StartedAt = Ended.AddMinutes(-5).ToOffset(),
            EndedAt = Ended.ToOffset(),
            Steps = [new() { Number = 1, Title = "Set the queue length", State = StepState.Done, Message = "Read back." }],
            Changes = [new() { Setting = "queueLength", Before = "1000", After = "30000" }],
        };
        await using var context = await _dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);
        context.Repairs.Add(new() { ServerId = _brn, RepairId = run.Id, Playbook = run.Playbook, State = run.State, StartedAt = run.StartedAt.UtcDateTime, EndedAt = Ended, Run = JsonSerializer.Serialize(run, JsonColumn.Json) });
        context.Repairs.Add(new() { ServerId = _brn, RepairId = "r-2", Playbook = run.Playbook, State = RepairState.Running, StartedAt = Ended, Run = JsonSerializer.Serialize(run with { Id = "r-2", State = RepairState.Running, EndedAt = null }, JsonColumn.Json) });
        await context.SaveChangesAsync(Token);

        // About Bern, about Zurich, about Bern again: the second is a link between the two.
        await _dashboard.Get<AuditLog>().AppendAsync([Entry("repair.start", _brn, "BRN"), Entry("server.edit", _brn + 1, "ZRH"), Entry("repair.end", _brn, "BRN")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task OfRepair_AsItWasMade_IsIntactAndHoldsItsAudit()
    {
        var pack = await GetAsync("/api/v1/repairs/r-1/evidence.zip");

        var verdict = Verify(pack);
        Assert.True(verdict.IsIntact, verdict.Sentence);
        var extract = JsonSerializer.Deserialize<AuditExtract>(File(pack, EvidenceFiles.Audit), JsonColumn.Json)!;
        Assert.Equal(verdict.AuditEntries, extract.Entries.Count);
        Assert.All(extract.Entries, row => Assert.Equal(_brn, row.ServerId));
        Assert.Contains("repair.end", extract.Entries.Select(row => row.What));
        Assert.NotEmpty(extract.Links);
        using var pdf = PdfDocument.Open(File(pack, EvidenceFiles.Pdf));
        var words = pdf.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text).ToList();
        Assert.Contains("CHG-1234.", words);
        Assert.Contains("30,000", words);
    }

    [Fact]
    public async Task OfMonth_OfASiteAndOfTheFleet_AreIntact()
    {
        var (site, fleet) = (Verify(await GetAsync("/api/v1/evidence/month.zip?site=BRN")), Verify(await GetAsync("/api/v1/evidence/month.zip")));

        Assert.True(site.IsIntact, site.Sentence);
        Assert.True(fleet.IsIntact, fleet.Sentence);
        Assert.True(fleet.AuditEntries > site.AuditEntries, $"{fleet.AuditEntries} of the fleet, {site.AuditEntries} of the site.");
    }

    [Theory]
    [InlineData(EvidenceFiles.Pdf)]
    [InlineData(EvidenceFiles.Json)]
    [InlineData(EvidenceFiles.Audit)]
    [InlineData(EvidenceFiles.Manifest)]
    [InlineData(EvidenceFiles.Proof)]
    public async Task Verify_AnyFileChangedOrMissing_IsFound(string name)
    {
        var pack = await GetAsync("/api/v1/repairs/r-1/evidence.zip");

        Assert.False(Verify(Change(pack, name, content => [.. content[..^1], (byte)(content[^1] ^ 1)])).IsIntact);
        Assert.False(Verify(Change(pack, name, _ => null)).IsIntact);
        Assert.False(Verify(Change(pack, "more.txt", _ => [1])).IsIntact);
    }

    [Fact]
    public async Task Verify_AuditEntryChangedWithTheSealOfTheDashboard_IsFoundByTheChain()
    {
        var pack = await GetAsync("/api/v1/repairs/r-1/evidence.zip");
        var extract = JsonSerializer.Deserialize<AuditExtract>(File(pack, EvidenceFiles.Audit), JsonColumn.Json)!;
        var seal = new EvidenceSeal(KeyFile.Open(_dashboard.Get<DashboardOptions>()));

        Assert.True(Sealed(extract).IsIntact);
        Assert.False(Sealed(extract with { Entries = [extract.Entries[0] with { Who = "somebody else" }, .. extract.Entries.Skip(1)] }).IsIntact);
        Assert.False(Sealed(extract with { Entries = [.. extract.Entries.SkipLast(2), extract.Entries[^1]] }).IsIntact);
        Assert.False(Sealed(extract with { Links = [] }).IsIntact);

        EvidenceVerdict Sealed(AuditExtract changed) => Verify(EvidenceWriter.Pack(new() { Subject = "test", MadeAt = Ended.ToOffset() }, seal, (EvidenceFiles.Audit, JsonSerializer.SerializeToUtf8Bytes(changed, JsonColumn.Json))));
    }

    [Fact]
    public async Task Verify_OfAnotherDashboard_IsNotIntact()
    {
        var pack = await GetAsync("/api/v1/repairs/r-1/evidence.zip");
        using var other = new TempFolder();
        var options = new DashboardOptions { DataDirectory = other.Path };

        Assert.Throws<DashboardStartException>(() => EvidenceVerification.Open(options));
        KeyFile.Open(options);
        using var stream = new MemoryStream(pack);
        Assert.False(EvidenceVerification.Open(options).Verify(stream).IsIntact);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no zip at all")]
    public void Verify_WhatIsNoPack_IsSaid(string content)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        Assert.False(Verification.Verify(stream).IsIntact);
    }

    [Fact]
    public async Task Rights_NeedTheAuditOfTheSite()
    {
        using var operatorOfBern = await ClientAsync("operator", Role.Operator, "BRN");
        using var bern = await ClientAsync("bern", Role.Admin, "BRN");
        using var zurich = await ClientAsync("zurich", Role.Admin, "ZRH");

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(operatorOfBern, "/api/v1/repairs/r-1/evidence.zip"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bern, "/api/v1/repairs/r-1/evidence.zip"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(zurich, "/api/v1/repairs/r-1/evidence.zip"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(bern, "/api/v1/evidence/month.zip"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bern, "/api/v1/evidence/month.zip?site=ZRH"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(bern, "/api/v1/repairs/r-2/evidence.zip"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(_dashboard.Http, "/api/v1/evidence/month.zip?month=2090-01-01"));
    }

    private static AuditEntry Entry(string what, int server, string site) => new() { At = AuditChain.WholeMilliseconds(Ended), Who = "Anna", What = what, ServerId = server, ServerName = site, Site = site, Detail = "r-1", Outcome = "done" };

    private EvidenceVerdict Verify(byte[] pack)
    {
        using var stream = new MemoryStream(pack);
        return Verification.Verify(stream);
    }

    private static byte[] File(byte[] pack, string name)
    {
        using var zip = new ZipArchive(new MemoryStream(pack), ZipArchiveMode.Read);
        using var reading = zip.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        reading.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>The same pack with one file changed, or without it, or with it.</summary>
    private static byte[] Change(byte[] pack, string name, Func<byte[], byte[]?> change)
    {
        using var old = new ZipArchive(new MemoryStream(pack), ZipArchiveMode.Read);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in old.Entries.Select(entry => entry.FullName).Append(name).Distinct(StringComparer.Ordinal))
            {
                var content = old.GetEntry(file) is null ? change([]) : file == name ? change(File(pack, file)) : File(pack, file);
                if (content is not null)
                {
                    using var writing = zip.CreateEntry(file).Open();
                    writing.Write(content);
                }
            }
        }

        return stream.ToArray();
    }

    private Task<byte[]> GetAsync(string path) => _dashboard.Http.GetByteArrayAsync(new Uri(path, UriKind.Relative), Token);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return response.StatusCode;
    }

    private async Task<HttpClient> ClientAsync(string name, Role role, string site)
    {
        var person = await _dashboard.AddPersonAsync(name, new Grant(role, SiteScope.Of(site)));
        return _dashboard.Client((await _dashboard.AddTokenAsync(person)).Text);
    }
}

public sealed class EvidenceOnSqliteTests() : EvidenceTests(DatabaseKind.Sqlite);

public sealed class EvidenceOnPostgreSqlTests() : EvidenceTests(DatabaseKind.PostgreSql);
