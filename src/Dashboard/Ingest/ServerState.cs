using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>
/// All that ingest knows of one server. Threading: every member takes the lock; nothing is called while it is held, and what comes out is immutable.
/// </summary>
internal sealed class ServerState(ServerIdentity identity, ServerStatus status, IEnumerable<SyncRun> recentSyncs, IEnumerable<RepairRun> runs, Snapshot? snapshot, DateTimeOffset? lastContactAt)
{
    private const int MaximumRecentSyncs = 40;

    /// <summary>How many of the newest runs a monitor begins with: one more than it keeps, so that the oldest is not half of a pair by accident.</summary>
    public const int LoadedSyncs = MaximumRecentSyncs + 1;

    private const int MaximumKnownRuns = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KnownRun> _runs = runs.ToDictionary(run => run.Id, run => new KnownRun(run, lastContactAt ?? run.StartedAt));
    private readonly RecentEvidence _evidence = new();
    private ServerIdentity _identity = identity;
    private IReadOnlyList<SyncRun> _recentSyncs = Newest(recentSyncs);
    private bool _areSyncsNew = true;
    private ServerStatus _status = status;
    private Snapshot? _snapshot = snapshot;
    private Assessment? _assessment;
    private LinkStatus _link = LinkStatus.NotStarted with { LastMessageAt = lastContactAt };
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
                (_status, _areSyncsNew) = (StatusBuilder.WithSyncs(_status, _recentSyncs), false);
            }

            // Until the agent has answered or the grace time is over, the state of before the restart stays: no false alarms, no false calm.
            if (isLost || _wasRead)
            {
                _assessment = RuleEngine.Assess(observation);
                _status = StatusBuilder.Build(_status, _snapshot, _assessment, _identity.Baseline, isLost ? _link.Since ?? now : now);
            }

            return new(ToLive(), _evidence.Explain(observation, _snapshot));
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
        IsReachable = !isLost,
        UnreachableSince = isLost ? _link.Since ?? _link.LastMessageAt : null,
        LinkError = isLost ? _link.Error : null,
    });

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
        RecentSyncs = _recentSyncs,
    };
}

/// <summary>A repair, and when the agent last spoke about it (UTC).</summary>
internal sealed record KnownRun(RepairRun Run, DateTimeOffset ReadAt);

/// <summary>The cause that the rules named when a synchronization ended.</summary>
internal sealed record FoundCause(string RunId, string CauseId, string CauseTitle);

/// <summary>A server after an assessment.</summary>
internal sealed record AssessedServer(LiveServer Live, IReadOnlyList<FoundCause> Causes);
