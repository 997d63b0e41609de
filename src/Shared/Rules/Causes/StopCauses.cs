using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 31 and 32: what was stopped, who stopped it, what restarted. "Cancelled" alone proves nothing.</summary>
internal static class StopCauses
{
    private const string SyncApi = "Microsoft, ISynchronizationInfo.Error; configmgr.md 6a";

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        Service(FindingIds.WorldWideWebStopped, 150, "W3SVC stopped", "The web server isn't running, so nothing can reach WSUS.", "W3SVC is stopped", ServiceNames.WorldWideWeb, ServiceNames.ProcessActivation),
        Service(FindingIds.WsusServiceStopped, 149, "WsusService stopped", "The WSUS service runs the syncs, so there are none without it.", "WsusService is stopped", ServiceNames.WsusService),
        Service(FindingIds.SmsExecutiveStopped, 148, "SMS_EXECUTIVE stopped", "SMS_EXECUTIVE runs Configuration Manager's sync. Without it, All Software Updates isn't filled.", "SMS_EXECUTIVE is stopped", ServiceNames.SmsExecutive),
        new()
        {
            Number = 32, Id = FindingIds.ServerRestarted, Precedence = 147, Name = "Server restarted during the sync", Source = SyncApi,
            Meaning = "The server was restarted during the sync, which ended it.",
            Because = "the server was restarted during the sync",
            Helps = "Start a sync, and keep the server's update window away from the sync schedule.",
            LookNext = "Find out who or what restarted the server: event 1074 in the System log.",
            Look = Restarted,
            Playbook = _ => PlaybookCatalog.SyncOnlyId,
        },
        new()
        {
            Number = 32, Id = FindingIds.WsusServiceRestarted, Precedence = 146, Name = "WSUS restarted during the sync", Source = SyncApi,
            Meaning = "WsusService runs the syncs. It was stopped or restarted during this one, which ended it.",
            Because = "WsusService was restarted during the sync",
            Helps = "Start a sync once everything is running.",
            LookNext = "Find out who or what restarted the service: event 7036 in the System log, maintenance scripts, and WsusDashboard's audit.",
            Look = ServiceRestarted,
            Playbook = _ => PlaybookCatalog.SyncOnlyId,
        },
        new()
        {
            Number = 32, Id = FindingIds.SmsExecutiveRestarted, Precedence = 145, Name = "SMS_EXECUTIVE stopped during the sync", Source = "fspmgr.log, a real log of the same form; configmgr.md 4",
            Meaning = "SMS_EXECUTIVE told its synchronization manager to stop during the sync.",
            Because = "SMS_EXECUTIVE stopped its synchronization manager during the sync",
            Helps = "Start a sync once SMS_EXECUTIVE is running again.",
            LookNext = "Find out who or what stopped SMS_EXECUTIVE: event 7036 in the System log, or a site update.",
            Signs = [new(["SMS_EXECUTIVE signalled SMS_WSUS_SYNC_MANAGER to stop", "SMS_WSUS_SYNC_MANAGER received STOP notification"], "The synchronization manager was told to stop")],
            Look = reading => EventSigns.ServiceEnded(reading, ServiceNames.SmsExecutive, "smsexec.exe"),
            Playbook = _ => PlaybookCatalog.SyncOnlyId,
        },
        new()
        {
            Number = 32, Id = FindingIds.StoppedByPerson, Precedence = 144, Name = "Stopped on request", Source = SyncApi,
            Meaning = "Someone asked WSUS to stop this sync: in the console, from a script, or with WsusDashboard. Nothing broke.",
            Because = "someone asked WSUS to stop it",
            Helps = "No repair is needed. Start a sync when one is due.",
            LookNext = "Find out who asked: the StopSubscription line in SoftwareDistribution.log, WsusDashboard's audit, or maintenance scripts.",
            AppliesTo = reading => reading.Run.Result is not SyncResult.Succeeded,
            Look = Asked,
        },
    ];

    private static CauseRule Service(string id, int precedence, string name, string meaning, string because, params string[] services) => new()
    {
        Number = 31,
        Id = id,
        Precedence = precedence,
        Name = name,
        Meaning = meaning,
        Because = because,
        Source = Sources.ConnectionFailures,
        Helps = services[0] == ServiceNames.WsusService ? "{wsus-start}" : $"Start {services[0]}, and find out what stopped it.",
        LookNext = $"Find out who or what stopped {services[0]}: event 7036 or 7031 from the Service Control Manager in the System log.",
        Look = reading => services.SelectMany(service => StoppedService(reading, service)),
        Playbook = reading => services[0] == ServiceNames.WsusService && reading.EndsAtStart ? null : ServicePlaybooks.For(reading.File.Snapshot?.Services.Value, services[0]),
    };

    private static IEnumerable<WeightedEvidence> StoppedService(SyncRunAnalysis reading, string service)
    {
        // One that came back at once was restarted, which is another cause.
        if (reading.ChangesDuringRun(StateSubjects.Service(service)).Any(change => change.Change.To == nameof(ServiceState.Running)))
        {
            yield break;
        }

        if (reading.ServiceAtEnd(service) is ServiceState.Stopped or ServiceState.Paused && reading.File.Snapshot?.Services.Value?.Find(service) is { } status)
        {
            var since = status.StateSince is { } at ? $", since {Wording.Time(at)}" : "";

            // A run of WSUS itself does not need SMS_EXECUTIVE.
            var weight = service == ServiceNames.SmsExecutive && reading.Run.Source is not SyncSource.ConfigMgr ? Weight.Supports : Weight.Names;
            var stopped = EvidenceFinder.Of($"State of {service} at the end of the sync", $"{status.State}{since}", "Windows services", reading.File.Snapshot.Services.ReadAt, weight);
            yield return weight == Weight.Names ? EvidenceFinder.Decides(stopped) : stopped;
            foreach (var evidence in EventSigns.LogonRefused(reading, service))
            {
                yield return evidence;
            }
        }
    }

    private static IEnumerable<WeightedEvidence> Restarted(SyncRunAnalysis reading)
    {
        // A server takes some minutes from its last entry to its next start.
        if (reading.Host?.BootedAt is { } bootedAt && bootedAt >= reading.Start && bootedAt <= reading.End.AddMinutes(15))
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of("Server running since", Wording.Time(bootedAt), "Agent", reading.File.Snapshot!.Host.ReadAt, Weight.Names));
        }

        if (reading.RestartsAsked is { Count: > 0 } asked)
        {
            yield return EvidenceFinder.Of(asked, "A server restart was requested; the event names the account and the program", Weight.Names);
        }
    }

    private static IEnumerable<WeightedEvidence> ServiceRestarted(SyncRunAnalysis reading)
    {
        foreach (var action in reading.ActionsDuringRun("service.restart", "service.stop").Where(action => string.Equals(action.Subject, ServiceNames.WsusService, StringComparison.OrdinalIgnoreCase)))
        {
            yield return EvidenceFinder.Of($"{action.Who} used WsusDashboard on {action.Subject}", action.What, "Audit", action.At, Weight.Names);
        }

        // A repair starts a synchronization itself at its end; only one that began in the middle of this run may have ended it.
        foreach (var repair in reading.ActionsDuringRun(PersonAction.Repair).Where(repair => repair.At > reading.Start))
        {
            yield return EvidenceFinder.Of($"{repair.Who} started a repair during the sync", repair.Subject, "Repairs", repair.At, Weight.Supports);
        }

        foreach (var evidence in EventSigns.ServiceEnded(reading, ServiceNames.WsusService, "WsusService.exe"))
        {
            yield return evidence;
        }

        if (reading.WsusEvents([WindowsEvents.WsusServiceStopped], TimeSpan.Zero) is { Count: > 0 } stopped)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of(stopped, "WsusService stopped", Weight.Names));
        }

        if (reading.WsusEvents([WindowsEvents.WsusServiceStarted], TimeSpan.Zero) is { Count: > 0 } started)
        {
            yield return EvidenceFinder.Of(started, "WsusService started", Weight.Strong);
        }

        if (reading.ChangesDuringRun(StateSubjects.Service(ServiceNames.WsusService)) is { Count: > 0 } changes)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of(changes[0], "State of WsusService changed", Weight.Names));
        }
        else if (reading.File.Snapshot?.Services.Value?.Find(ServiceNames.WsusService) is { State: ServiceState.Running } service && reading.Seen(service.StateSince) is { } since && reading.IsDuringRun(since))
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of("WsusService running since", Wording.Time(since), "Windows services", reading.File.Snapshot.Services.ReadAt, Weight.Names));
        }
    }

    private static IEnumerable<WeightedEvidence> Asked(SyncRunAnalysis reading)
    {
        if (reading.ChangesDuringRun(StateSubjects.WsusSync).FirstOrDefault(change => change.Change.To == nameof(SubscriptionState.CancelRequested)) is { } change)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of(change, "WSUS was asked to stop", Weight.Names));
        }

        if (reading.ActionsDuringRun(PersonAction.StopSync).FirstOrDefault() is { } action)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of($"{action.Who} asked WsusDashboard to stop it", action.Reason.Length > 0 ? action.Reason : "no reason given", "Audit", action.At, Weight.Names));
        }

        if (reading.LinesOf("SoftwareDistribution").FirstOrDefault(line => line.At is { } at && reading.IsDuringRun(at) && line.Text.Contains("StopSubscription", StringComparison.OrdinalIgnoreCase)) is { } line)
        {
            yield return EvidenceFinder.Decides(EvidenceFinder.Of(line, "The WSUS web service received the request to stop", Weight.Names));
        }
    }
}
