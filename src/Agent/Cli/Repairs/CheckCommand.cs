using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>What is wrong with this server, and why: the same rules as the dashboard's.</summary>
internal sealed class CheckCommand(AgentClient agent, CommandConsole console)
{
    public async Task<int> RunAsync(string baseline, bool isJson, CancellationToken cancellationToken)
    {
        var (computerName, assessment) = await new ServerAssessment(agent, console).ReadAsync(baseline, cancellationToken);
        var offer = RepairOffers.Of(assessment);
        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, new CheckDocument(computerName, baseline, assessment.Health, assessment.Leading?.Id, assessment.Sentence, offer, assessment.Findings));
        }
        else
        {
            await PrintAsync(assessment, offer);
        }

        return assessment.Health switch
        {
            Health.Healthy => ExitCodes.Good,
            Health.Unknown or Health.Unreachable => ExitCodes.NotDone,
            _ => ExitCodes.Bad,
        };
    }

    private async Task PrintAsync(Assessment assessment, RepairOffer offer)
    {
        await console.Out.WriteLineAsync(assessment.Sentence);
        foreach (var finding in assessment.Findings)
        {
            await console.Out.WriteLineAsync();
            await console.Out.WriteLineAsync($"{Word(finding.Severity)}: {finding.Title}");
            await console.Out.WriteLineAsync($"  {finding.Explanation}");
            foreach (var evidence in finding.Evidence)
            {
                var at = evidence.At is { } time ? $", {Wording.Time(time)}" : "";
                var against = evidence.Speaks == EvidenceDirection.Against ? "evidence against: " : "";
                await console.Out.WriteLineAsync($"  - {against}{evidence.What}: {evidence.Value} ({evidence.ReadFrom}{at})");
            }

            if (finding.Id == offer.FindingId && offer.Playbook is { } playbook)
            {
                await console.Out.WriteLineAsync($"  What to do: {CommandConsole.ProgramName} repair --playbook {playbook}");
            }
            else if (finding.NextStep is { } next)
            {
                await console.Out.WriteLineAsync($"  What to do: {next}");
            }

            await console.Out.WriteLineAsync($"  Source: {finding.Source}");
        }
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Critical => "Critical",
        Severity.Warning => "Warning",
        _ => "Information",
    };

    private sealed record CheckDocument(string ComputerName, string Baseline, Health Health, string? Cause, string Sentence, RepairOffer Repair, IReadOnlyList<Finding> Findings);
}
