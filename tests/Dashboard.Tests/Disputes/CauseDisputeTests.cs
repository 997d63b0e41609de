using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Disputes;

/// <summary>"This isn't the cause" over REST: who may say so and take it back, what is kept, and what is given away.</summary>
public abstract class CauseDisputeTests(DatabaseKind kind) : IAsyncLifetime
{
    private const string Line = "[WSUS SRV-SECRET] CONTOSO\\huber: System.Net.WebException: The request failed with HTTP status 407: Proxy Authentication Required (proxy7.contoso.example)";

    /// <summary>A token's name follows its person's.</summary>
    private static readonly char[] NameEnds = [' ', ',', '(', '/', ':'];

    private static readonly DateTime Began = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2);

    private readonly TempFolder _folder = new();
    private readonly TestDatabase _database = new(kind);
    private FakeAgent _agent = null!;
    private TestDashboard _dashboard = null!;
    private int _brn;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Run => Format($"/api/v1/servers/{_brn}/syncs/wsus-1/cause-disputes");

    public async ValueTask InitializeAsync()
    {
        _agent = await FakeAgent.StartAsync();
        _dashboard = await TestDashboard.StartAsync(_folder, options =>
        {
            options.Database.Provider = _database.Options.Database.Provider;
            options.Database.ConnectionString = _database.Options.Database.ConnectionString;
        });
        _brn = await _dashboard.AddServerAsync(_agent.Address, "SRV-SECRET", "BRN");
        await using var context = await ContextAsync();
        foreach (var run in new[] { "wsus-1", "wsus-2" })
        {
            context.SyncRuns.Add(new() { ServerId = _brn, RunId = run, Source = SyncSource.Wsus, StartedAt = Began.AddHours(run == "wsus-1" ? 0 : 4), EndedAt = Began.AddHours(run == "wsus-1" ? 0.2 : 4.2), Result = run == "wsus-1" ? SyncResult.Failed : SyncResult.Succeeded });
        }

        var evidence = new RunEvidence { RunId = "wsus-1", Lines = [new("wsyncmgr", Began.AddMinutes(10).ToOffset(), "Synchronizing WSUS server SRV-SECRET") { GoodRuns = 1, CoveredGoodRuns = 4 }, new("SoftwareDistribution", Began.AddMinutes(11).ToOffset(), Line)], GoodRunsRead = 4 };
        context.RunEvidence.Add(new() { ServerId = _brn, RunId = "wsus-1", At = Began.AddMinutes(13), Message = evidence.ToWire().ToByteArray() });
        await SyncRollup.SaveAsync(context, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Post_NamedCause_IsKeptListedAndAudited()
    {
        var (status, said, _) = await _dashboard.PostAsync(Run, new { actualCause = FindingIds.DatabaseFailing, comment = "The account was fine." });

        Assert.Equal(201, status);
        Assert.Equal((FindingIds.ProxyRefused, FindingIds.DatabaseFailing, "The account was fine."), (Text(said, "cause"), Text(said, "actualCause"), Text(said, "comment")));
        Assert.NotEmpty(Text(said, "productVersion")!);
        var list = await GetAsync("/api/v1/cause-disputes?cause=proxy-refused");
        Assert.Equal((1, "wsus-1"), (list.GetProperty("total").GetInt32(), Text(list.GetProperty("items")[0], "runId")));
        Assert.Equal(0, (await GetAsync("/api/v1/cause-disputes?cause=disk-full")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await GetAsync("/api/v1/cause-disputes?site=ZRH")).GetProperty("total").GetInt32());
        var entry = Assert.Single(await AuditAsync("cause.dispute"));
        Assert.Equal((_brn, FindingIds.ProxyRefused, FindingIds.DatabaseFailing, "done"), (entry.ServerId, entry.Before, entry.After, entry.Outcome));
    }

    [Fact]
    public async Task Post_WhatItSays_ChangesNoCauseAndNoCertainty()
    {
        var before = await ExplainAsync();
        await _dashboard.PostAsync(Run, new { actualCause = FindingIds.DatabaseFailing });

        Assert.Equal(before, await ExplainAsync());
    }

    [Theory]
    [InlineData("cause", "\"cause\":\"disk-full\"")]
    [InlineData("actualCause", "\"actualCause\":\"the-moon\"")]
    [InlineData("actualCause", "\"actualCause\":\"unknown-cause\"")]
    [InlineData("actualCause", "\"actualCause\":\"proxy-refused\"")]
    [InlineData("comment", "\"comment\":\"\\u202Eno\"")]
    [InlineData("other", "\"other\":1")]
    public async Task Post_WhatCannotBeTaken_NamesTheFieldAndKeepsNothing(string field, string body)
    {
        using var content = new StringContent($"{{{body}}}", null, "application/json");
        using var response = await _dashboard.Http.PostAsync(new Uri(Run, UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(0, await CountAsync());
    }

    [Theory]
    [InlineData(500, 201)]
    [InlineData(501, 400)]
    public async Task Post_Comment_HasALimit(int length, int expected) => Assert.Equal(expected, (await _dashboard.PostAsync(Run, new { comment = new string('x', length) })).Status);

    [Fact]
    public async Task Post_Twice_IsAConflictAndStandsOnce()
    {
        await _dashboard.PostAsync(Run, new { });

        Assert.Equal(409, (await _dashboard.PostAsync(Run, new { comment = "again" })).Status);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Post_GoodRunOrNone_IsRefused()
    {
        Assert.Equal(409, (await _dashboard.PostAsync(Run.Replace("wsus-1", "wsus-2", StringComparison.Ordinal), new { })).Status);
        Assert.Equal(404, (await _dashboard.PostAsync(Run.Replace("wsus-1", "wsus-9", StringComparison.Ordinal), new { })).Status);
        Assert.Equal(404, (await _dashboard.PostAsync("/api/v1/servers/999/syncs/wsus-1/cause-disputes", new { })).Status);
    }

    [Fact]
    public async Task Rights_ViewerOperatorOtherSiteAndAdmin_AreAsTheyShouldBe()
    {
        using var viewer = await ClientAsync("viewer", Role.Viewer, "BRN");
        using var stranger = await ClientAsync("stranger", Role.Operator, "ZRH");
        using var author = await ClientAsync("author", Role.Operator, "BRN");
        using var colleague = await ClientAsync("colleague", Role.Operator, "BRN");
        using var admin = await ClientAsync("admin", Role.Admin, "BRN");

        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(viewer));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(stranger));
        Assert.Equal(HttpStatusCode.Created, await PostAsync(author));
        Assert.Equal(HttpStatusCode.Created, await PostAsync(colleague));

        Assert.Equal(0, (await GetAsync("/api/v1/cause-disputes", stranger)).GetProperty("total").GetInt32());
        Assert.Equal("[]", await stranger.GetStringAsync(new Uri("/api/v1/cause-disputes.json", UriKind.Relative), Token));
        var list = (await GetAsync("/api/v1/cause-disputes", author)).GetProperty("items").EnumerateArray().ToDictionary(item => Text(item, "by")!.Split(NameEnds)[0]);
        Assert.Equal((true, false), (list["author"].GetProperty("isUndoable").GetBoolean(), list["colleague"].GetProperty("isUndoable").GetBoolean()));
        var (own, others) = (list["author"].GetProperty("id").GetInt64(), list["colleague"].GetProperty("id").GetInt64());

        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(stranger, own));
        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(viewer, own));
        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(author, others));
        Assert.Equal(2, await CountAsync());
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(author, own));
        Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(admin, others));
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(admin, others));
        Assert.Equal(0, await CountAsync());
        Assert.Equal(["admin", "author"], (await AuditAsync("cause.dispute-undo")).Select(entry => entry.Who.Split(NameEnds)[0]).Order());

        async Task<HttpStatusCode> PostAsync(HttpClient client)
        {
            using var response = await client.PostAsJsonAsync(new Uri(Run, UriKind.Relative), new { }, Token);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Export_HoldsTheEvidenceAndNoNameUnlessCommentsAreAskedFor()
    {
        using var author = await ClientAsync("hans-muster", Role.Operator, "BRN");
        using var said = await author.PostAsJsonAsync(new Uri(Run, UriKind.Relative), new { comment = "ask Hans Muster about SRV-SECRET" }, Token);
        Assert.Equal(HttpStatusCode.Created, said.StatusCode);

        foreach (var format in new[] { "json", "csv" })
        {
            var text = await _dashboard.Http.GetStringAsync(new Uri($"/api/v1/cause-disputes.{format}", UriKind.Relative), Token);
            foreach (var name in new[] { "secret", "huber", "contoso", "muster", "hans", "brn", "proxy7", "wsus-1", "comment" })
            {
                Assert.DoesNotContain(name, text, StringComparison.OrdinalIgnoreCase);
            }

            Assert.Contains(FindingIds.ProxyRefused, text, StringComparison.Ordinal);
            Assert.Contains("the request failed with http status 407", text, StringComparison.Ordinal);
            Assert.Contains("ask Hans Muster", await _dashboard.Http.GetStringAsync(new Uri($"/api/v1/cause-disputes.{format}?comments=true", UriKind.Relative), Token), StringComparison.Ordinal);
        }

        var row = (await GetAsync("/api/v1/cause-disputes.json"))[0];
        var facts = row.GetProperty("case");
        Assert.Equal(("wsus", "failed", 4), (Text(facts, "source"), Text(facts, "result"), facts.GetProperty("goodRunsRead").GetInt32()));
        Assert.Equal([1, 0], facts.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("goodRuns").GetInt32()));
        Assert.Contains(facts.GetProperty("evidence").EnumerateArray(), evidence => Text(evidence, "cause") == FindingIds.ProxyRefused && Text(evidence, "speaks") == "for" && Text(evidence, "id")!.Length > 3);
    }

    [Fact]
    public async Task Retention_RunIsPast_TakesTheWordWithIt()
    {
        await _dashboard.PostAsync(Run, new { });
        await using (var context = await ContextAsync())
        {
            await context.CauseDisputes.ExecuteUpdateAsync(row => row.SetProperty(dispute => dispute.RunStartedAt, Began.AddDays(-2_000)), Token);
        }

        await _dashboard.Get<RetentionJob>().RunAsync(Token);

        Assert.Equal(0, await CountAsync());
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<HttpStatusCode> DeleteAsync(HttpClient client, long id)
    {
        using var response = await client.DeleteAsync(new Uri(Format($"/api/v1/cause-disputes/{id}"), UriKind.Relative), Token);
        return response.StatusCode;
    }

    private async Task<IReadOnlyList<(string, CauseConfidence, int)>> ExplainAsync()
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var run = await scope.ServiceProvider.GetRequiredService<Dashboard.Features.Causes.SyncRunExplanationService>().GetAsync(_brn, "wsus-1", Token);
        return [.. run!.Causes.Select(cause => (cause.Id, cause.Confidence, cause.Score))];
    }

    private async Task<IReadOnlyList<AuditRow>> AuditAsync(string what)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var page = await scope.ServiceProvider.GetRequiredService<AuditService>().GetPageAsync(new() { What = what, PageSize = 50 }, Token);
        return [.. page.Items.Where(row => row.What == what)];
    }

    private async Task<HttpClient> ClientAsync(string name, Role role, string site)
    {
        var person = await _dashboard.AddPersonAsync(name, new Grant(role, SiteScope.Of(site)));
        return _dashboard.Client((await _dashboard.AddTokenAsync(person)).Text);
    }

    private Task<JsonElement> GetAsync(string path, HttpClient? client = null) => (client ?? _dashboard.Http).GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Token);

    private async Task<int> CountAsync()
    {
        await using var context = await ContextAsync();
        return await context.CauseDisputes.CountAsync(Token);
    }

    private Task<DashboardContext> ContextAsync() => _dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);
}

public sealed class CauseDisputeOnSqliteTests() : CauseDisputeTests(DatabaseKind.Sqlite);

public sealed class CauseDisputeOnPostgreSqlTests() : CauseDisputeTests(DatabaseKind.PostgreSql);
