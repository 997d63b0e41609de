using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using UglyToad.PdfPig;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Features.Reports;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using static WsusDashboard.Dashboard.Tests.Posture.PostureSamples;

namespace WsusDashboard.Dashboard.Tests.Reports;

/// <summary>Reports over REST and by the schedule: what they count, who sees them, and what hostile names do in them.</summary>
public abstract class ReportTests(DatabaseKind kind) : IAsyncLifetime
{
    private const string HostileName = "=cmd|'/c calc'!A1 <b>x</b>";

    private readonly TempFolder _folder = new();
    private readonly TestDatabase _database = new(kind);
    private TestDashboard _dashboard = null!;
    private int _brn;
    private int _zrh;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset RealNow => TimeProvider.System.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options =>
        {
            options.Database.Provider = _database.Options.Database.Provider;
            options.Database.ConnectionString = _database.Options.Database.ConnectionString;

            // What the tests ask for alone is made.
            (options.Reports.Weekly, options.Reports.PatchTuesday) = (false, false);
        });
        _brn = await _dashboard.AddServerAsync("https://127.0.0.1:9", "BRN-WSUS01", "BRN");
        _zrh = await _dashboard.AddServerAsync("https://127.0.0.1:10", HostileName, "ZRH");
        var ingest = _dashboard.Get<FleetIngest>();
        ingest.Find(_brn)!.Update(_ => Snapshot(Facts(RealNow).WithCertificate(RealNow.AddDays(20)), RealNow), RealNow);
        ingest.MarkDirty(_brn);
        await _dashboard.UntilAsync(_brn, server => server.Snapshot?.Posture.Value?.Site.Certificate is not null);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Post_AWeekWithEverything_CountsIt()
    {
        await FillAsync(RealNow.AddDays(-1));
        var content = (await MakeAsync(new { days = 7 })).GetProperty("content");

        Assert.Equal((2, 1, 0), (Number(content, "syncs", "succeeded"), Number(content, "syncs", "failed"), Number(content, "syncs", "cancelled")));
        Assert.Equal((2, 1, 1), (content.GetProperty("servers").GetArrayLength(), content.GetProperty("repairCount").GetInt32(), content.GetProperty("decisionCount").GetInt32()));
        Assert.Equal("certificate/within30Days", string.Join(';', content.GetProperty("ends").EnumerateArray().Select(end => $"{end.GetProperty("kind")}/{end.GetProperty("notice")}")));
        var server = content.GetProperty("servers").EnumerateArray().Single(row => row.GetProperty("id").GetInt32() == _brn);
        Assert.Equal((1, 1, 1), (server.GetProperty("succeeded").GetInt32(), server.GetProperty("failed").GetInt32(), server.GetProperty("repairs").GetInt32()));
        var decision = content.GetProperty("decisions")[0];
        Assert.Equal(("Anna", "acknowledged", "Known."), (decision.GetProperty("who").GetString(), decision.GetProperty("what").GetString(), decision.GetProperty("text").GetString()));
        var cause = Assert.Single(content.GetProperty("causes").EnumerateArray());
        Assert.Equal(FindingIds.ProxyRefused, cause.GetProperty("id").GetString());
        Assert.Single(await AuditAsync());
    }

    [Fact]
    public async Task Post_AnEmptyWeek_IsAReportWithoutSyncs()
    {
        var content = (await MakeAsync(new { site = "BRN", days = 1 })).GetProperty("content");

        Assert.Equal((0, 0, 1), (Number(content, "syncs", "succeeded"), content.GetProperty("gaps").GetArrayLength(), content.GetProperty("servers").GetArrayLength()));
    }

    [Theory]
    [InlineData("{\"days\":0}", HttpStatusCode.BadRequest)]
    [InlineData("{\"days\":367}", HttpStatusCode.BadRequest)]
    [InlineData("{\"weeks\":1}", HttpStatusCode.BadRequest)]
    [InlineData("{\"site\":\"nowhere\"}", HttpStatusCode.NotFound)]
    public async Task Post_WhatCannotBeMade_KeepsNothing(string body, HttpStatusCode expected)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _dashboard.Http.PostAsync(new Uri("/api/v1/reports", UriKind.Relative), content, Token);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Post_TooManyWithinADay_IsAConflict()
    {
        await using (var context = await ContextAsync())
        {
            context.Reports.AddRange(Enumerable.Range(0, ReportService.MostOfADay).Select(_ => new ReportEntity { Kind = ReportKind.Requested, MadeAt = RealNow.AddHours(-1).UtcDateTime, Sentence = "", Sha256 = "", Content = "{}" }));
            await context.SaveChangesAsync(Token);
        }

        Assert.Equal(409, (await _dashboard.PostAsync("/api/v1/reports", new { })).Status);
        Assert.Equal(ReportService.MostOfADay, await CountAsync());
    }

    [Fact]
    public async Task Get_Files_AreTheSameReport()
    {
        await FillAsync(RealNow.AddDays(-1));
        var id = (await MakeAsync(new { days = 7 })).GetProperty("report").GetProperty("id").GetInt64();

        var html = await TextAsync(id, "html");
        Assert.DoesNotContain("<b>x</b>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;x&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("BRN-WSUS01", await TextAsync(id, "txt"), StringComparison.Ordinal);
        Assert.Contains("\"'=cmd", await TextAsync(id, "csv"), StringComparison.Ordinal);
        using var pdf = PdfDocument.Open(await _dashboard.Http.GetByteArrayAsync(new Uri($"/api/v1/reports/{id}.pdf", UriKind.Relative), Token));
        Assert.Contains("BRN-WSUS01", pdf.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        using var missing = await _dashboard.Http.GetAsync(new Uri("/api/v1/reports/999.pdf", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Rights_OfSites_LimitWhatIsSeenAndMade()
    {
        var fleet = (await MakeAsync(new { })).GetProperty("report").GetProperty("id").GetInt64();
        var zurich = (await MakeAsync(new { site = "ZRH" })).GetProperty("report").GetProperty("id").GetInt64();
        using var viewer = await ClientAsync("viewer", Role.Viewer, "ZRH");
        using var bern = await ClientAsync("bern", Role.Operator, "BRN");

        Assert.Equal([zurich], (await viewer.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/reports", UriKind.Relative), Token)).GetProperty("items").EnumerateArray().Select(row => row.GetProperty("id").GetInt64()));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(viewer, $"/api/v1/reports/{zurich}.html"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(viewer, $"/api/v1/reports/{fleet}.html"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bern, $"/api/v1/reports/{zurich}"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(viewer, new { site = "ZRH" }));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(bern, new { }));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(bern, new { site = "ZRH" }));
        Assert.Equal(HttpStatusCode.Created, await PostAsync(bern, new { site = "BRN" }));
    }

    [Fact]
    public async Task Job_DuePeriods_MakesEachOnceForFleetAndSites()
    {
        var options = _dashboard.Get<Kernel.DashboardOptions>();
        (options.Reports.Weekly, options.Reports.PatchTuesday) = (true, true);

        await _dashboard.Get<ReportJob>().RunAsync(Token);
        Assert.Empty(await _dashboard.Get<ReportJob>().RunAsync(Token));

        var made = await _dashboard.ReadAsync(context => context.Reports.Select(row => new { row.Kind, row.Site }).ToListAsync(Token));
        Assert.Equal(["PatchTuesday:", "PatchTuesday:BRN", "PatchTuesday:ZRH", "Weekly:", "Weekly:BRN", "Weekly:ZRH"], made.Select(row => $"{row.Kind}:{row.Site}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Get_ContentThatWasChangedInTheDatabase_IsNotShown()
    {
        var id = (await MakeAsync(new { })).GetProperty("report").GetProperty("id").GetInt64();
        await using (var context = await ContextAsync())
        {
            await context.Reports.ExecuteUpdateAsync(row => row.SetProperty(report => report.Content, report => report.Content.Replace("\"servers\"", "\"others\"")), Token);
        }

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_dashboard.Http, $"/api/v1/reports/{id}"));
    }

    [Fact]
    public async Task Retention_OldReports_Go()
    {
        await MakeAsync(new { });
        await using (var context = await ContextAsync())
        {
            await context.Reports.ExecuteUpdateAsync(row => row.SetProperty(report => report.MadeAt, RealNow.AddDays(-2_000).UtcDateTime), Token);
        }

        await _dashboard.Get<RetentionJob>().RunAsync(Token);
        Assert.Equal(0, await CountAsync());
    }

    /// <summary>A failed and a good sync in Bern, a good one in Zurich, a repair, a problem that somebody acknowledged.</summary>
    private async Task FillAsync(DateTimeOffset at)
    {
        await using var context = await ContextAsync();
        foreach (var (server, run, result) in new[] { (_brn, "a", SyncResult.Failed), (_brn, "b", SyncResult.Succeeded), (_zrh, "c", SyncResult.Succeeded) })
        {
            var began = at.UtcDateTime.AddMinutes(run[0] - 'a');
            context.SyncRuns.Add(new() { ServerId = server, RunId = run, Source = SyncSource.Wsus, StartedAt = began, EndedAt = began.AddMinutes(1), Result = result, CauseId = result == SyncResult.Failed ? FindingIds.ProxyRefused : null, CauseTitle = result == SyncResult.Failed ? "Proxy refuses" : null });
        }

        context.Repairs.Add(new() { ServerId = _brn, RepairId = "r1", Playbook = "full-repair", State = RepairState.Succeeded, RequestedBy = "Anna", StartedAt = at.UtcDateTime, EndedAt = at.UtcDateTime.AddMinutes(5), Run = "{}" });
        var problem = new ProblemEntity { CauseId = FindingIds.ProxyRefused, Title = "Proxy refuses", CreatedAt = at.UtcDateTime };
        context.Problems.Add(problem);
        await SyncRollup.SaveAsync(context, Token);
        context.ProblemEvents.Add(new() { ProblemId = problem.Id, ServerId = _brn, At = at.UtcDateTime, Kind = ProblemEventKind.Acknowledged, CauseId = problem.CauseId, Title = problem.Title, Who = "Anna", Text = "Known." });
        await context.SaveChangesAsync(Token);
    }

    private static int Number(JsonElement content, string outer, string inner) => content.GetProperty(outer).GetProperty(inner).GetInt32();

    private async Task<JsonElement> MakeAsync(object body)
    {
        var (status, made, location) = await _dashboard.PostAsync("/api/v1/reports", body);
        Assert.Equal(201, status);
        Assert.Equal($"/api/v1/reports/{made.GetProperty("report").GetProperty("id")}", location);
        return made;
    }

    private async Task<HttpStatusCode> PostAsync(HttpClient client, object body)
    {
        using var response = await client.PostAsJsonAsync(new Uri("/api/v1/reports", UriKind.Relative), body, Token);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return response.StatusCode;
    }

    private Task<string> TextAsync(long id, string format) => _dashboard.Http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/api/v1/reports/{id}.{format}"), UriKind.Relative), Token);

    private async Task<HttpClient> ClientAsync(string name, Role role, string site)
    {
        var person = await _dashboard.AddPersonAsync(name, new Grant(role, SiteScope.Of(site)));
        return _dashboard.Client((await _dashboard.AddTokenAsync(person)).Text);
    }

    private async Task<IReadOnlyList<AuditRow>> AuditAsync()
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        return (await scope.ServiceProvider.GetRequiredService<AuditService>().GetPageAsync(new() { What = "report.make" }, Token)).Items;
    }

    private Task<DashboardContext> ContextAsync() => _dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);

    private Task<int> CountAsync() => _dashboard.ReadAsync(context => context.Reports.CountAsync(Token));
}

public sealed class ReportsOnSqliteTests() : ReportTests(DatabaseKind.Sqlite);

public sealed class ReportsOnPostgreSqlTests() : ReportTests(DatabaseKind.PostgreSql);
