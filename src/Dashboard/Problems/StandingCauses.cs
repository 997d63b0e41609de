using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// Which findings of a server are problems: each cause once, and neither what follows from it nor what a repair makes look broken for a moment. Pure.
/// </summary>
internal static class StandingCauses
{
    /// <summary>How synchronizations end: a problem of their own only where nothing says why.</summary>
    private static readonly HashSet<string> Symptoms =
    [
        FindingIds.SyncCancelledRepeatedly, FindingIds.SyncFailing, FindingIds.SyncOccasionalSuccess, FindingIds.SyncOverdue, FindingIds.SyncRunningLong, FindingIds.UpdatesEmpty, FindingIds.ConfigMgrSyncFailing,
    ];

    /// <summary>What follows from another cause that is there at the same time.</summary>
    private static readonly Dictionary<string, string[]> ReasonsOf = new()
    {
        [FindingIds.PoolStopped] = [FindingIds.PoolRapidFail, FindingIds.PoolMemoryLimit, FindingIds.PoolAddressSpace, FindingIds.PoolWorkerDies],
        [FindingIds.PoolRapidFail] = [FindingIds.PoolMemoryLimit, FindingIds.PoolAddressSpace, FindingIds.PoolWorkerDies],
        [FindingIds.WorldWideWebStopped] = [FindingIds.ProcessActivationStopped],
    };

    /// <summary>Most important first; each id once.</summary>
    public static IReadOnlyList<StandingCause> Of(Assessment assessment)
    {
        if (assessment.Findings.Count == 0)
        {
            return [];
        }

        var isExplained = assessment.Findings.Any(finding => finding.IsCause || finding.Id is FindingIds.UnknownCause or FindingIds.SyncAwaited);
        var causes = assessment.Findings.Where(finding => finding.IsCause).Select(finding => finding.Id).ToHashSet();
        return
        [
            .. assessment.Findings
                .Where(finding => finding.Severity is not Severity.Information && finding.Id != FindingIds.SyncAwaited && finding.Repair is not { Role: FindingRepairRole.Causes })
                .Where(finding => !(isExplained && Symptoms.Contains(finding.Id)) && FindReason(finding.Id, causes) is null)
                .DistinctBy(finding => finding.Id)
                .Select(finding => new StandingCause(finding.Id, finding.Title, finding.Severity, finding.Since, finding.Playbook) { IsCause = finding.IsCause }),
        ];
    }

    /// <summary>The same, and after them, however severe, what is found about the posture.</summary>
    public static IReadOnlyList<StandingCause> Of(Assessment assessment, PostureAssessment posture, DateTimeOffset now) =>
        [.. Of(assessment), .. PostureCauses.Of(posture, assessment.Findings, now)];

    /// <summary>The cause that a problem of another name turns out to be; null where it is none of those that stand.</summary>
    /// <param name="causeId">Of a problem whose own cause does not stand any more.</param>
    /// <param name="standing">What stands now.</param>
    public static StandingCause? FindSuccessor(string causeId, IReadOnlyList<StandingCause> standing)
    {
        if (causeId == FindingIds.UnknownCause || Symptoms.Contains(causeId))
        {
            return standing.FirstOrDefault(cause => cause.IsCause) ?? (causeId == FindingIds.UnknownCause ? null : standing.FirstOrDefault(cause => cause.Id == FindingIds.UnknownCause));
        }

        string[] others = causeId switch
        {
            FindingIds.SourceUnreachable => [FindingIds.MicrosoftOutage],
            FindingIds.MicrosoftOutage => [FindingIds.SourceUnreachable],
            _ => ReasonsOf.GetValueOrDefault(causeId, []),
        };

        return standing.FirstOrDefault(cause => others.Contains(cause.Id));
    }

    private static string? FindReason(string id, HashSet<string> causes) => ReasonsOf.GetValueOrDefault(id, []).FirstOrDefault(causes.Contains);
}
