using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What is known about the recent synchronizations of one server beyond the runs themselves, and which of them still wait for their cause. Threading: belongs to its server's state, under the state's lock.</summary>
internal sealed class RecentEvidence
{
    private const int MostEvidence = 40;

    /// <summary>Bytes of messages: an agent's evidence is a few dozen kilobytes, and may be a megabyte.</summary>
    private const long MostEvidenceBytes = 4L * 1024 * 1024;

    /// <summary>So many state changes are kept.</summary>
    public const int MostChanges = 200;

    private const int MostActions = 50;
    private const int MostCauses = 120;

    /// <summary>Other servers go on failing or recover: their state is looked at again.</summary>
    private static readonly TimeSpan SurroundingsAge = TimeSpan.FromMinutes(5);

    private readonly List<(RunEvidence Evidence, int Bytes)> _evidence = [];
    private readonly List<RecentChange> _changes = [];
    private readonly List<PersonAction> _actions = [];
    private readonly Dictionary<string, string> _causes = [];
    private readonly HashSet<string> _waiting = [];
    private Surroundings _surroundings = Surroundings.None;

    /// <param name="past">What is known from before.</param>
    public RecentEvidence(ServerPast past)
    {
        _evidence.AddRange(past.Evidence.Select(Measured));
        _changes.AddRange(past.Changes);
        _actions.AddRange(past.Actions.TakeLast(MostActions));
        foreach (var (runId, causeId) in past.RunCauses)
        {
            _causes[runId] = causeId;
        }
    }

    /// <summary>The newest word about a run counts; its cause is then found anew.</summary>
    public void Take(RunEvidence evidence)
    {
        _evidence.RemoveAll(known => known.Evidence.RunId == evidence.RunId);
        _evidence.Add(Measured(evidence));
        while (_evidence.Count > MostEvidence || (_evidence.Count > 1 && _evidence.Sum(known => (long)known.Bytes) > MostEvidenceBytes))
        {
            _evidence.RemoveAt(0);
        }

        _waiting.Add(evidence.RunId);
    }

    public void Take(RecentChange change)
    {
        _changes.Add(change);
        if (_changes.Count > MostChanges)
        {
            _changes.RemoveAt(0);
        }
    }

    /// <summary>Takes what a person did to the server through this product.</summary>
    public void Take(PersonAction action)
    {
        if (_actions.Contains(action))
        {
            return;
        }

        _actions.Add(action);
        if (_actions.Count > MostActions)
        {
            _actions.RemoveAt(0);
        }
    }

    /// <summary>The agent told of a run once more: what was named for it may not have been stored.</summary>
    public void Forget(string runId) => _causes.Remove(runId);

    /// <summary>A run that ended just now.</summary>
    public void Await(string runId) => _waiting.Add(runId);

    public void Take(Surroundings surroundings) => _surroundings = surroundings;

    /// <summary>What happened around changes what was seen there: it is looked at again.</summary>
    public void ForgetSurroundings() => _surroundings = Surroundings.None;

    /// <summary>The log lines that the agent kept of a run.</summary>
    public IEnumerable<LoggedLine> LinesOf(string runId) => _evidence.Where(known => known.Evidence.RunId == runId).SelectMany(known => known.Evidence.Lines);

    /// <summary>The run whose surroundings in the fleet are not known yet, or too old; null where there is none.</summary>
    public SyncRun? FindWithoutSurroundings(IReadOnlyList<SyncRun> recentSyncs, DateTimeOffset now) =>
        recentSyncs.FirstOrDefault(run => run.Result is not SyncResult.Running) is { Result: SyncResult.Failed or SyncResult.Cancelled } newest
        && (_surroundings.RunId != newest.Id || now - _surroundings.At > SurroundingsAge)
            ? newest
            : null;

    /// <summary>Adds the notes to what is observed.</summary>
    public Observation Complete(Observation observation) => observation with
    {
        Evidence = [.. _evidence.Select(known => known.Evidence)],
        Changes = [.. _changes],
        Actions = [.. _actions],
        RunCauses = new Dictionary<string, string>(_causes),
        Upstream = _surroundings.Upstream,
        UpdatePoint = _surroundings.UpdatePoint,
        Fleet = _surroundings.Fleet,
    };

    /// <summary>The runs that wait for their cause, with what is known of the servers around; they wait no longer.</summary>
    public WaitingRuns TakeWaiting()
    {
        var waiting = new WaitingRuns([.. _waiting], _surroundings);
        _waiting.Clear();
        return waiting;
    }

    /// <summary>They wait again: their cause could not be told.</summary>
    public void PutBack(WaitingRuns waiting) => _waiting.UnionWith(waiting.RunIds);

    /// <summary>Keeps the causes that were found.</summary>
    /// <returns>Those that are new.</returns>
    public List<FoundCause> Keep(IReadOnlyList<FoundCause> found, IReadOnlyList<SyncRun> recentSyncs)
    {
        var changed = found.Where(cause => _causes.GetValueOrDefault(cause.RunId) != cause.CauseId).ToList();
        changed.ForEach(cause => _causes[cause.RunId] = cause.CauseId);
        Shorten(recentSyncs);
        return changed;
    }

    private static (RunEvidence Evidence, int Bytes) Measured(RunEvidence evidence) => (evidence, evidence.ToWire().CalculateSize());

    private void Shorten(IReadOnlyList<SyncRun> recentSyncs)
    {
        if (_causes.Count > MostCauses)
        {
            var known = recentSyncs.Select(run => run.Id).ToHashSet();
            foreach (var gone in _causes.Keys.Where(runId => !known.Contains(runId)).ToList())
            {
                _causes.Remove(gone);
            }
        }
    }
}
