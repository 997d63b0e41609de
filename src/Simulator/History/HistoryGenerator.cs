using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Simulator.Logs;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Model.Events;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.History;

/// <summary>
/// Makes the past of a server at its first start: WSUS's history, the Windows events and wsyncmgr.log tell one story, the one of its scenario.
/// </summary>
internal sealed class HistoryGenerator
{
    // Older lines stand in wsyncmgr.lo_, as after a roll-over.
    private static readonly TimeSpan CurrentLogAge = TimeSpan.FromDays(10);
    private readonly ServerProfile _profile;
    private readonly DateTimeOffset _now;
    private readonly EventJournal _events = new();
    private readonly WsusHistory _history;
    private readonly ServerLogs _logs;
    private readonly SyncManagerLogLines _narrator;
    private ConfigMgrMemory _configMgr;
    private SyncResult _lastResult = SyncResult.Unknown;

    private HistoryGenerator(ServerProfile profile, ServerFiles files, DateTimeOffset now)
    {
        (_profile, _now) = (profile, now);
        _history = new(profile.Draw);
        _logs = new(profile, files.LogDirectory, new WebLogs(files.HttpLogDirectory, files.SiteLogDirectory), long.MaxValue);
        _narrator = new(profile, _logs.SyncManager);
        _configMgr = new(profile.InitialConfigMgrUpdates, 6702, now - TimeSpan.FromDays(profile.HistoryDays), 0, null, 40);
    }

    /// <summary>Writes the logs and returns all else that a server remembers.</summary>
    public static ModelMemory Generate(ServerProfile profile, ServerFiles files, DateTimeOffset now)
    {
        var generator = new HistoryGenerator(profile, files, now);
        var runs = PastRuns.Plan(profile, now).ToList();
        var repairStop = PastRepairs.FindStop(profile, now);
        foreach (var run in runs)
        {
            if (run.StartedAt > repairStop)
            {
                generator.TellRepairStop(repairStop.Value);
                repairStop = null;
            }

            generator.Tell(run);
        }

        generator.TellStop();
        generator._logs.Flush();
        return generator.Remember(runs.Count);
    }

    private void Tell(PastRun run)
    {
        if (run.Outcome == PastOutcome.None)
        {
            return;
        }

        if (_profile.IsSiteServer && _now - run.StartedAt <= CurrentLogAge && !File.Exists(_logs.SyncManager.OldPath))
        {
            _logs.RollOver();
        }

        TellWsus(run);
        if (_profile.IsSiteServer)
        {
            TellConfigMgr(run);
        }
    }

    private void TellWsus(PastRun run)
    {
        if (run.Outcome is PastOutcome.Refused or PastOutcome.Broken)
        {
            return;
        }

        var end = run.StartedAt + run.Duration;
        _history.Add(_profile.SynchronizesAutomatically ? WsusEventRow.ScheduledStart : WsusEventRow.ManualStart, run.StartedAt.AddSeconds(2), _profile.SynchronizesAutomatically ? "" : @"NT AUTHORITY\SYSTEM");
        if (run.Outcome == PastOutcome.Killed)
        {
            // The service died in the middle, so nobody wrote an end.
            _events.Write(WindowsEvents.SystemLog, WindowsEvents.ServicesProvider, WindowsEvents.ServiceDied, EventLevel.Error, end, $"The {ServiceNames.WsusService} service terminated unexpectedly.", ServiceNames.WsusService);
            return;
        }

        if (run.Outcome == PastOutcome.Cancelled)
        {
            WriteRecycle(run.Number, end.AddMilliseconds(-180));
        }

        var (eventId, result) = run.Outcome switch
        {
            PastOutcome.Succeeded or PastOutcome.SucceededInWsusOnly => (WsusEventRow.Succeeded, SyncResult.Succeeded),
            PastOutcome.Cancelled => (WsusEventRow.Cancelled, SyncResult.Cancelled),
            _ => (WsusEventRow.Failed, SyncResult.Failed),
        };
        var reason = _profile.HidesErrors ? "" : Reason(run.Outcome);
        _history.Add(eventId, end, reason);
        WsusEvents.Ended(_events, result, end, reason);
        _lastResult = result;
    }

