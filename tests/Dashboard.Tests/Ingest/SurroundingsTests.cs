using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Ingest;

/// <summary>A site whose WSUS is on another server: what that server's agent sees explains the site's failure, where it was so at that time.</summary>
public sealed class SurroundingsTests
{
    private static readonly SyncRun Failed = Samples.Sync("mecm-1", Clock.Start, SyncResult.Failed, SyncSource.ConfigMgr);

    private static readonly Snapshot Read = Samples.Snapshot(Clock.Start, "BRN-SITE");

    private static readonly Snapshot Site = Read with
    {
        Agent = Read.Agent with { Roles = [ServerRoles.ConfigMgrSiteServer] },
        Wsus = Read.Wsus with { Status = SectionStatus.NotInstalled, Value = null },
        Services = Read.Services with { Value = new() { Services = [.. Read.Services.Value!.Services.Where(service => service.Name != ServiceNames.WsusService)] } },
        ConfigMgr = Read.ConfigMgr with { Status = SectionStatus.Ok, Value = new() { SiteCode = "BRN", SoftwareUpdatePoints = [new() { ServerName = "BRN-SUP" }] } },
    };

    [Theory]
    [InlineData(-30, "Pool stopped")]
    [InlineData(60, null)]
    public void Of_UpdatePointWithAStoppedPool_IsTheCauseWhereItWasStoppedThen(int stoppedMinutes, string? title)
    {
        var point = Live(2, "BRN-SUP", Samples.Snapshot(Clock.Start, "BRN-SUP", pool: PoolState.Stopped), Failed.EndedAt!.Value.AddMinutes(stoppedMinutes));

        var view = Surroundings.Of(Failed, Live(1, "BRN-SITE", Site, null), [point], [], Clock.Start).UpdatePoint;

        Assert.Equal(("BRN-SUP", title), (view?.Name, view?.CauseTitle));
    }

    [Fact]
    public void Of_ServerWithAWsusOfItsOwn_HasNone() =>
        Assert.Null(Surroundings.Of(Failed, Live(1, "BRN-WSUS02", Samples.Snapshot(Clock.Start), null), [Live(2, "BRN-SUP", Samples.Snapshot(Clock.Start, "BRN-SUP"), null)], [], Clock.Start).UpdatePoint);

    [Fact]
    public void Assess_SiteWhoseUpdatePointFails_NamesItAndOffersNoRepairHere()
    {
        var state = new ServerState(new(1, "BRN-SITE", "BRN", "", BaselineCatalog.Guide), new(), [], [], null, null);
        state.Update(_ => Site, Clock.Start);
        state.SetLink(LinkStatus.NotStarted with { State = LinkState.Up });
        state.Take(Failed, isFresh: true);
        var point = Live(2, "BRN-SUP", Samples.Snapshot(Clock.Start, "BRN-SUP", pool: PoolState.Stopped), Clock.Start.AddHours(-1));
        state.Take(Surroundings.Of(state.FindWithoutSurroundings(Clock.Start)!, state.Current, [point], [], Clock.Start));

        var status = state.Assess(Failed.EndedAt!.Value.AddMinutes(1)).Live.Status;

        Assert.Equal(FindingIds.UpdatePointFailing, status.CauseId);
        Assert.Null(status.Playbook);
        Assert.Contains("BRN-SUP", status.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 0, 8, 0)]
    [InlineData(8, 4, 8, 4)]
    [InlineData(8, 5, null, null)]
    [InlineData(8, 8, null, null)]
    [InlineData(0, 0, null, null)]
    public void Of_FailedAgainstMicrosoft_OthersAreToldUnlessTheyCannotTell(int others, int failing, int? synchronizing, int? told)
    {
        var run = Samples.Sync("wsus-1", Clock.Start, SyncResult.Failed);
        var fleet = Enumerable.Range(2, others).Select(id => Microsoft(id, id - 2 < failing ? SyncResult.Failed : SyncResult.Succeeded)).ToList();

        var seen = Surroundings.Of(run, Microsoft(1, SyncResult.Failed), fleet, [], Clock.Start).Fleet;

        Assert.Equal((synchronizing, told), (seen?.Synchronizing, seen?.Failing));
    }

    [Theory]
    [InlineData(1, 0, 3, 3)]
    [InlineData(1, 600, 8, 0)]
    [InlineData(9, 0, 8, 0)]
    public void Of_OutageOfMicrosoft_ItsServersFailTogetherAndNoOthers(int server, int minutesLater, int synchronizing, int failing)
    {
        var run = Samples.Sync("wsus-1", Clock.Start.AddMinutes(minutesLater), SyncResult.Failed);
        var fleet = Enumerable.Range(20, 8).Select(id => Microsoft(id, SyncResult.Succeeded, Clock.Start.AddMinutes(minutesLater))).ToList();
        var outage = new Outage("TimedOut", Clock.Start, Clock.Start.AddMinutes(20), [1, 2, 3], 2);

        var seen = Surroundings.Of(run, Microsoft(server, SyncResult.Failed), fleet, [outage], Clock.Start).Fleet;

        Assert.Equal((synchronizing, failing), (seen!.Synchronizing, seen.Failing));
    }

    private static LiveServer Microsoft(int id, SyncResult result, DateTimeOffset? at = null)
    {
        var snapshot = Samples.Snapshot(Clock.Start, $"SRV-{id}");
        var began = at ?? Clock.Start;
        return Live(id, $"SRV-{id}", snapshot with { Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { Source = OutageDetection.MicrosoftUpdate } } }, null) with
        {
            RecentSyncs = [Samples.Sync("wsus-2", began, result), Samples.Sync("wsus-1", began.AddHours(-6), SyncResult.Succeeded)],
        };
    }

    private static LiveServer Live(int id, string name, Snapshot snapshot, DateTimeOffset? healthSince) => new()
    {
        Id = id,
        Name = name,
        Site = "BRN",
        Address = $"https://{name}:5101",
        Baseline = BaselineCatalog.GuideId,
        Status = new ServerStatus { HealthSince = healthSince?.UtcDateTime },
        Snapshot = snapshot,
        Assessment = RuleEngine.Assess(new() { Now = Clock.Start, ServerName = name, Snapshot = snapshot, Baseline = BaselineCatalog.Guide }),
    };
}
