using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What the rules say about one observation.</summary>
internal delegate Assessment Judge(Observation observation);

/// <summary>Runs whose cause is to be told.</summary>
/// <param name="RunIds">Their ids.</param>
/// <param name="Surroundings">How the servers around fared.</param>
internal sealed record WaitingRuns(IReadOnlyList<string> RunIds, Surroundings Surroundings);

/// <summary>What an assessment came to.</summary>
internal sealed record AssessmentResult(Assessment? Assessment, ServerStatus Status, IReadOnlyList<FoundCause> Causes);

/// <summary>All that an assessment of one server needs, taken at one moment: it is thought about without any lock, so that a server that takes long holds up nobody. Immutable.</summary>
internal sealed record AssessmentCase
{
    /// <summary>The present snapshot says something about a run that ended so long ago, and no more.</summary>
    private static readonly TimeSpan SnapshotReach = TimeSpan.FromMinutes(15);

    public required Observation Observation { get; init; }

    public required ServerStatus Status { get; init; }

    public required Snapshot? Snapshot { get; init; }

    public required Baseline Baseline { get; init; }

    public required ValueList<ServerProblem> Problems { get; init; }

    public required WaitingRuns Waiting { get; init; }

    /// <summary>False until the agent has answered or the grace time is over: the state of before a restart stays, no false alarms, no false calm.</summary>
    public required bool IsDue { get; init; }

    /// <summary>UTC: when what is found was seen, where nothing tells better.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    public AssessmentResult Assess(Judge judge)
    {
        if (!IsDue)
        {
            return new(null, Status, Explain(null));
        }

        var assessment = judge(Observation);
        return new(assessment, StatusBuilder.Build(Status, Snapshot, assessment, Baseline, SeenAt, Problems), Explain(assessment));
    }

    /// <summary>
    /// The first cause of each run that waits; what a repair did to a run is no cause. The run that the assessment explains has the cause that the assessment names, so that every page says the same.
    /// </summary>
    private List<FoundCause> Explain(Assessment? assessment)
    {
        var found = new List<FoundCause>();
        var explained = assessment is { ExplainedRunId: { } id, Causes: [var named, ..] } && Find(id) is { Result: SyncResult.Failed or SyncResult.Cancelled } ? new FoundCause(id, named.Id, named.Name) : null;
        if (explained is not null)
        {
            found.Add(explained);
        }

        foreach (var runId in Waiting.RunIds.Where(runId => runId != explained?.RunId))
        {
            if (Find(runId) is { Result: SyncResult.Failed or SyncResult.Cancelled } run && Observation.Repairs.FindBehind(run) is null)
            {
                var isRecent = Observation.Now - (run.EndedAt ?? run.StartedAt) <= SnapshotReach;
                var partner = SyncPairing.FindPartner(run, Observation.RecentSyncs);
                var around = Waiting.Surroundings.RunId;
                var seen = run.Id == around || partner?.Id == around ? Observation : Observation with { Upstream = null, UpdatePoint = null, Fleet = null };
                var first = CauseEngine.Rank(SyncRunContext.Of(seen, isRecent ? Snapshot : null, run, partner))[0];
                found.Add(new FoundCause(run.Id, first.Id, first.Name));
            }
        }

        return found;
    }

    private SyncRun? Find(string runId) => Observation.RecentSyncs.FirstOrDefault(run => run.Id == runId);
}
