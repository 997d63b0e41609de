using System.Text.Json;
using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Changes;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.PatchTuesdays;
using WsusDashboard.Dashboard.Features.Timelines;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Tests.Components;

/// <summary>The pages of the history over real data: board of a Patch Tuesday, what changed, timeline, tree.</summary>
public sealed class HistoryPagesTests
{
    // The Patch Tuesday before: 2026-04-14, 17:00 UTC.
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Fact]
    public async Task PatchTuesday_AfterTheRelease_NamesWhoHasItAndWhyNot()
    {
        await using var host = await PageHost.StartAsync();
        var good = await host.AddServerAsync("ZRH-SUP01", TestSnapshots.Healthy(Now));
        var bad = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddSyncAsync(good.Id, "a", new(2026, 4, 14, 18, 0, 0, TimeSpan.Zero), SyncResult.Succeeded);
        await host.AddSyncAsync(bad.Id, "b", new(2026, 4, 14, 16, 0, 0, TimeSpan.Zero), SyncResult.Succeeded);
        await host.AddSyncAsync(bad.Id, "c", new(2026, 4, 15, 6, 0, 0, TimeSpan.Zero), SyncResult.Failed, "The proxy refuses");
        host.Navigation.NavigateTo("/patch-tuesday?release=2026-04");

        var page = host.Render<PatchTuesdayPage>();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        var rows = page.FindAll("tbody tr");
        Assert.Equal(["BRN-WSUS02", "ZRH-SUP01"], rows.Select(row => row.QuerySelector("th")!.TextContent));
        Assert.NotNull(rows[0].QuerySelector(".tone-bad"));
        Assert.Contains("The proxy refuses", rows[0].TextContent, StringComparison.Ordinal);
        Assert.StartsWith("1 ", rows[0].QuerySelector(".tries")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("1 h 10 min", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("1 of 2", page.Find(".sum").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PatchTuesday_BeforeTheRelease_SaysWhatIsMissing()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddSyncAsync(server.Id, "a", Now.AddDays(-5), SyncResult.Succeeded);
        host.Navigation.NavigateTo("/patch-tuesday?release=2026-05");

        var page = host.Render<PatchTuesdayPage>();

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("tbody tr .tone-warning")));
        Assert.Contains("0 of 1", page.Find(".sum").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Spread_OfAnOldRelease_EndsWithTheLastServerThatGotIt()
    {
        var tuesday = PatchTuesday.Of(2026, 4);
        PatchTuesdayServer Server(int id, int? hours) => new(id, $"S{id}", true, null, hours is { } after ? tuesday.ReleasedAt.AddHours(after) : null, 0, null, Health.Healthy, "");
        var board = new PatchTuesdayBoard { Tuesday = tuesday, Until = tuesday.ReleasedAt.AddDays(20), IsReleased = true, Sites = [new("ZRH", 3, 2, null, null, [Server(1, 4), Server(2, 13), Server(3, null)])] };

        using var options = JsonDocument.Parse(JsonSerializer.Serialize(PatchTuesdayPage.ToSpread(board).Options, JsonSerializerOptions.Web));

        var points = options.RootElement.GetProperty("series")[0].GetProperty("data").EnumerateArray().Select(point => (point[0].GetDouble(), point[1].GetDouble())).ToList();
        Assert.Equal([(0, 0), (4 * 3600, 1), (13 * 3600, 2), (16 * 3600, 2)], points);
    }

    [Fact]
    public async Task Changes_MarkedAsSeen_AreGone()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddSyncAsync(server.Id, "a", Now.AddDays(-2), SyncResult.Succeeded);
        await host.AddSyncAsync(server.Id, "b", Now.AddHours(-2), SyncResult.Failed, "The proxy refuses");

        var page = host.Render<ChangesPage>();
        page.WaitForAssertion(() => Assert.Contains("The proxy refuses", page.Find("section[aria-labelledby='failing-title']").TextContent, StringComparison.Ordinal));
        await page.Find("button.mud-button-filled").ClickAsync();

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
        Assert.Contains("health=critical", page.Find(".empty-state a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeline_OfAFailedRun_SaysWhatCameBefore()
    {
        await using var host = await PageHost.StartAsync();
        var server = await host.AddServerAsync("BRN-WSUS02", TestSnapshots.Healthy(Now));
        await host.AddSyncAsync(server.Id, "run-1", Now.AddHours(-2), SyncResult.Cancelled);
        await host.WriteAsync(context => context.ServerEvents.Add(new ServerEventEntity
        {
            ServerId = server.Id,
            At = Now.AddHours(-2).AddMinutes(9).UtcDateTime,
            LogName = WindowsEvents.SystemLog,
            RecordId = 1,
            Provider = WindowsEvents.WasProvider,
            EventId = WindowsEvents.PrivateMemoryRecycle,
        }));
        host.Navigation.NavigateTo($"/servers/{server.Id}/timeline?run=run-1");

        var page = host.Render<TimelineView>(parameters => parameters.Add(view => view.Id, server.Id));

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".before li")));
        AssertText.Tells(Assert.Single(page.FindAll(".before li")).TextContent, "1 min", "5117");
    }

    [Fact]
    public async Task Timeline_OfAServerThatDoesNotExist_SaysSo()
    {
        await using var host = await PageHost.StartAsync();
        host.Navigation.NavigateTo("/servers/99/timeline");

        var page = host.Render<TimelineView>(parameters => parameters.Add(view => view.Id, 99));

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".empty-state")));
    }

    [Fact]
    public async Task Tree_ReplicaBelowItsUpstream_FailureIsShownOnce()
    {
        await using var host = await PageHost.StartAsync();
        var failed = SyncOf("f", SyncResult.Failed);
        var above = await host.AddServerAsync("ZRH-SUP01", Named(TestSnapshots.Healthy(Now), "ZRH-SUP01", "Microsoft Update"), null, failed);
        var below = await host.AddServerAsync("BRN-WSUS02", Named(TestSnapshots.Healthy(Now), "BRN-WSUS02", "ZRH-SUP01"), null, failed);
        host.Live.Publish(above with { Status = above.Status with { LastSyncResult = SyncResult.Failed, CauseId = null, CauseTitle = null } });
        host.Live.Publish(below with { Status = below.Status with { LastSyncResult = SyncResult.Failed, CauseId = null, CauseTitle = null } });

        var tree = host.Render<FleetTreeView>();

        var nested = tree.Find(".tree .node .node");
        Assert.Contains("BRN-WSUS02", nested.TextContent, StringComparison.Ordinal);
        Assert.Contains("1", tree.Find(".tree .node .line .chip").TextContent, StringComparison.Ordinal);
        Assert.Contains("ZRH-SUP01", nested.QuerySelector(".explained .why")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tree_ServerWhoseLastSyncIsGood_ShowsItsHealthAndItsCause()
    {
        await using var host = await PageHost.StartAsync();
        var good = SyncOf("g", SyncResult.Succeeded);
        await host.AddServerAsync("ZRH-SUP01", Named(TestSnapshots.Healthy(Now), "ZRH-SUP01", "Microsoft Update"), null, good);
        await host.AddServerAsync("BRN-WSUS02", Named(TestSnapshots.PoolStopped(Now), "BRN-WSUS02", "ZRH-SUP01"), null, good);

        var tree = host.Render<FleetTreeView>();

        var nested = tree.Find(".tree .node .node");
        Assert.NotNull(nested.QuerySelector(".line .tone-bad"));
        Assert.Contains("Pool stopped", nested.QuerySelector(".why")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(tree.Find(".tree .node > .line").QuerySelector(".tone-good"));
    }

    private static SyncRun SyncOf(string id, SyncResult result) => new() { Id = id, Source = SyncSource.Wsus, StartedAt = Now.AddHours(-1), EndedAt = Now.AddMinutes(-50), Result = result };

    private static Snapshot Named(Snapshot snapshot, string name, string source) => snapshot with
    {
        Agent = snapshot.Agent with { ComputerName = name },
        Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { Source = source, IsReplica = source != "Microsoft Update" } },
    };
}
