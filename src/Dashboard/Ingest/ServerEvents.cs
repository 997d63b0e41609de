using WsusDashboard.Shared;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>What an event of an agent says of its server.</summary>
internal static class ServerEvents
{
    /// <summary>A synchronization that ended longer ago than this is history: today's evidence says nothing about it.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(15);

    public static void Take(this ServerState server, AgentEvent agentEvent, DateTimeOffset now)
    {
        if (agentEvent.SyncRun is { } syncRun)
        {
            server.Take(syncRun, isFresh: syncRun.EndedAt is { } endedAt && now - endedAt < FreshFor);
        }

        if (agentEvent.Evidence is { } evidence)
        {
            server.Take(evidence);
        }

        if (agentEvent.StateChange is { } change)
        {
            server.Take(new RecentChange(agentEvent.At, change));
        }

        if (agentEvent.Repair is { } run)
        {
            server.Take(run, now);
        }
    }
}
