using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>
/// All that ingest knows of one server. Threading: every member takes the lock; nothing is called while it is held, and what comes out is immutable.
/// </summary>
internal sealed class ServerState(ServerIdentity identity, ServerStatus status, IEnumerable<SyncRun> recentSyncs, IEnumerable<RepairRun> runs, Snapshot? snapshot, DateTimeOffset? lastContactAt, ServerPast? past = null)
{
    private const int MaximumRecentSyncs = 40;

    /// <summary>How many of the newest runs a monitor begins with: one more than it keeps, so that the oldest is not half of a pair by accident.</summary>
    public const int LoadedSyncs = MaximumRecentSyncs + 1;

    private const int MaximumKnownRuns = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KnownRun> _runs = runs.ToDictionary(run => run.Id, run => new KnownRun(run, lastContactAt ?? run.StartedAt));
    private readonly List<RepairPeriod> _pastRepairs = [.. past?.Repairs ?? []];
    private readonly RecentEvidence _evidence = new(past ?? ServerPast.None);
    private readonly BackfillProgress _backfill = new();
    private ServerIdentity _identity = identity;
    private List<SyncRun> _recentSyncs = Newest(recentSyncs);
    private bool _areSyncsNew = true;
    private ServerStatus _status = status;
    private Snapshot? _snapshot = snapshot;
    private Assessment? _assessment;
    private LinkStatus _link = LinkStatus.NotStarted with { LastMessageAt = lastContactAt };
    private ValueList<ServerProblem> _problems = [];
    private IReadOnlyList<RepairPeriod>? _repairs;
    private Section<ClientState>? _outside;
    private bool _wasRead;

    public int Id { get; } = identity.Id;

    /// <summary>The status that the database has; belongs to the history writer.</summary>
    public ServerStatus WrittenStatus { get; set; } = status;

    /// <summary>The agent that the database has; belongs to the history writer.</summary>
    public AgentInfo? WrittenAgent { get; set; }

    public ServerIdentity Identity
    {
        get
        {
            lock (_lock)
            {
                return _identity;
            }
        }

        set
        {
            lock (_lock)
            {
                _identity = value;
            }
        }
    }

    public void SetLink(LinkStatus link)
    {
        lock (_lock)
        {
            _link = link with { LastMessageAt = link.LastMessageAt ?? _link.LastMessageAt };
        }
    }

    public LinkStatus Link
    {
        get
        {
            lock (_lock)
            {
                return _link;
            }
        }
    }

    /// <summary>Takes what the rows say of its problems.</summary>
    public void SetProblems(ValueList<ServerProblem> problems)
    {
        lock (_lock)
        {
            _problems = problems;
        }
    }

    /// <summary>Takes how far its events are stored.</summary>
    public void SetStored(LinkCursor cursor)
    {
        lock (_lock)
        {
            _backfill.SetStored(cursor);
        }
    }

    /// <summary>Takes the number of an event that has come, stored or not.</summary>
    public void SetTaken(string epoch, long sequence)
    {
        lock (_lock)
        {
            _backfill.SetTaken(epoch, sequence);
        }
    }

    /// <summary>True while its history is not all here: what is stored then may complete it.</summary>
    public bool IsReadingHistory
    {
        get
        {
            lock (_lock)
            {
                return History.State == HistoryState.Reading;
            }
        }
    }

    /// <summary>The server as it was last assessed, with what has come since.</summary>
    public LiveServer Current
    {
        get
        {
            lock (_lock)
            {
                return ToLive();
            }
        }
    }

    public ServerStatus CurrentStatus
    {
        get
        {
            lock (_lock)
            {
                return _status;
            }
        }
    }

    public Snapshot? Snapshot
    {
        get
        {
            lock (_lock)
            {
                return _snapshot;
            }
        }
    }

