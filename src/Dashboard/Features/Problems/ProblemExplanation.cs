using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>What a problem is and what fixes it, as the rules say it of a server that has it now.</summary>
/// <param name="ServerId">The server that it is told of.</param>
/// <param name="ServerName">Its name.</param>
/// <param name="Explanation">One or two plain sentences.</param>
/// <param name="Confidence">"certain", "likely", "possible", "unknown"; null where it is read off the server and nothing is guessed.</param>
/// <param name="Fix">What fixes it, or what a person does next; null where nothing is known.</param>
/// <param name="Evidence">"Evidence: 5 for, 1 against"; null where there is none.</param>
/// <param name="RunId">The synchronization that it explains; null where it explains none.</param>
public sealed record ProblemExplanation(int ServerId, string ServerName, string Explanation, string? Confidence, string? Fix, string? Evidence, string? RunId)
{
    /// <summary>Of the first of its servers that tells; null where none does.</summary>
    internal static ProblemExplanation? Of(ProblemView problem, VisibleServers live) => problem.Servers
        .Where(server => server.State is not Data.Entities.ProblemState.Resolved)
        .Select(server => live.Find(server.ServerId) is { Assessment: { } assessment } known ? Of(known, assessment, server.CauseId) : null)
        .FirstOrDefault(explanation => explanation is not null);

    private static ProblemExplanation? Of(LiveServer server, Assessment assessment, string causeId)
    {
        var finding = assessment.Findings.FirstOrDefault(one => one.Id == causeId);
        var cause = assessment.Causes.FirstOrDefault(one => one.Id == causeId);
        if (finding is null && cause is null)
        {
            return null;
        }

        var playbook = finding?.Playbook ?? cause?.Playbook;
        var evidence = cause?.Evidence ?? finding!.Evidence;
        return new(
            server.Id,
            server.Name,
            finding?.Explanation ?? cause!.Explanation,
            cause is null ? null : CauseLabels.Confidence(cause),
            playbook is not null ? $"Repair it: {RepairLabels.Playbook(playbook)}." : finding?.NextStep ?? cause?.Helps,
            evidence.Count == 0 ? null : CauseLabels.Evidence(evidence),
            cause is null ? null : assessment.ExplainedRunId);
    }
}
