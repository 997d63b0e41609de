using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What a person entered about a server, and whose key it has.</summary>
internal sealed record ServerIdentity(int Id, string Name, string Site, string Address, Baseline Baseline, ServerTrust? Trust = null);

/// <summary>
/// All that ingest knows of one server. Threading: every member takes the lock; nothing is called while it is held, and what comes out is immutable.
/// </summary>
internal sealed class ServerMonitor(ServerIdentity identity, ServerStatus status, IEnumerable<SyncRun> recentSyncs, IEnumerable<RemediationRun> runs, Snapshot? snapshot, DateTimeOffset? lastContactAt)
{
    private const int MaximumRecentSyncs = 40;

    /// <summary>How many of the newest runs a monitor begins with: one more than it keeps, so that the oldest is not half of a pair by accident.</summary>
    public const int LoadedSyncs = MaximumRecentSyncs + 1;

    private const int MaximumKnownRuns = 20;

    private readonly Lock _lock = new();
    private readonly List<SyncRun> _recentSyncs = Newest(recentSyncs);
    private readonly Dictionary<string, KnownRun> _runs = runs.ToDictionary(run => run.Id, run => new KnownRun(run, lastContactAt ?? run.StartedAt));
    private readonly CaseNotes _notes = new();
    private ServerIdentity _identity = identity;
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
            _recentSyncs.RemoveAll(known => known.Id == run.Id);
            var index = _recentSyncs.FindIndex(known => known.StartedAt <= run.StartedAt);
            _recentSyncs.Insert(index < 0 ? _recentSyncs.Count : index, run);
            if (_recentSyncs.Count > MaximumRecentSyncs)
            {
                LetGo();
            }

            if (isFresh && run.Result is (SyncResult.Failed or SyncResult.Cancelled))
            {
                _notes.Await(run.Id);
            }
        }
    }

    /// <summary>Takes what the agent found around a run.</summary>
    public void Take(RunEvidence evidence)
    {
        lock (_lock)
        {
            _notes.Take(evidence);
        }
    }

    /// <summary>Takes a state change.</summary>
    public void Take(CaseChange change)
    {
        lock (_lock)
        {
            _notes.Take(change);
        }
    }

    /// <summary>Takes how the servers around this one fared.</summary>
    public void Take(Surroundings surroundings)
    {
        lock (_lock)
        {
            _notes.Take(surroundings);
        }
    }

    /// <summary>The run whose surroundings are to be looked at; null where there is none.</summary>
    public SyncRun? FindWithoutSurroundings(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _notes.FindWithoutSurroundings(_recentSyncs, now);
        }
    }

    /// <summary>Takes the agent's word about a repair; an older revision than the known one is passed over.</summary>
    public void Take(RemediationRun run, DateTimeOffset readAt)
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

    public IReadOnlyList<RemediationRun> GetRunning()
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

            // Until the agent has answered or the grace time is over, the state of before the restart stays: no false alarms, no false calm.
            if (isLost || _wasRead)
            {
                _assessment = RuleEngine.Assess(Observe(now, isLost));
                _status = StatusBuilder.Build(_status, _snapshot, _assessment, _recentSyncs, _identity.Baseline, isLost ? _link.Since ?? now : now);
            }
            else
            {
                _status = StatusBuilder.WithSyncs(_status, _recentSyncs);
            }

            return new(ToLive(), _notes.Explain(Observe(now, isLost), _snapshot));
        }
    }

    /// <summary>
    /// Shortens the recent runs. A server that fails for weeks must not lose the time of its last good run with them; and a pair goes whole: of a
    /// synchronization that failed in the site alone, the half that WSUS tells would look like a good one.
    /// </summary>
    private void LetGo()
    {
        var uncounted = SyncPairing.FindUncounted(_recentSyncs);
        foreach (var run in RemoveOldest(_recentSyncs).Where(run => run.Result == SyncResult.Succeeded && !uncounted.Contains(run.Id)))
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

    private Observation Observe(DateTimeOffset now, bool isLost) => _notes.Complete(new()
    {
        Now = now,
        ServerName = _identity.Name,
        Snapshot = _snapshot,
        RecentSyncs = [.. _recentSyncs],
        Baseline = _identity.Baseline,
        IsReachable = !isLost,
        UnreachableSince = isLost ? _link.Since ?? _link.LastMessageAt : null,
        LinkError = isLost ? _link.Error : null,
    });

    private ServerLive ToLive() => new()
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
        ActiveRun = _runs.Values.Select(known => known.Run).Where(run => run.IsOpen).MaxBy(run => run.StartedAt),
        RecentSyncs = [.. _recentSyncs],
    };
}

/// <summary>A repair, and when the agent last spoke about it (UTC).</summary>
internal sealed record KnownRun(RemediationRun Run, DateTimeOffset ReadAt);

/// <summary>The cause that the rules named when a synchronization ended.</summary>
internal sealed record FoundCause(string RunId, string CauseId, string CauseTitle);

/// <summary>A server after an assessment.</summary>
internal sealed record AssessedServer(ServerLive Live, IReadOnlyList<FoundCause> Causes);