    /// <summary>How WSUS answers this dashboard; null where it has not asked.</summary>
    public Section<ClientState>? Outside
    {
        get
        {
            lock (_lock)
            {
                return _outside;
            }
        }

        set
        {
            lock (_lock)
            {
                _outside = value;
            }
        }
    }

    /// <summary>Replaces the snapshot; null = no change.</summary>
    public void Update(Func<Snapshot?, Snapshot?> change, DateTimeOffset at)
    {
        lock (_lock)
        {
            _snapshot = change(_snapshot) ?? _snapshot;
            _wasRead |= _snapshot is not null;
            _link = _link with { LastMessageAt = at };
        }
    }

    /// <summary>Takes a sync run; the newest word about the same id counts.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isFresh">True where it ended just now: the next assessment tells its cause.</param>
    public void Take(SyncRun run, bool isFresh)
    {
        lock (_lock)
        {
            var runs = _recentSyncs.Where(known => known.Id != run.Id).ToList();
            var index = runs.FindIndex(known => known.StartedAt <= run.StartedAt);
            runs.Insert(index < 0 ? runs.Count : index, run);
            if (runs.Count > MaximumRecentSyncs)
            {
                LetGo(runs);
            }

            (_recentSyncs, _areSyncsNew) = (runs, true);
            _evidence.Forget(run.Id);

            if (isFresh && run.Result is (SyncResult.Failed or SyncResult.Cancelled))
            {
                _evidence.Await(run.Id);
            }
        }
    }

    /// <summary>Takes what the agent found around a run.</summary>
    public void Take(RunEvidence evidence)
    {
        lock (_lock)
        {
            _evidence.Take(evidence);
        }
    }

    /// <summary>Takes a state change.</summary>
    public void Take(RecentChange change)
    {
        lock (_lock)
        {
            _evidence.Take(change);
        }
    }

    /// <summary>Takes what a person did to it through this product.</summary>
    public void Take(PersonAction action)
    {
        lock (_lock)
        {
            _evidence.Take(action);
        }
    }

    /// <summary>Takes how the servers around this one fared.</summary>
    public void Take(Surroundings surroundings)
    {
        lock (_lock)
        {
            _evidence.Take(surroundings);
        }
    }

