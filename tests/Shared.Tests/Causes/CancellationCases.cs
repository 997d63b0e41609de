using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>Cause 32 and its neighbours: "cancelled" alone proves nothing, so who stopped it, or what restarted, is looked for.</summary>
internal static class CancellationCases
{
    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("an administrator cancelled it in the console, the pool is at its defaults", FindingIds.StoppedByPerson,
            story => story.PoolAtDefaults().Cancelled().Line("SoftwareDistribution", -0.2, "2026-01-05 06:11:48.310 UTC Change w3wp.58 AdminDataAccess.StopSubscription Synchronization was stopped by CORP\\m.muster"),
            Without: story => story.PoolAtDefaults().Cancelled()),
        new("somebody asked for the stop: WSUS was seen stopping", FindingIds.StoppedByPerson,
            story => story.PoolAtDefaults().Cancelled().Change("sync:wsus", "Working", "CancelRequested", -0.5)),
        new("this product stopped it for a person", FindingIds.StoppedByPerson,
            story => story.Cancelled().Change("sync:wsus", "Working", "CancelRequested", -0.3, "Stopped by m.muster: wrong window")),
        new("cancelled by an administrator, and a recycle after that", FindingIds.StoppedByPerson,
            story => story.PoolAtDefaults().Cancelled().Change("sync:wsus", "Working", "CancelRequested", -0.5).Event(WindowsEvents.PrivateMemoryRecycle, 12)),
        new("WsusService was restarted in mid-sync", FindingIds.WsusServiceRestarted,
            story => story.PoolAtDefaults().Cancelled().WsusEvent(502, -0.6, "Update Services Service stopped.").WsusEvent(501, 0.4, "Update Services Service started.").Change("service:WsusService", "Running", "Stopped", -0.5).Change("service:WsusService", "Stopped", "Running", 0.5),
            Without: story => story.PoolAtDefaults().Cancelled()),
        new("WsusService runs only since the middle of the sync", FindingIds.WsusServiceRestarted,
            story => story.Cancelled().Service(ServiceNames.WsusService, ServiceState.Running, -3)),
        new("the server was restarted in mid-sync", FindingIds.ServerRestarted,
            story => story.PoolAtDefaults().Cancelled().Host(host => host with { BootedAt = Story.End.AddMinutes(-1) }).WsusEvent(502, -2).WsusEvent(501, 1).Service(ServiceNames.WsusService, ServiceState.Running, 1),
            Also: FindingIds.WsusServiceRestarted),
        new("SMS_EXECUTIVE was stopped during the sync", FindingIds.SmsExecutiveRestarted,
            story => story.Cancelled().Line("wsyncmgr", -0.1, "SMS_EXECUTIVE signalled SMS_WSUS_SYNC_MANAGER to stop.").Line("wsyncmgr", -0.1, "SMS_WSUS_SYNC_MANAGER received STOP notification."),
            Without: story => story.Cancelled()),
        new("SMS_EXECUTIVE is stopped since the middle of the sync", FindingIds.SmsExecutiveStopped,
            story => story.SiteFailed("SMS_WSUS_SYNC_MANAGER received STOP notification.").Service(ServiceNames.SmsExecutive, ServiceState.Stopped, -1)),
        new("the audit tells that a person stopped it", FindingIds.StoppedByPerson,
            story => story.PoolAtDefaults().Cancelled().Act("sync.stop", -0.2, reason: "CHG-4711"),
            Without: story => story.PoolAtDefaults().Cancelled().Act("sync.stop", -90)),
        new("the audit tells that a person restarted WsusService", FindingIds.WsusServiceRestarted,
            story => story.PoolAtDefaults().Cancelled().Act("service.restart", -0.4, ServiceNames.WsusService),
            Without: story => story.PoolAtDefaults().Cancelled().Act("service.restart", -0.4, "CcmExec")),
        new("the audit tells that a person started a synchronization, nothing else", FindingIds.UnknownCause,
            story => story.PoolAtDefaults().Cancelled().Act("sync.start", -11)),
        new("a person asked Windows to restart the server in mid-sync", FindingIds.ServerRestarted,
            story => story.PoolAtDefaults().Cancelled().Event(WindowsEvents.RestartAsked, -0.5, "The process wsusutil (BRN-WSUS02) has initiated the restart of computer BRN-WSUS02 on behalf of user CORP\\m.muster", WindowsEvents.RestartProvider),
            Without: story => story.PoolAtDefaults().Cancelled().Event(WindowsEvents.RestartAsked, -300, "Restart", WindowsEvents.RestartProvider)),
        new("cancelled, and nothing tells by what", FindingIds.UnknownCause,
            story => story.Cancelled()),
        new("cancelled, the pool is at its defaults, and nothing happened to it", FindingIds.UnknownCause,
            story => story.PoolAtDefaults().Before("CCCSC").Cancelled()),
        new("WSUS says UserCanceled, which it says of every cancelled run", FindingIds.UnknownCause,
            story => story.PoolAtDefaults().Cancelled("UserCanceled")),
        new("failed; the log of the run before ends with its alert set to canceled", FindingIds.UnknownCause,
            story => story.Failed().Line("wsyncmgr", -11, "Sync succeeded. Setting sync alert to canceled state on site BRN")),
        new("the service was restarted an hour before, the run began after it", FindingIds.UnknownCause,
            story => story.Cancelled().WsusEvent(502, -70).WsusEvent(501, -69).Service(ServiceNames.WsusService, ServiceState.Running, -69)),
        new("CcmExec was restarted, which has no part in it", FindingIds.UnknownCause,
            story => story.Cancelled().Change("service:CcmExec", "Running", "Stopped", -2).Change("service:CcmExec", "Stopped", "Running", -1)),
        new("recycle at the limit and a request to stop a minute before it", FindingIds.StoppedByPerson,
            story => story.PoolAtDefaults().Cancelled().Change("sync:wsus", "Working", "CancelRequested", -1.2, "Stopped by m.muster").Event(WindowsEvents.PrivateMemoryRecycle, -0.3),
            Also: FindingIds.PoolMemoryLimit),
    ];
}
