using WsusDashboard.Agent.Iis;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs;

/// <summary>Starts a pool and waits until it is started.</summary>
internal sealed class PoolStart(PoolActions pools, TimeProvider timeProvider)
{
    /// <param name="name">The pool.</param>
    /// <param name="report">Called again and again while it waits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Started; Stopped where IIS stopped it again because its workers do not stay; else the state that it has at the end of the limit.</returns>
    /// <exception cref="Windows.EdgeException">IIS refused.</exception>
    public async Task<PoolState> RunAsync(string name, Action report, CancellationToken cancellationToken)
    {
        report();
        if (await pools.ReadStateAsync(name, cancellationToken) == PoolState.Stopped)
        {
            await pools.StartAsync(name, cancellationToken);
        }

        long? stoppedSince = null;
        var state = PoolState.Unknown;
        await Waiting.UntilAsync(
            async token =>
            {
                state = await pools.ReadStateAsync(name, token);
                stoppedSince = state == PoolState.Stopped ? stoppedSince ?? timeProvider.GetTimestamp() : null;
                report();
                return state == PoolState.Started || (stoppedSince is { } since && timeProvider.GetElapsedTime(since) >= StepTimes.PoolStopsAgain);
            },
            StepTimes.PoolStartLimit, timeProvider, cancellationToken);
        return state;
    }
}
