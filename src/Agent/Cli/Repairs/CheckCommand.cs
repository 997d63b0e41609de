using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>What is wrong with this server, and why: the same rules as the dashboard's.</summary>
internal sealed class CheckCommand(AgentClient agent, CommandConsole console)
{
    private const int JudgedSyncs = 50;

    /// <summary>An agent that has just started has read nothing yet.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task<int> RunAsync(string baseline, bool isJson, CancellationToken cancellationToken)
    {
        var snapshot = await ReadAsync(cancellationToken);
        var runs = await agent.ListSyncRunsAsync(JudgedSyncs, cancellationToken);
        var assessment = RuleEngine.Assess(new Observation
        {
            Now = console.TimeProvider.GetUtcNow(),
            ServerName = snapshot.Agent.ComputerName,
            Snapshot = snapshot,
            RecentSyncs = [.. runs.Runs.Select(run => run.ToDomain())],
            Baseline = BaselineCatalog.Find(baseline) ?? BaselineCatalog.Guide,
        });
        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, new CheckDocument(snapshot.Agent.ComputerName, baseline, assessment.Health, assessment.Sentence, assessment.Findings));
        }
        else
        {
            await PrintAsync(assessment);
        }

        return assessment.Health switch
        {
            Health.Healthy => ExitCodes.Good,
            Health.Unknown or Health.Unreachable => ExitCodes.NotDone,
            _ => ExitCodes.Bad,
        };
    }

    private async Task<Snapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var until = console.TimeProvider.GetUtcNow() + LongestWait;
        while (true)
        {
            var snapshot = (await agent.GetSnapshotAsync(cancellationToken)).ToDomain();
            SectionStatus[] statuses = [snapshot.Iis.Status, snapshot.Services.Status, snapshot.Wsus.Status, snapshot.ConfigMgr.Status, snapshot.Events.Status];
            if (!statuses.Contains(SectionStatus.Pending) || console.TimeProvider.GetUtcNow() >= until)
            {
                return snapshot;
            }

            await Task.Delay(Pause, console.TimeProvider, cancellationToken);
        }
    }

    private async Task PrintAsync(Assessment assessment)
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

            if (finding.Playbook is { } playbook)
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

    private sealed record CheckDocument(string ComputerName, string Baseline, Health Health, string Sentence, IReadOnlyList<Finding> Findings);
}
