using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What the history says when the status of a server changes: health, whether its agent answers, and each finding that comes or goes. Pure.</summary>
internal static class StatusChanges
{
    public const string AgentSubject = "agent";
    public const string FindingPrefix = "finding:";
    private const string Answers = "Answers";
    private const string Silent = "Silent";

    public static IEnumerable<StateChange> Between(ServerStatus before, ServerStatus after)
    {
        if (before.Health != after.Health)
        {
            yield return new(StateChangeEntity.HealthSubject, before.Health.ToString(), after.Health.ToString(), after.Sentence);
            if (before.Health == Health.Unreachable || after.Health == Health.Unreachable)
            {
                yield return after.Health == Health.Unreachable
                    ? new(AgentSubject, Answers, Silent, after.Sentence)
                    : new(AgentSubject, Silent, Answers, "");
            }
        }

        // While the agent is silent nothing is known of its findings: they are neither gone nor new.
        if (before.Findings.Equals(after.Findings) || after.Health == Health.Unreachable)
        {
            yield break;
        }

        var (was, now) = (Read(before), Read(after));
        foreach (var finding in now.Where(finding => !was.TryGetValue(finding.Key, out var known) || known.Severity != finding.Value.Severity))
        {
            yield return new(FindingPrefix + finding.Key, was.TryGetValue(finding.Key, out var known) ? known.Severity.ToString() : "", finding.Value.Severity.ToString(), finding.Value.Title);
        }

        foreach (var finding in was.Where(finding => !now.ContainsKey(finding.Key)))
        {
            yield return new(FindingPrefix + finding.Key, finding.Value.Severity.ToString(), "", finding.Value.Title);
        }
    }

    private static Dictionary<string, FindingSummary> Read(ServerStatus status) =>
        status.Findings
            .Where(finding => finding.Id != FindingIds.AgentUnreachable)
            .GroupBy(finding => finding.Id)
            .ToDictionary(group => group.Key, group => group.First());
}