    private static string Reason(PastOutcome outcome) => outcome switch
    {
        PastOutcome.ProxyRefused => WsusSynchronization.ProxyReason,
        PastOutcome.UpstreamUnreachable => WsusSynchronization.UpstreamReason,
        PastOutcome.TimedOut => "UssCommunicationError: WebException: The operation has timed out",
        _ => "",
    };

    private void TellConfigMgr(PastRun run)
    {
        var (start, end) = (run.StartedAt, run.StartedAt + run.Duration);
        _narrator.Started(start, onRequest: false);
        switch (run.Outcome)
        {
            case PastOutcome.Refused:
                _logs.Configuration.Failed(start, ConfigMgrSynchronization.UnavailableReason);
                _logs.Web.Refused(start);
                Fail(run, end, ConfigMgrSynchronization.UnavailableReason, SyncManagerLogLines.ProxySource, 503);
                return;
            case PastOutcome.Broken:
                _logs.Configuration.Failed(start, ConfigMgrSynchronization.BrokenReason);
                _logs.Web.Broken(start);
                Fail(run, end, ConfigMgrSynchronization.BrokenReason, SyncManagerLogLines.ProxySource, 500);
                return;
            case PastOutcome.ProxyRefused or PastOutcome.TimedOut:
                TellWsusPhase(run, 0);
                Fail(run, end, Reason(run.Outcome), SyncManagerLogLines.ActionSource, run.Outcome == PastOutcome.ProxyRefused ? 407 : 1);
                return;
            case PastOutcome.Cancelled:
                TellWsusPhase(run, 0.62);
                Fail(run, end, $"WSUS synchronization was cancelled on {_profile.FullyQualifiedName}", SyncManagerLogLines.ActionSource, 1);
                return;
        }

        TellWsusPhase(run, 1);
        _narrator.WsusDone(end);
        _narrator.ReplicaPhase(end.AddSeconds(120));
        _narrator.ReplicaDone(end.AddSeconds(121));
        _narrator.DatabasePhase(end.AddSeconds(122));
        if (run.Outcome == PastOutcome.SucceededInWsusOnly)
        {
            WriteRecycle(run.Number, end.AddSeconds(139));
            Fail(run, end.AddSeconds(140), ConfigMgrSynchronization.UnavailableReason, SyncManagerLogLines.ProxySource, 503);
            return;
        }

        Succeed(run, end);
    }

    private void Succeed(PastRun run, DateTimeOffset wsusEnd)
    {
        var items = _profile.Draw.Between("past items", run.Number, 12, 190);
        var end = wsusEnd.AddSeconds(180);
        _narrator.DatabaseUpdates(wsusEnd.AddSeconds(150), items / 2, items, TimeSpan.FromSeconds(28));
        _narrator.DatabaseUpdates(end, items, items, TimeSpan.Zero);
        _configMgr = _configMgr with { LastSyncState = 6702, LastSyncStateAt = end, LastErrorCode = 0, LastSuccessAt = end, CatalogVersion = _configMgr.CatalogVersion + 1 };
        _narrator.Succeeded(end, items, _configMgr.CatalogVersion, end - run.StartedAt);
    }

    private void TellWsusPhase(PastRun run, double reached)
    {
        _logs.Configuration.Succeeded(run.StartedAt);
        var start = run.StartedAt.AddSeconds(2);
        _narrator.WsusPhase(start);
        _narrator.WsusCategories(start.AddSeconds(1));
        var total = _profile.Draw.Between("past total", run.Number, 40, 900);
        for (var share = 0.2; share <= reached; share += 0.4)
        {
            var at = run.StartedAt + (run.Duration * (share / Math.Max(reached, 0.2) * 0.95));
            _narrator.WsusUpdates(at, (int)(total * share), total, run.Duration * (1 - share));
        }
    }

