using Bunit;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Dashboard.Features.SyncRuns;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

public sealed class RunPageTests
{
    private static readonly DateTimeOffset Began = PageHost.Start.AddDays(-9);

    [Fact]
    public async Task Render_FailedRun_RanksCausesWithForAndAgainstAndTheLineItself()
    {
        await using var host = await PageHost.StartAsync();
        var id = await AddAsync(host, SyncResult.Failed, new LoggedLine("WCM", Began.AddMinutes(9), "System.Net.WebException: The request failed with HTTP status 407"));

        var page = Open(host, id);

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".cause")));
        var first = page.Find(".cause");
        Assert.Equal((FindingIds.ProxyRefused, FindingIds.ProxyRefused), (first.GetAttribute("data-cause"), page.Find(".answer").GetAttribute("data-cause")));
        Assert.Equal(3, page.FindAll(".answer dt").Count);
        Assert.Empty(page.FindAll("#causes > p"));
        Assert.Contains("HTTP status 407", first.QuerySelector("table")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("1 log line", page.Find("#raw").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 Windows event", page.Find("#raw").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_EvidenceOfALogLine_LeadsToTheLineHereAndToItsMomentInTheLog()
    {
        await using var host = await PageHost.StartAsync();
        var line = new LoggedLine("WCM", Began.AddMinutes(9), "System.Net.WebException: The request failed with HTTP status 407") { GoodRuns = 1, CoveredGoodRuns = 3 };
        var other = new LoggedLine("SoftwareDistribution", Began.AddMinutes(8), "(407) Proxy Authentication Required") { CoveredGoodRuns = 3 };
        var id = await AddAsync(host, SyncResult.Failed, line, other);
        host.Publish(host.Live.Find(id)! with { Snapshot = WithSite(TestSnapshots.Healthy(PageHost.Start)) });
        host.Navigation.NavigateTo($"/servers/{id}/syncs/wsus-1");

        var page = Open(host, id);

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".cause")));
        var (anchor, moment) = (EvidencePlace.AnchorOf(line), Uri.EscapeDataString(line.At!.Value.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Single(page.FindAll($"tr#{anchor}"));
        Assert.Single(page.FindAll($"#causes .evidence a[href='/servers/{id}/syncs/wsus-1?line={anchor}#{anchor}']"));
        Assert.Single(page.FindAll($"#causes .evidence a[data-log='WCM'][href='/servers/{id}/log?log=WCM&at={moment}']"));
        Assert.Equal(["0", "1"], page.FindAll("#causes .evidence [data-good-runs]").Select(cell => cell.GetAttribute("data-good-runs")).Order());
        Assert.Equal(["0", "1"], page.FindAll("#raw td[data-good-runs]").Select(cell => cell.GetAttribute("data-good-runs")));
        Assert.Equal(EvidencePlace.AnchorOf(other), page.FindAll("#raw tr[id]")[0].Id);

        // SoftwareDistribution.log stands on the server, but isn't one that the agent opens.
        Assert.Equal(["WCM"], page.FindAll("#raw a[data-log]").Select(link => link.GetAttribute("data-log")));
        host.Navigation.NavigateTo($"/servers/{id}/syncs/wsus-1?line={anchor}#{anchor}");
        page.WaitForAssertion(() => Assert.Equal(anchor, Assert.Single(page.FindAll("#raw tr[aria-current]")).Id));
    }

    [Theory]
    [InlineData("", "(407) Proxy Authentication Required", 1)]
    [InlineData("UssCommunicationError: WebException: (407) Proxy Authentication Required.", "(407) Proxy Authentication Required", 0)]
    [InlineData("", "Catalog sync began", 1)]
    [InlineData("", null, 1)]
    public async Task Render_FailedRun_SaysOnceThatWsusHidesItsTextWhereItDoes(string errorText, string? line, int times)
    {
        await using var host = await PageHost.StartAsync();
        var id = await AddAsync(host, SyncResult.Failed, errorText, line is null ? [] : [new LoggedLine("SoftwareDistribution", Began.AddMinutes(9), line)]);

        var page = Open(host, id);

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".answer")));
        Assert.Equal(times, page.Markup.Split("October 2025").Length - 1);
    }

    [Fact]
    public async Task Render_Unknown_OpensEachLogAtTheEndOfTheRun()
    {
        await using var host = await PageHost.StartAsync();
        var id = await AddAsync(host, SyncResult.Cancelled);
        host.Publish(host.Live.Find(id)! with { Snapshot = WithSite(TestSnapshots.Healthy(PageHost.Start)) });

        var page = Open(host, id);

        page.WaitForAssertion(() => Assert.Equal(LogNames.All, page.FindAll(".answer a[data-log]").Select(link => link.GetAttribute("data-log"))));
        Assert.Equal("unknown", page.Find(".answer").GetAttribute("data-confidence"));
        Assert.All(page.FindAll(".answer a[data-log]"), link => Assert.Contains(Uri.EscapeDataString(Began.AddMinutes(12).UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture)), link.GetAttribute("href"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dispute_SaidAndUndone_StandsOnThePageBetween()
    {
        await using var host = await PageHost.StartAsync();
        var id = await AddAsync(host, SyncResult.Failed, new LoggedLine("WCM", Began.AddMinutes(9), "System.Net.WebException: The request failed with HTTP status 407"));
        var page = Open(host, id);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".disputes button")));
        Assert.Empty(page.FindAll(".said"));

        await page.Find(".disputes button").ClickAsync(new());
        await page.InvokeAsync(() => page.FindComponent<MudBlazor.MudSelect<string>>().Instance.ValueChanged.InvokeAsync(FindingIds.DatabaseFailing));
        await page.Find(".say textarea").InputAsync(new() { Value = "the account was fine" });
        await page.Find("form.say").SubmitAsync();

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".said")));
        Assert.Contains("the account was fine", page.Find(".said").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("form.say"));
        await page.Find(".said button").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".said")));
    }

    [Fact]
    public async Task Render_NothingNamesACause_SaysUnknownAndWhatWasLookedAt()
    {
        await using var host = await PageHost.StartAsync();
        var id = await AddAsync(host, SyncResult.Cancelled);

        var page = Open(host, id);

        page.WaitForAssertion(() => Assert.Equal(FindingIds.UnknownCause, page.Find(".cause").GetAttribute("data-cause")));
        Assert.Single(page.FindAll("#causes > p"));
    }

    [Fact]
    public async Task Render_GoodRun_HasNothingToExplain()
    {
        await using var host = await PageHost.StartAsync();
        var id = await AddAsync(host, SyncResult.Succeeded);

        var page = Open(host, id);

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
    }

    [Fact]
    public async Task Render_UnknownRun_SaysSo()
    {
        await using var host = await PageHost.StartAsync();
        var id = await AddAsync(host, SyncResult.Failed);

        var page = host.Render<SyncRunView>(parameters => parameters.Add(view => view.Id, id).Add(view => view.RunId, "other"));

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
    }

    private static IRenderedComponent<SyncRunView> Open(PageHost host, int id) => host.Render<SyncRunView>(parameters => parameters.Add(view => view.Id, id).Add(view => view.RunId, "wsus-1"));

    private static Snapshot WithSite(Snapshot snapshot) => snapshot with { ConfigMgr = snapshot.ConfigMgr with { Status = SectionStatus.Ok, Value = new() { SiteCode = "BRN" } } };

    private static Task<int> AddAsync(PageHost host, SyncResult result, params LoggedLine[] lines) => AddAsync(host, result, "", lines);

    private static async Task<int> AddAsync(PageHost host, SyncResult result, string errorText, params LoggedLine[] lines)
    {
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(PageHost.Start));
        await using var context = await host.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        context.SyncRuns.Add(new SyncRunEntity { ServerId = server.Id, RunId = "wsus-1", Source = SyncSource.Wsus, StartedAt = Began.UtcDateTime, EndedAt = Began.AddMinutes(12).UtcDateTime, Result = result, ErrorText = errorText });
        context.ServerEvents.Add(new ServerEventEntity { ServerId = server.Id, At = Began.AddHours(-2).UtcDateTime, LogName = "System", RecordId = 7, Provider = WindowsEvents.WasProvider, EventId = 5186, Message = "WsusPool idle" });
        if (lines.Length > 0)
        {
            context.RunEvidence.Add(new RunEvidenceEntity { ServerId = server.Id, RunId = "wsus-1", At = Began.AddMinutes(13).UtcDateTime, Message = new RunEvidence { RunId = "wsus-1", Lines = lines, GoodRunsRead = lines.Any(line => line.GoodRuns > 0) ? 3 : 0 }.ToWire().ToByteArray() });
        }

        await SyncRollup.SaveAsync(context, Xunit.TestContext.Current.CancellationToken);
        return server.Id;
    }
}
