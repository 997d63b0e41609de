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
/// All that ingest knows of one server. Threading: every member takes the lock; nothing is called while it is held, and what comes out is immutable. The
/// rules think outside of it.
/// </summary>
internal sealed class ServerState(ServerIdentity identity, ServerStatus status, IEnumerable<SyncRun> recentSyncs, IEnumerable<Repair> runs, Snapshot? snapshot, DateTimeOffset? lastContactAt, ServerPast? past = null)
{
    private readonly Lock _lock = new();
    private readonly Lock _assessing = new();
    private readonly KnownRuns _runs = new(runs, lastContactAt, past?.Repairs ?? []);
    private readonly RecentEvidence _evidence = new(past ?? ServerPast.None);
    private readonly BackfillProgress _backfill = new();
    private readonly KnownAttempts _attempts = new();
    private ServerIdentity _identity = identity;
    private List<SyncRun> _recentSyncs = RecentSyncRuns.Newest(recentSyncs);
    private bool _areSyncsNew = true;
    private ServerStatus _status = status;
    private Snapshot? _snapshot = snapshot;
    private Assessment? _assessment;
    private LinkStatus _link = LinkStatus.NotStarted with { LastMessageAt = lastContactAt };
    private ValueList<ServerProblem> _problems = [];
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
            var runs = RecentSyncRuns.With(_recentSyncs, run);
            RememberGood(RecentSyncRuns.Shorten(runs));
            (_recentSyncs, _areSyncsNew) = (runs, true);
            _attempts.Renew();
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
            _attempts.Renew();
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

    /// <summary>The servers around it are looked at again at the next assessment.</summary>
    public void ForgetSurroundings()
    {
        lock (_lock)
        {
            _evidence.ForgetSurroundings();
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

    /// <summary>False for a repair that would be one too many that is open.</summary>
    public bool HasRoomFor(string runId, bool isOpen)
    {
        lock (_lock)
        {
            return _runs.HasRoomFor(runId, isOpen);
        }
    }

    /// <summary>Takes the agent's word about a repair; an older revision than the known one, and one that would be too many, are passed over.</summary>
    public void Take(Repair run, DateTimeOffset readAt)
    {
        lock (_lock)
        {
            _areSyncsNew |= _runs.Take(run, readAt);
        }
    }

    public KnownRun? FindRun(string runId)
    {
        lock (_lock)
        {
            return _runs.Find(runId);
        }
    }

    public IReadOnlyList<Repair> GetRunning()
    {
        lock (_lock)
        {
            return [.. _runs.Open];
        }
    }

    /// <summary>Applies the rules to what is known now; one assessment at a time. Nobody else waits for it: the rules work on what was taken under the lock.</summary>
    public AssessedServer Assess(DateTimeOffset now, Judge? judge = null)
    {
        lock (_assessing)
        {
            var assessed = Begin(now);
            AssessmentResult result;
            try
            {
                result = assessed.Assess(judge ?? RuleEngine.Assess);
            }
            catch
            {
                lock (_lock)
                {
                    _evidence.PutBack(assessed.Waiting);
                }

                throw;
            }

            lock (_lock)
            {
                _assessment = result.Assessment ?? _assessment;
                var lastGoodAt = _status.LastGoodSyncAt;
                _status = result.Status with { History = History.State };
                RememberGood(lastGoodAt);
                return new(ToLive(), _evidence.Keep(result.Causes, assessed.Observation.RecentSyncs));
            }
        }
    }

    private AssessmentCase Begin(DateTimeOffset now)
    {
        lock (_lock)
        {
            var isLost = _link.IsLost;
            var observation = Observe(now, isLost);
            if (_areSyncsNew)
            {
                (_status, _areSyncsNew) = (StatusBuilder.WithSyncs(_status, _recentSyncs, observation.Repairs), false);
            }

            return new()
            {
                Observation = observation,
                Status = _status,
                Snapshot = _snapshot,
                Baseline = _identity.Baseline,
                Problems = _problems,
                Waiting = _evidence.TakeWaiting(),
                IsDue = isLost || _wasRead,
                SeenAt = isLost ? UnreachableSince ?? now : now,
            };
        }
    }

    private void RememberGood(DateTime? at)
    {
        if (at is not null && !(_status.LastGoodSyncAt >= at))
        {
            _status = _status with { LastGoodSyncAt = at };
        }
    }

    private Observation Observe(DateTimeOffset now, bool isLost) => _evidence.Complete(new()
    {
        Now = now,
        ServerName = _identity.Name,
        Snapshot = _snapshot,
        RecentSyncs = _recentSyncs,
        Baseline = _identity.Baseline,
        Repairs = _runs.GetPeriods(),
        Outside = _outside,
        IsReachable = !isLost,
        UnreachableSince = isLost ? UnreachableSince : null,
        LinkError = isLost ? _link.Error : null,
        IsQuarantined = _link.State == LinkState.Quarantined,
    });

    /// <summary>The time of its last word, whatever has kept it silent since; else since when this dashboard has looked for it.</summary>
    private DateTimeOffset? UnreachableSince => _link.LastMessageAt ?? _link.Since;

    private HistoryReading History => _backfill.Of(_snapshot, _recentSyncs.Count > 0);

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
        ActiveRepair = _runs.Open.MaxBy(run => run.StartedAt) is { } run ? ActiveRepair.From(Id, _identity.Name, run) : null,
        LastRepairEndedAt = _runs.GetPeriods().Max(period => period.EndedAt),
        History = History,
        Problems = _problems,
        RecentSyncs = _recentSyncs,
        SourceAttempts = _attempts.Read(_identity, _snapshot, _recentSyncs, _evidence),
        Outside = _outside,
    };
}
