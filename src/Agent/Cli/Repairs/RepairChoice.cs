using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>What a person asks for.</summary>
/// <param name="Playbook">The playbook that was named; null: the one that fixes the server's leading cause.</param>
/// <param name="Baseline">Whose recommended settings.</param>
/// <param name="IncludesRisky">True: with the settings that this server may not bear.</param>
internal sealed record RepairChoice(string? Playbook, string Baseline, bool IncludesRisky)
{
    /// <summary>The playbook to plan. What a person should know about the choice goes to standard error.</summary>
    /// <exception cref="CliFailure">None was named, and no repair fixes the leading cause.</exception>
    public async Task<string> ChooseAsync(AgentClient agent, CommandConsole console, CancellationToken cancellationToken)
    {
        var (computerName, assessment) = await new ServerAssessment(agent, console).ReadAsync(Baseline, cancellationToken);
        var offer = RepairOffers.Of(assessment);
        if (Playbook is null)
        {
            return offer.Playbook
                ?? throw new CliFailure($"{computerName}: {offer.Explanation} To plan a repair anyway, name it: --playbook {string.Join('|', PlaybookCatalog.All.Select(playbook => playbook.Id))}.");
        }

        if (offer.Objection(Playbook) is { } objection)
        {
            await console.Error.WriteLineAsync($"{computerName}: {objection}");
        }

        return Playbook;
    }
}
