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

        var view = Surroundings.Of(Failed, Live(1, "BRN-SITE", Site, null), [point], Clock.Start).UpdatePoint;

        Assert.Equal(("BRN-SUP", title), (view?.Name, view?.CauseTitle));
    }

    [Fact]
    public void Of_ServerWithAWsusOfItsOwn_HasNone() =>
        Assert.Null(Surroundings.Of(Failed, Live(1, "BRN-WSUS02", Samples.Snapshot(Clock.Start), null), [Live(2, "BRN-SUP", Samples.Snapshot(Clock.Start, "BRN-SUP"), null)], Clock.Start).UpdatePoint);

    [Fact]
    public void Assess_SiteWhoseUpdatePointFails_NamesItAndOffersNoRepairHere()
    {
        var monitor = new ServerState(new(1, "BRN-SITE", "BRN", "", BaselineCatalog.Guide), new(), [], [], null, null);
        monitor.Update(_ => Site, Clock.Start);
        monitor.SetLink(LinkStatus.NotStarted with { State = LinkState.Up });
        monitor.Take(Failed, isFresh: true);
        var point = Live(2, "BRN-SUP", Samples.Snapshot(Clock.Start, "BRN-SUP", pool: PoolState.Stopped), Clock.Start.AddHours(-1));
        monitor.Take(Surroundings.Of(monitor.FindWithoutSurroundings(Clock.Start)!, monitor.Current, [point], Clock.Start));

        var status = monitor.Assess(Failed.EndedAt!.Value.AddMinutes(1)).Live.Status;

        Assert.Equal(FindingIds.UpdatePointFailing, status.CauseId);
        Assert.Null(status.Playbook);
        Assert.Contains("BRN-SUP", status.NextStep, StringComparison.Ordinal);
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
