using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using static WsusDashboard.Dashboard.Tests.Posture.PostureSamples;

namespace WsusDashboard.Dashboard.Tests.Posture;

/// <summary>The posture over REST: what is listed, who may see and accept what, and what a file holds.</summary>
public abstract class PostureApiTests(DatabaseKind kind) : IAsyncLifetime
{
    private const string Formula = "=HYPERLINK(\"http://evil.example\")";

    private readonly TempFolder _folder = new();
    private readonly TestDatabase _database = new(kind);
    private TestDashboard _dashboard = null!;
    private int _brn;
    private int _zrh;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset RealNow => TimeProvider.System.GetUtcNow();

    private string Own => Format($"/api/v1/servers/{_brn}/posture/{RemoteCode}/acknowledgement");

    private static string All => $"/api/v1/posture/{RemoteCode}/acknowledgement";

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options =>
        {
            options.Database.Provider = _database.Options.Database.Provider;
            options.Database.ConnectionString = _database.Options.Database.ConnectionString;
        });
        _brn = await AddAsync("BRN-WSUS01", "BRN", Vulnerable(RealNow).WithCertificate(RealNow.AddDays(20)));
        _zrh = await AddAsync("ZRH-SUP01", "ZRH", Vulnerable(RealNow));
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Get_Findings_AreFilteredAndPaged()
    {
        Assert.Equal([_brn, _zrh], Servers(await GetAsync($"/api/v1/posture?finding={RemoteCode}")));
        Assert.Equal([_zrh], Servers(await GetAsync($"/api/v1/posture?finding={RemoteCode}&site=ZRH")));
        Assert.Equal([_brn], Servers(await GetAsync(Format($"/api/v1/posture?kind=certificate&severity=warning&server={_brn}"))));
        Assert.Empty(Servers(await GetAsync("/api/v1/posture?kind=certificate&severity=critical")));
        Assert.Empty(Servers(await GetAsync("/api/v1/posture?answer=cannotSay&kind=vulnerability")));
        var page = await GetAsync($"/api/v1/posture?finding={RemoteCode}&page=2&pageSize=1");
        Assert.Equal((2, 1), (page.GetProperty("total").GetInt32(), Servers(page).Count));
        Assert.Empty(Servers(await GetAsync($"/api/v1/posture?finding={RemoteCode}&page=3&pageSize=1")));
        var row = page.GetProperty("items")[0].GetProperty("finding");
        Assert.Equal(("found", true, true), (row.GetProperty("answer").GetString(), row.GetProperty("allowsRemoteCode").GetBoolean(), row.GetProperty("evidence").GetArrayLength() > 0));
    }

    [Theory]
    [InlineData("/api/v1/posture?kind=nonsense")]
    [InlineData("/api/v1/posture?severity=2")]
    [InlineData("/api/v1/posture?pageSize=201")]
    [InlineData("/api/v1/posture?other=1")]
    [InlineData("/api/v1/posture/calendar?months=25")]
    public async Task Get_WhatIsNoFilter_IsRefused(string path)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Get_SummaryCalendarAndServer_SayTheSame()
    {
        var summary = await GetAsync("/api/v1/posture/summary");
        Assert.Equal((2, 2, 2), (summary.GetProperty("servers").GetInt32(), summary.GetProperty("vulnerable").GetInt32(), summary.GetProperty("openToTakeover").GetInt32()));
        Assert.Equal(PostureTable.OfRelease!.Sha256, summary.GetProperty("tableSha256").GetString());
        Assert.Equal(1, (await GetAsync("/api/v1/posture/summary?site=ZRH")).GetProperty("servers").GetInt32());

        var end = Assert.Single((await GetAsync("/api/v1/posture/calendar?months=2&site=BRN")).GetProperty("items").EnumerateArray());
        Assert.Equal(("certificate", "within30Days", 1), (end.GetProperty("kind").GetString(), end.GetProperty("notice").GetString(), end.GetProperty("servers").GetInt32()));

        var server = await GetAsync(Format($"/api/v1/servers/{_brn}/posture"));
        Assert.Contains(RemoteCode, server.GetProperty("findings").EnumerateArray().Select(row => row.GetProperty("finding").GetProperty("id").GetString()));
        Assert.Equal(JsonValueKind.String, server.GetProperty("factsReadAt").ValueKind);
        using var missing = await _dashboard.Http.GetAsync(new Uri("/api/v1/servers/999/posture", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Csv_TextThatLooksLikeAFormula_IsNone()
    {
        Set(_zrh, Facts(RealNow).JudgedByAgent(new PostureFinding { Id = "cve-2027-1", Kind = PostureKind.Vulnerability, Severity = PostureSeverity.Critical, Title = Formula, Evidence = [new(Formula, Formula, Formula, null)] }));
        await _dashboard.UntilAsync(_zrh, server => server.Snapshot?.Posture.Value?.Findings.Count == 1);

        var text = await _dashboard.Http.GetStringAsync(new Uri("/api/v1/posture.csv?site=ZRH", UriKind.Relative), Token);

        Assert.Contains("cve-2027-1", text, StringComparison.Ordinal);
        Assert.Contains("\"'=HYPERLINK", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"=HYPERLINK", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_OneServer_IsAcceptedShownAndAudited()
    {
        var until = RealNow.AddDays(30);
        Assert.Equal(HttpStatusCode.OK, await PutAsync(Own, until, "Replaced in January."));

        var rows = (await GetAsync($"/api/v1/posture?finding={RemoteCode}&acknowledged=true")).GetProperty("items").EnumerateArray().ToList();
        var accepted = Assert.Single(rows).GetProperty("acknowledgement");
        Assert.Equal("Replaced in January.", accepted.GetProperty("reason").GetString());
        Assert.Equal(until, accepted.GetProperty("until").GetDateTimeOffset(), TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await GetAsync("/api/v1/posture/summary")).GetProperty("openToTakeover").GetInt32());
        var entry = Assert.Single(await AuditAsync("posture.acknowledge"));
        Assert.Equal((_brn, RemoteCode, "Replaced in January.", "done"), (entry.ServerId, entry.Detail, entry.Ticket, entry.Outcome));

        // The newest word counts.
        Assert.Equal(HttpStatusCode.OK, await PutAsync(Own, until.AddDays(5), "Later."));
        Assert.Equal(1, await CountAsync());
        Assert.NotEmpty((await AuditAsync("posture.acknowledge"))[0].Before);

        Assert.Equal(HttpStatusCode.OK, await DeleteAsync(_dashboard.Http, Own));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(_dashboard.Http, Own));
        Assert.Equal(0, await CountAsync());
        Assert.Single(await AuditAsync("posture.acknowledge-undo"));
    }

    [Theory]
    [InlineData(-1, "Known.", "until")]
    [InlineData(366, "Known.", "until")]
    [InlineData(30, "", "reason")]
    [InlineData(30, "   ", "reason")]
    [InlineData(30, "\u202Eno", "reason")]
    public async Task Put_WhatCannotBeTaken_NamesTheFieldAndKeepsNothing(int days, string reason, string field)
    {
        using var response = await _dashboard.Http.PutAsJsonAsync(new Uri(Own, UriKind.Relative), new { until = RealNow.AddDays(days), reason }, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(0, await CountAsync());
    }

    [Theory]
    [InlineData(365, 500, HttpStatusCode.OK)]
    [InlineData(30, 501, HttpStatusCode.BadRequest)]
    public async Task Put_EndAndReason_HaveLimits(int days, int length, HttpStatusCode expected) => Assert.Equal(expected, await PutAsync(Own, RealNow.AddDays(days).AddMinutes(-1), new string('x', length)));

    [Fact]
    public async Task Put_FindingThatNobodyHas_IsNotThere()
    {
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync("/api/v1/posture/cve-1999-1/acknowledgement", RealNow.AddDays(3), "Known."));
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(Format($"/api/v1/servers/{_zrh}/posture/{PostureFindingIds.CertificateEnds}/acknowledgement"), RealNow.AddDays(3), "Known."));
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync($"/api/v1/servers/999/posture/{RemoteCode}/acknowledgement", RealNow.AddDays(3), "Known."));
    }

    [Fact]
    public async Task Rights_OfSites_LimitWhatIsSeenAndAccepted()
    {
        using var viewer = await ClientAsync("viewer", Role.Viewer, "BRN");
        using var stranger = await ClientAsync("stranger", Role.Operator, "GVA");
        using var operatorOfBern = await ClientAsync("operator", Role.Operator, "BRN");
        var person = await _dashboard.AddPersonAsync("both", new Grant(Role.Operator, SiteScope.Of("BRN")), new Grant(Role.Viewer, SiteScope.Of("ZRH")));
        using var both = _dashboard.Client((await _dashboard.AddTokenAsync(person)).Text);

        Assert.Equal([_brn], Servers(await GetAsync($"/api/v1/posture?finding={RemoteCode}", viewer)));
        Assert.Empty(Servers(await GetAsync("/api/v1/posture", stranger)));
        Assert.Equal(0, (await GetAsync("/api/v1/posture/summary", stranger)).GetProperty("servers").GetInt32());
        Assert.DoesNotContain("ZRH-SUP01", await viewer.GetStringAsync(new Uri("/api/v1/posture.csv", UriKind.Relative), Token), StringComparison.Ordinal);
        Assert.Equal(0, (await GetAsync("/api/v1/posture/calendar", stranger)).GetProperty("total").GetInt32());

        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(Own, RealNow.AddDays(3), "Known.", viewer));
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(Own, RealNow.AddDays(3), "Known.", stranger));
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(All, RealNow.AddDays(3), "Known.", stranger));
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync(Format($"/api/v1/servers/{_zrh}/posture/{RemoteCode}/acknowledgement"), RealNow.AddDays(3), "Known.", operatorOfBern));
        Assert.Equal(0, await CountAsync());

        // For all: only those that one may change; those that one only sees are said.
        using var put = await both.PutAsJsonAsync(new Uri(All, UriKind.Relative), new { until = RealNow.AddDays(3), reason = "Known." }, Token);
        var result = await put.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal([_brn], result.GetProperty("servers").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(1, result.GetProperty("leftOut").GetInt32());

        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(stranger, All));
        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(viewer, All));
        Assert.Equal(HttpStatusCode.OK, await DeleteAsync(operatorOfBern, All));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Retention_LongEnded_Goes()
    {
        await PutAsync(Own, RealNow.AddDays(3), "Known.");
        await using (var context = await _dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token))
        {
            await context.PostureAcknowledgements.ExecuteUpdateAsync(row => row.SetProperty(acknowledgement => acknowledgement.Until, RealNow.AddDays(-2_000).UtcDateTime), Token);
        }

        Assert.Empty(Servers(await GetAsync("/api/v1/posture?acknowledged=true")));
        Assert.Equal(1, await CountAsync());
        await _dashboard.Get<RetentionJob>().RunAsync(Token);
        Assert.Equal(0, await CountAsync());
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static List<int> Servers(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("serverId").GetInt32())];

    private static async Task<HttpStatusCode> DeleteAsync(HttpClient client, string path)
    {
        using var response = await client.DeleteAsync(new Uri(path, UriKind.Relative), Token);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> PutAsync(string path, DateTimeOffset until, string reason, HttpClient? client = null)
    {
        using var response = await (client ?? _dashboard.Http).PutAsJsonAsync(new Uri(path, UriKind.Relative), new { until, reason }, Token);
        return response.StatusCode;
    }

    private async Task<int> AddAsync(string name, string site, PostureState facts)
    {
        var id = await _dashboard.AddServerAsync(Format($"https://127.0.0.1:{(site == "BRN" ? 9 : 10)}"), name, site);
        Set(id, facts);
        await _dashboard.UntilAsync(id, server => server.Snapshot?.Posture.Value is not null);
        return id;
    }

    /// <summary>What an agent would have sent.</summary>
    private void Set(int serverId, PostureState facts)
    {
        var ingest = _dashboard.Get<FleetIngest>();
        ingest.Find(serverId)!.Update(_ => Snapshot(facts, RealNow), RealNow);
        ingest.MarkDirty(serverId);
    }

    private async Task<HttpClient> ClientAsync(string name, Role role, string site)
    {
        var person = await _dashboard.AddPersonAsync(name, new Grant(role, SiteScope.Of(site)));
        return _dashboard.Client((await _dashboard.AddTokenAsync(person)).Text);
    }

    private async Task<IReadOnlyList<AuditRow>> AuditAsync(string what)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var page = await scope.ServiceProvider.GetRequiredService<AuditService>().GetPageAsync(new() { What = what, PageSize = 50 }, Token);
        return [.. page.Items.Where(row => row.What == what)];
    }

    private Task<JsonElement> GetAsync(string path, HttpClient? client = null) => (client ?? _dashboard.Http).GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Token);

    private Task<int> CountAsync() => _dashboard.ReadAsync(context => context.PostureAcknowledgements.CountAsync(Token));
}

public sealed class PostureOnSqliteTests() : PostureApiTests(DatabaseKind.Sqlite);

public sealed class PostureOnPostgreSqlTests() : PostureApiTests(DatabaseKind.PostgreSql);
