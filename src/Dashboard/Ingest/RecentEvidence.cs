using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What is known about the recent synchronizations of one server beyond the runs themselves, and which of them still wait for their cause. Threading: belongs to its monitor, under the monitor's lock.</summary>
internal sealed class RecentEvidence
{
    private const int MostEvidence = 40;

    /// <summary>So many state changes are kept.</summary>
    public const int MostChanges = 200;

    private const int MostActions = 50;
    private const int MostCauses = 120;

    /// <summary>The present snapshot says something about a run that ended so long ago, and no more.</summary>
    private static readonly TimeSpan SnapshotReach = TimeSpan.FromMinutes(15);

    /// <summary>Other servers go on failing or recover: their state is looked at again.</summary>
    private static readonly TimeSpan SurroundingsAge = TimeSpan.FromMinutes(5);

    private readonly List<RunEvidence> _evidence = [];
    private readonly List<RecentChange> _changes = [];
    private readonly List<PersonAction> _actions = [];
    private readonly Dictionary<string, string> _causes = [];
    private readonly HashSet<string> _waiting = [];
    private Surroundings _surroundings = Surroundings.None;

    /// <param name="past">What is known from before.</param>
    public RecentEvidence(ServerPast past)
    {
        _evidence.AddRange(past.Evidence);
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
        _evidence.RemoveAll(known => known.RunId == evidence.RunId);
        _evidence.Add(evidence);
        if (_evidence.Count > MostEvidence)
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

    /// <summary>The run whose surroundings in the fleet are not known yet, or too old; null where there is none.</summary>
    public SyncRun? FindWithoutSurroundings(IReadOnlyList<SyncRun> recentSyncs, DateTimeOffset now) =>
        recentSyncs.FirstOrDefault(run => run.Result is not SyncResult.Running) is { Result: SyncResult.Failed or SyncResult.Cancelled } newest
        && (_surroundings.RunId != newest.Id || now - _surroundings.At > SurroundingsAge)
            ? newest
            : null;

    /// <summary>Adds the notes to what is observed.</summary>
    public Observation Complete(Observation observation) => observation with
    {
        Evidence = [.. _evidence],
        Changes = [.. _changes],
        Actions = [.. _actions],
        RunCauses = _causes,
        Upstream = _surroundings.Upstream,
        UpdatePoint = _surroundings.UpdatePoint,
        Fleet = _surroundings.Fleet,
    };

    /// <summary>
    /// The first cause of each run that waits; a run that is not among the recent ones waits no longer, and what a repair did to a run is no cause. The run that
    /// the assessment explains has the cause that the assessment names, so that every page says the same.
    /// </summary>
    public List<FoundCause> Explain(Observation observation, Snapshot? snapshot, Assessment? assessment)
    {
        var found = new List<FoundCause>();
        if (assessment is { ExplainedRunId: { } explainedId, Causes: [var named, ..] } && observation.RecentSyncs.FirstOrDefault(run => run.Id == explainedId) is { Result: SyncResult.Failed or SyncResult.Cancelled })
        {
            _waiting.Remove(explainedId);
            Add(new FoundCause(explainedId, named.Id, named.Name));
        }

        foreach (var runId in _waiting)
        {
            if (observation.RecentSyncs.FirstOrDefault(run => run.Id == runId) is { Result: SyncResult.Failed or SyncResult.Cancelled } run && observation.Repairs.FindBehind(run) is null)
            {
                var isRecent = observation.Now - (run.EndedAt ?? run.StartedAt) <= SnapshotReach;
                var partner = SyncPairing.FindPartner(run, observation.RecentSyncs);
                var surroundings = run.Id == _surroundings.RunId || partner?.Id == _surroundings.RunId ? observation : observation with { Upstream = null, UpdatePoint = null, Fleet = null };
                var first = CauseEngine.Rank(SyncRunContext.Of(surroundings, isRecent ? snapshot : null, run, partner))[0];
                Add(new FoundCause(run.Id, first.Id, first.Name));
            }
        }

        _waiting.Clear();
        Shorten(observation.RecentSyncs);
        return found;

        void Add(FoundCause cause)
        {
            if (_causes.GetValueOrDefault(cause.RunId) != cause.CauseId)
            {
                _causes[cause.RunId] = cause.CauseId;
                found.Add(cause);
            }
        }
    }

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

/// <summary>How the servers around one fared when a run of it failed.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">UTC time of the look.</param>
/// <param name="Upstream">The server that it takes its updates from, where that is watched.</param>
/// <param name="Fleet">Servers that synchronize from the same place by themselves.</param>
internal sealed record Surroundings(string RunId, DateTimeOffset At, UpstreamView? Upstream, OtherServers? Fleet)
{
    private static readonly TimeSpan SameHour = TimeSpan.FromHours(1);

    /// <summary>A problem may be seen a little later than the run that it ended.</summary>
    private static readonly TimeSpan SeenLate = TimeSpan.FromMinutes(2);

    /// <summary>The update point of its site, where that is another server that is watched.</summary>
    public UpdatePointView? UpdatePoint { get; init; }

    public static Surroundings None { get; } = new("", default, null, null);

    /// <summary>Looks at the other servers at the time of a run.</summary>
    public static Surroundings Of(SyncRun run, Live.LiveServer own, IEnumerable<Live.LiveServer> all, DateTimeOffset now)
    {
        var end = run.EndedAt ?? run.StartedAt;
        var source = own.Snapshot?.Wsus.Value?.Source ?? "";
        var others = all.Where(server => server.Id != own.Id).ToList();
        if (FindUpdatePoint(own, others, end) is { } point)
        {
            return new(run.Id, now, null, null) { UpdatePoint = point };
        }

        if (source.Length > 0 && !IsMicrosoft(source))
        {
            return new(run.Id, now, others.Find(server => IsNamed(server, source)) is { } upstream ? ViewOf(upstream, source, end) : null, null);
        }

        var near = others.Where(server => IsMicrosoft(server.Snapshot?.Wsus.Value?.Source ?? ""))
            .Select(server => server.RecentSyncs.FirstOrDefault(other => other.Result is SyncResult.Succeeded or SyncResult.Failed && ((other.EndedAt ?? other.StartedAt) - end).Duration() <= SameHour) is { } other
                ? (IsFailing: other.Result is SyncResult.Failed, WasWell: server.RecentSyncs.FirstOrDefault(before => before.StartedAt < other.StartedAt)?.Result is SyncResult.Succeeded)
                : ((bool IsFailing, bool WasWell)?)null)
            .OfType<(bool IsFailing, bool WasWell)>()
            .ToList();

        return new(run.Id, now, null, new OtherServers(near.Count, near.Count(server => server.IsFailing && server.WasWell)));
    }

    private static UpstreamView ViewOf(Live.LiveServer upstream, string name, DateTimeOffset end)
    {
        var last = upstream.RecentSyncs.FirstOrDefault(run => run.EndedAt <= end);
        var cause = last?.Result is SyncResult.Failed or SyncResult.Cancelled ? upstream.Status.CauseTitle : null;

        return new UpstreamView(name, last?.Result ?? SyncResult.Unknown, last?.EndedAt, upstream.Link.State is Live.LinkState.Up, cause);
    }

    /// <summary>Of several the one that has a problem.</summary>
    private static UpdatePointView? FindUpdatePoint(Live.LiveServer own, List<Live.LiveServer> others, DateTimeOffset end) => own.Snapshot is not { } snapshot
        ? null
        : RemoteUpdatePoints.Of(snapshot)
            .Select(name => others.Find(server => server.Snapshot is { Agent: var agent } && RemoteUpdatePoints.IsNamed(name, agent.FullyQualifiedName, agent.ComputerName)))
            .OfType<Live.LiveServer>()
            .Select(server => ViewOfPoint(server, end))
            .OrderByDescending(view => view.CauseTitle is not null).ThenBy(view => view.IsReachable)
            .FirstOrDefault();

    /// <summary>What is wrong there now says something about a run only where it was so at its end.</summary>
    private static UpdatePointView ViewOfPoint(Live.LiveServer point, DateTimeOffset end)
    {
        var since = point.Status.HealthSince?.ToOffset();
        var leading = point.Assessment?.Leading is { IsCause: true, Id: not FindingIds.UnknownCause } cause && since <= end + SeenLate ? cause : null;
        return new(point.Name, point.Link.State is Live.LinkState.Up, leading?.Title, leading is null ? null : since);
    }

    private static bool IsMicrosoft(string source) => string.Equals(source, "Microsoft Update", StringComparison.OrdinalIgnoreCase);

    private static bool IsNamed(Live.LiveServer server, string source) => server.Snapshot?.Agent is { } agent
        && (string.Equals(agent.FullyQualifiedName, source, StringComparison.OrdinalIgnoreCase) || string.Equals(agent.ComputerName, source.Split('.')[0], StringComparison.OrdinalIgnoreCase));
}
