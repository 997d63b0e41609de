using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What is known about the recent synchronizations of one server beyond the runs themselves, and which of them still wait for their cause. Threading: belongs to its monitor, under the monitor's lock.</summary>
internal sealed class RecentEvidence
{
    private const int MostEvidence = 40;
    private const int MostChanges = 200;

    /// <summary>The present snapshot says something about a run that ended so long ago, and no more.</summary>
    private static readonly TimeSpan SnapshotReach = TimeSpan.FromMinutes(15);

    /// <summary>Other servers go on failing or recover: their state is looked at again.</summary>
    private static readonly TimeSpan SurroundingsAge = TimeSpan.FromMinutes(5);

    private readonly List<RunEvidence> _evidence = [];
    private readonly List<RecentChange> _changes = [];
    private readonly HashSet<string> _waiting = [];
    private Surroundings _surroundings = Surroundings.None;

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
        Upstream = _surroundings.Upstream,
        Fleet = _surroundings.Fleet,
    };

    /// <summary>The first cause of each run that waits; a run that is not among the recent ones waits no longer.</summary>
    public List<FoundCause> Explain(Observation observation, Snapshot? snapshot)
    {
        var found = new List<FoundCause>();
        foreach (var runId in _waiting)
        {
            if (observation.RecentSyncs.FirstOrDefault(run => run.Id == runId) is { Result: SyncResult.Failed or SyncResult.Cancelled } run)
            {
                var isRecent = observation.Now - (run.EndedAt ?? run.StartedAt) <= SnapshotReach;
                var partner = SyncPairing.FindPartner(run, observation.RecentSyncs);
                var surroundings = run.Id == _surroundings.RunId || partner?.Id == _surroundings.RunId ? observation : observation with { Upstream = null, Fleet = null };
                var first = CauseEngine.Rank(SyncRunContext.Of(surroundings, isRecent ? snapshot : null, run, partner))[0];
                found.Add(new FoundCause(run.Id, first.Id, first.Name));
            }
        }

        _waiting.Clear();
        return found;
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

    public static Surroundings None { get; } = new("", default, null, null);

    /// <summary>Looks at the other servers at the time of a run.</summary>
    public static Surroundings Of(SyncRun run, Live.LiveServer own, IEnumerable<Live.LiveServer> all, DateTimeOffset now)
    {
        var end = run.EndedAt ?? run.StartedAt;
        var source = own.Snapshot?.Wsus.Value?.Source ?? "";
        var others = all.Where(server => server.Id != own.Id).ToList();
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

    private static bool IsMicrosoft(string source) => string.Equals(source, "Microsoft Update", StringComparison.OrdinalIgnoreCase);

    private static bool IsNamed(Live.LiveServer server, string source) => server.Snapshot?.Agent is { } agent
        && (string.Equals(agent.FullyQualifiedName, source, StringComparison.OrdinalIgnoreCase) || string.Equals(agent.ComputerName, source.Split('.')[0], StringComparison.OrdinalIgnoreCase));
}