    private void Fail(PastRun run, DateTimeOffset at, string text, string source, long code)
    {
        _narrator.Failed(at, text, source, at - run.StartedAt);
        _configMgr = _configMgr with { LastSyncState = 6703, LastSyncStateAt = at, LastErrorCode = code };
    }

    private void WriteRecycle(long number, DateTimeOffset at) => _events.WriteWas(
        WindowsEvents.PrivateMemoryRecycle, EventLevel.Information, at, WsusWorker.PoolName, WasEvents.PrivateMemoryRecycle(_profile.Draw.Between("past process", number, 700, 4_900) * 4, WsusWorker.PoolName));

    // No worker lived long enough to die of something: rapid-fail protection is all that Windows told.
    private void TellRepairStop(DateTimeOffset at) => _events.WriteWas(WindowsEvents.PoolDisabled, EventLevel.Error, at, WsusWorker.PoolName, WasEvents.PoolDisabled(WsusWorker.PoolName));

    // How the pool came to stand still: five workers that died under the load of the clients, then rapid-fail protection.
    private void TellStop()
    {
        if (_profile.Scenario != Scenario.PoolStopped)
        {
            return;
        }

        var at = _now - PastRuns.StoppedFor(_profile.Draw);
        for (var crash = 4; crash >= 0; crash--)
        {
            var processId = _profile.Draw.Between("past crash", crash, 700, 4_900) * 4;
            var moment = at.AddSeconds(-31 * crash);
            _events.WriteWas(WindowsEvents.PrivateMemoryRecycle, EventLevel.Information, moment, WsusWorker.PoolName, WasEvents.PrivateMemoryRecycle(processId, WsusWorker.PoolName));
            _events.WriteWas(WindowsEvents.WorkerDied, EventLevel.Warning, moment, WsusWorker.PoolName, WasEvents.WorkerDied(processId, WsusWorker.PoolName, "800703e9"));
        }

        _events.WriteWas(WindowsEvents.PoolDisabled, EventLevel.Error, at, WsusWorker.PoolName, WasEvents.PoolDisabled(WsusWorker.PoolName));
        WsusEvents.WebServicesDown(_events, at.AddSeconds(20));
    }

    private ModelMemory Remember(int runs)
    {
        var isStarved = !_profile.HasGuideSettings && !_profile.HasMixedSettings;
        return new()
        {
            WsusUpdates = _profile.InitialUpdates,
            RunNumber = runs,
            LastResult = _lastResult,
            ConfigMgr = _configMgr,
            History = [.. _history.Rows],
            Events = [.. _events.All],
            Services = ServiceDefinitions.For(_profile).ToDictionary(service => service.Name, service => InitialState(service.Name)),
            StartTypes = ServiceDefinitions.For(_profile).ToDictionary(service => service.Name, InitialStartType),
            Pools = new Dictionary<string, PoolState> { [WsusWorker.PoolName] = _profile.Scenario == Scenario.PoolStopped ? PoolState.Stopped : PoolState.Started },
            RejectedRequests = isStarved ? _profile.Draw.Between("past rejected", 0, 2_000, 60_000) : 0,
            BootedAt = _now - TimeSpan.FromHours(_profile.Draw.Between("past boot", 0, 400, 1_400)),
        };
    }

    private ServiceState InitialState(string service) => (_profile.Scenario, service) switch
    {
        (Scenario.ExecutiveStopped, ServiceNames.SmsExecutive or ServiceNames.NotificationServer) => ServiceState.Stopped,
        (Scenario.WsusServiceStopped or Scenario.ServiceDisabled, ServiceNames.WsusService) => ServiceState.Stopped,
        _ => ServiceState.Running,
    };

    private ServiceStartType InitialStartType(ServiceDefinition service) => _profile.Scenario == Scenario.ServiceDisabled && service.Name == ServiceNames.WsusService
        ? ServiceStartType.Disabled
        : service.StartType;
}
