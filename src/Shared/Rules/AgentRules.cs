using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Rules;

/// <summary>Is the agent itself as it was left?</summary>
internal static class AgentRules
{
    public static IEnumerable<RuleFinding> Problem(RuleContext context)
    {
        if (context.Snapshot.Agent.Problems is not { Count: > 0 } problems)
        {
            yield break;
        }

        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.AgentProblem,
            Severity = Severity.Warning,
            Title = "Agent needs attention",
            Explanation = problems[0],
            Evidence = [.. problems.Select(problem => new Evidence("Agent", problem, "Agent", null))],
            Source = Sources.Product,
            NextStep = $"On {context.Observation.ServerName}, \"WsusDashboard.Agent doctor\" and \"audit --verify\" say more. Find out who changed the agent's data folder, or what damaged it.",
            Weight = Weights.Reading + 2,
        });
    }
}