    /// <summary>The run whose surroundings are to be looked at; null where there is none.</summary>
    public SyncRun? FindWithoutSurroundings(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _evidence.FindWithoutSurroundings(_recentSyncs, now);
        }
    }

    /// <summary>Takes the agent's word about a repair; an older revision than the known one is passed over.</summary>
    public void Take(RepairRun run, DateTimeOffset readAt)
    {
        lock (_lock)
        {
            if (_runs.TryGetValue(run.Id, out var known) && known.Run.Revision > run.Revision)
            {
                return;
            }

            _runs[run.Id] = new(run, readAt);
            (_repairs, _areSyncsNew) = (null, true);
            foreach (var old in _runs.Values.Where(entry => !entry.Run.IsOpen).OrderByDescending(entry => entry.Run.StartedAt).Skip(MaximumKnownRuns).ToList())
            {
                _runs.Remove(old.Run.Id);
            }
        }
    }

    public KnownRun? FindRun(string runId)
    {
        lock (_lock)
        {
            return _runs.GetValueOrDefault(runId);
        }
    }

    public IReadOnlyList<RepairRun> GetRunning()
    {
        lock (_lock)
        {
            return [.. _runs.Values.Select(known => known.Run).Where(run => run.IsOpen)];
        }
    }

    /// <summary>Applies the rules to what is known now.</summary>
    public AssessedServer Assess(DateTimeOffset now)
    {
        lock (_lock)
        {
            var isLost = _link.IsLost;

            var observation = Observe(now, isLost);
            if (_areSyncsNew)
            {
                (_status, _areSyncsNew) = (StatusBuilder.WithSyncs(_status, _recentSyncs, observation.Repairs), false);
            }

            // Until the agent has answered or the grace time is over, the state of before the restart stays: no false alarms, no false calm.
            if (isLost || _wasRead)
            {
                _assessment = RuleEngine.Assess(observation);
                _status = StatusBuilder.Build(_status, _snapshot, _assessment, _identity.Baseline, isLost ? UnreachableSince ?? now : now, _problems);
            }

            _status = _status.History == History.State ? _status : _status with { History = History.State };
            return new(ToLive(), _evidence.Explain(observation, _snapshot, isLost || _wasRead ? _assessment : null));
        }
    }

    /// <summary>
    /// Shortens the recent runs. A server that fails for weeks must not lose the time of its last good run with them; and a pair goes whole: of a
    /// synchronization that failed in the site alone, the half that WSUS tells would look like a good one.
    /// </summary>
    private void LetGo(List<SyncRun> runs)
    {
        var uncounted = SyncPairing.FindUncounted(runs);
        foreach (var run in RemoveOldest(runs).Where(run => run.Result == SyncResult.Succeeded && !uncounted.Contains(run.Id)))
        {
            var at = (run.EndedAt ?? run.StartedAt).UtcDateTime;
            _status = _status.LastGoodSyncAt >= at ? _status : _status with { LastGoodSyncAt = at };
        }
    }

    private static List<SyncRun> Newest(IEnumerable<SyncRun> runs)
    {
        var newest = runs.OrderByDescending(run => run.StartedAt).Take(LoadedSyncs).ToList();
        RemoveOldest(newest);
        return newest;
    }

    private static List<SyncRun> RemoveOldest(List<SyncRun> runs)
    {
        var old = runs.Skip(MaximumRecentSyncs).ToList();
        var gone = old.Concat(old.Select(run => SyncPairing.FindPartner(run, runs)).OfType<SyncRun>()).DistinctBy(run => run.Id).ToList();
        runs.RemoveAll(gone.Contains);
        return gone;
    }

    private Observation Observe(DateTimeOffset now, bool isLost) => _evidence.Complete(new()
    {
        Now = now,
        ServerName = _identity.Name,
        Snapshot = _snapshot,
        RecentSyncs = _recentSyncs,
        Baseline = _identity.Baseline,
        Repairs = GetRepairs(),
        Outside = _outside,
        IsReachable = !isLost,
        UnreachableSince = isLost ? UnreachableSince : null,
        LinkError = isLost ? _link.Error : null,
    });

    /// <summary>The time of its last word, whatever has kept it silent since; else since when this dashboard has looked for it.</summary>
    private DateTimeOffset? UnreachableSince => _link.LastMessageAt ?? _link.Since;

    private HistoryReading History => _backfill.Of(_snapshot, _recentSyncs.Count > 0);

    private IReadOnlyList<RepairPeriod> GetRepairs() => _repairs ??= ReadRepairs();

    private IReadOnlyList<RepairPeriod> ReadRepairs()
    {
        var known = _runs.Values.Select(entry => RepairPeriod.Of(entry.Run)).OfType<RepairPeriod>().ToList();
        return [.. known, .. _pastRepairs.Where(period => known.TrueForAll(other => other.RunId != period.RunId))];
    }

    private LiveServer ToLive() => new()
    {
        Id = Id,
        Name = _identity.Name,
        Site = _identity.Site,
        Address = _identity.Address,
        Baseline = _identity.Baseline.Id,
        Status = _status,
        Snapshot = _snapshot,
        Assessment = _assessment,
        Link = _link,
        ActiveRepair = _runs.Values.Select(known => known.Run).Where(run => run.IsOpen).MaxBy(run => run.StartedAt) is { } run ? ActiveRepair.From(Id, _identity.Name, run) : null,
        LastRepairEndedAt = GetRepairs().Max(period => period.EndedAt),
        History = History,
        Problems = _problems,
        RecentSyncs = _recentSyncs,
        Outside = _outside,
    };
}
