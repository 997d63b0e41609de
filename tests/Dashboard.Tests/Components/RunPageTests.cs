using Bunit;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Features.Causes;
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
        Assert.Equal(FindingIds.ProxyRefused, first.GetAttribute("data-cause"));
        Assert.Empty(page.FindAll("#causes > p"));
        Assert.Contains("HTTP status 407", first.QuerySelector("table")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("1 log line", page.Find("#raw").TextContent, StringComparison.Ordinal);
        Assert.Contains("1 Windows event", page.Find("#raw").TextContent, StringComparison.Ordinal);
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

    private static async Task<int> AddAsync(PageHost host, SyncResult result, params LoggedLine[] lines)
    {
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(PageHost.Start));
        await using var context = await host.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        context.SyncRuns.Add(new SyncRunEntity { ServerId = server.Id, RunId = "wsus-1", Source = SyncSource.Wsus, StartedAt = Began.UtcDateTime, EndedAt = Began.AddMinutes(12).UtcDateTime, Result = result });
        context.ServerEvents.Add(new ServerEventEntity { ServerId = server.Id, At = Began.AddHours(-2).UtcDateTime, LogName = "System", RecordId = 7, Provider = WindowsEvents.WasProvider, EventId = 5186, Message = "WsusPool idle" });
        if (lines.Length > 0)
        {
            context.RunEvidence.Add(new RunEvidenceEntity { ServerId = server.Id, RunId = "wsus-1", At = Began.AddMinutes(13).UtcDateTime, Message = new RunEvidence { RunId = "wsus-1", Lines = lines }.ToWire().ToByteArray() });
        }

        await SyncRollup.SaveAsync(context, Xunit.TestContext.Current.CancellationToken);
        return server.Id;
    }
}
