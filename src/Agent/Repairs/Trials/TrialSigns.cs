using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Trials;

/// <summary>What ends a trial before its time: waiting longer would only let clients wait longer. Pure.</summary>
internal static class TrialSigns
{
    /// <summary>So many answers in a row are no accident of a start.</summary>
    private const int RefusedConfigurations = 2;

    private const int RefusedRequests = AnswerWindow.Size;
    private const int ConfigurationSubStatus = 19;

    /// <summary>Below this Windows takes memory away from every program.</summary>
    private const long LeastMemoryKilobytes = 256 * 1024;

    private const double LeastMemoryShare = 0.03;

    /// <summary>The first sign, in words that follow a colon; null where there is none.</summary>
    /// <param name="trial">Its endpoints as they were before.</param>
    /// <param name="now">What they answer now.</param>
    /// <param name="snapshot">The server.</param>
    /// <param name="poolName">The pool that was changed.</param>
    /// <param name="since">UTC time at which the trial began.</param>
    /// <param name="memoryBefore">Available memory before, in kilobytes; null = unknown.</param>
    public static string? Find(Trial trial, IReadOnlyList<EndpointSeries> now, Snapshot snapshot, string poolName, DateTimeOffset since, long? memoryBefore) =>
        OfEvents(snapshot, poolName, since) ?? OfPool(snapshot, poolName) ?? OfAnswers(trial, now) ?? OfMemory(snapshot, memoryBefore);

    private static string? OfEvents(Snapshot snapshot, string poolName, DateTimeOffset since)
    {
        var events = snapshot.Events.Value?.Recent.Where(found => found.Provider == WindowsEvents.WasProvider && found.At >= since && found.Names(poolName)).ToList() ?? [];
        return events.Exists(found => found.EventId == WindowsEvents.PoolDisabled) ? $"rapid-fail protection stopped {poolName} (WAS 5002)"
            : events.Exists(found => found.EventId == WindowsEvents.WorkerDied) ? $"the worker of {poolName} crashed (WAS 5009)"
            : events.Exists(found => found.EventId == WindowsEvents.WorkerSilent) ? $"the worker of {poolName} didn't answer IIS's ping (WAS 5010)"
            : events.Exists(found => found.EventId == WindowsEvents.WorkerLost) ? $"IIS lost its connection to the worker of {poolName} (WAS 5011)"
            : null;
    }

    private static string? OfPool(Snapshot snapshot, string poolName) =>
        snapshot.Iis is { Status: SectionStatus.Ok, Value: { } iis } && iis.Pools.FirstOrDefault(pool => string.Equals(pool.Name, poolName, StringComparison.OrdinalIgnoreCase)) is { State: PoolState.Stopped or PoolState.Stopping }
            ? $"{poolName} was stopped"
            : null;

    /// <summary>Only where the endpoint answered before: what never answered may need longer.</summary>
    private static string? OfAnswers(Trial trial, IReadOnlyList<EndpointSeries> now)
    {
        foreach (var series in now.Where(series => trial.Endpoints.Any(endpoint => endpoint.Endpoint == series.Endpoint && endpoint.WasAnswering)))
        {
            if (series.Ends(RefusedConfigurations, state => state.Answer is { Status: 500, SubStatus: ConfigurationSubStatus }))
            {
                return $"{series.Endpoint} answers 500.19: IIS can't load its configuration for this worker";
            }

            if (series.Ends(RefusedRequests, state => EndpointSeries.ClassOf(state) is AnswerClass.Unavailable))
            {
                return $"{series.Endpoint} answers 503";
            }
        }

        return null;
    }

    private static string? OfMemory(Snapshot snapshot, long? memoryBefore)
    {
        if (snapshot.Host is not { Status: SectionStatus.Ok, Value: { AvailableMemoryKilobytes: > 0 and var available, TotalMemoryKilobytes: > 0 and var total } })
        {
            return null;
        }

        var least = Math.Max(LeastMemoryKilobytes, (long)(total * LeastMemoryShare));
        return available < least && !(memoryBefore < least) ? $"the server has only {Wording.Size(available)} of memory left" : null;
    }
}
