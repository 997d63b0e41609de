using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>What the rules say of this server, from what its agent has read and kept: the same rules as the dashboard's, over the same past.</summary>
internal sealed class ServerAssessment(AgentClient agent, CommandConsole console)
{
    private const int JudgedSyncs = 50;

    /// <summary>Days, on a server where much goes on.</summary>
    private const int JudgedEvents = 2_000;

    /// <summary>An agent that has just started has read nothing yet.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <returns>The computer's name, and what is wrong with it.</returns>
    public async Task<(string ComputerName, Assessment Assessment)> ReadAsync(string baseline, CancellationToken cancellationToken)
    {
        var snapshot = await ReadSnapshotAsync(cancellationToken);
        var runs = await agent.ListSyncRunsAsync(JudgedSyncs, cancellationToken);
        var events = (await agent.ReadEventsAsync(snapshot.Agent, JudgedEvents, cancellationToken)).Select(item => item.ToDomain()).ToList();
        return (snapshot.Agent.ComputerName, RuleEngine.Assess(new Observation
        {
            Now = console.TimeProvider.GetUtcNow(),
            ServerName = snapshot.Agent.ComputerName,
            Snapshot = snapshot,
            RecentSyncs = [.. runs.Runs.Select(run => run.ToDomain())],
            Baseline = BaselineCatalog.Find(baseline) ?? BaselineCatalog.Guide,
            Evidence = [.. events.Select(item => item.Evidence).OfType<RunEvidence>().GroupBy(found => found.RunId).Select(found => found.Last())],
            Changes = [.. events.Where(item => item.StateChange is not null).Select(item => new RecentChange(item.At, item.StateChange!))],
            Repairs = [.. events.Select(item => item.Repair).OfType<Repair>().GroupBy(run => run.Id).Select(run => RepairPeriod.Of(run.Last())).OfType<RepairPeriod>()],
        }));
    }

    private async Task<Snapshot> ReadSnapshotAsync(CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(LongestWait, console.TimeProvider);
        while (true)
        {
            var snapshot = (await agent.GetSnapshotAsync(cancellationToken)).ToDomain();
            SectionStatus[] statuses = [snapshot.Iis.Status, snapshot.Services.Status, snapshot.Wsus.Status, snapshot.ConfigMgr.Status, snapshot.Events.Status];
            if (!statuses.Contains(SectionStatus.Pending) || deadline.IsOver)
            {
                return snapshot;
            }

            await Task.Delay(Pause, console.TimeProvider, cancellationToken);
        }
    }
}
