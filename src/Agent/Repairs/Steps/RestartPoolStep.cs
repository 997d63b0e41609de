using WsusDashboard.Agent.Iis;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Stops the pool, waits, starts it. A pool that is stopped already is only started.</summary>
internal sealed class RestartPoolStep(PoolActions pools, ServerReadings readings, AgentOptions options, TimeProvider timeProvider) : IStepAction
{
    private const string StartAsked = "start-asked";

    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.RestartPool];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var poolName = context.Run.PoolName;
        var state = await pools.ReadStateAsync(poolName, cancellationToken);
        var wasStopped = state == PoolState.Stopped && !context.IsResumed;

        // Once the start was asked for, the stop lies behind us, whatever happened to the agent since.
        if (context.Note(StartAsked) is null)
        {
            await StopAsync(context, poolName, state, cancellationToken);
            if (!wasStopped)
            {
                context.Report($"{poolName} is stopped; waiting {Wording.Duration(options.PoolRestartWait)}.");
                await Task.Delay(options.PoolRestartWait, timeProvider, cancellationToken);
            }

            context.WriteNoteOrGoOn(StartAsked, timeProvider.GetUtcNow());
        }

        await StartAsync(context, poolName, cancellationToken);
        return await ReadBackAsync(context, wasStopped, cancellationToken);
    }

    private async Task StopAsync(StepContext context, string poolName, PoolState state, CancellationToken cancellationToken)
    {
        if (state is PoolState.Started or PoolState.Starting)
        {
            context.Report($"Stopping {poolName}.");
            await pools.StopAsync(poolName, cancellationToken);
        }

        var isStopped = await Waiting.UntilAsync(
            async token => await pools.ReadStateAsync(poolName, token) == PoolState.Stopped, StepTimes.PoolStopLimit, timeProvider, cancellationToken);
        if (!isStopped)
        {
            throw new StepFailedException(
                $"{readings.ComputerName}: {poolName} didn't stop within {Wording.Duration(StepTimes.PoolStopLimit)}. It was left as it is; start it in IIS Manager once its worker has ended.",
                [$"{poolName}: {await pools.ReadStateAsync(poolName, cancellationToken)}"]);
        }
    }

    private async Task StartAsync(StepContext context, string poolName, CancellationToken cancellationToken)
    {
        if (await pools.ReadStateAsync(poolName, cancellationToken) == PoolState.Stopped)
        {
            context.Report($"Starting {poolName}.");
            await pools.StartAsync(poolName, cancellationToken);
        }

        DateTimeOffset? stoppedSince = null;
        var state = PoolState.Unknown;
        await Waiting.UntilAsync(
            async token =>
            {
                state = await pools.ReadStateAsync(poolName, token);
                stoppedSince = state == PoolState.Stopped ? stoppedSince ?? timeProvider.GetUtcNow() : null;
                context.Report($"Starting {poolName}.");
                return state == PoolState.Started || timeProvider.GetUtcNow() - stoppedSince >= StepTimes.PoolStopsAgain;
            },
            StepTimes.PoolStartLimit, timeProvider, cancellationToken);
        if (state == PoolState.Stopped)
        {
            throw new StepFailedException(
                $"{readings.ComputerName}: {poolName} is Stopped again right after it was started, because its workers end at once. WSUS won't answer until they stay up.",
                [$"{poolName}: {state}"]);
        }

        if (state != PoolState.Started)
        {
            throw new StepFailedException(
                $"{readings.ComputerName}: {poolName} isn't Started {Wording.Duration(StepTimes.PoolStartLimit)} after it was asked to start. WSUS won't answer until it is.",
                [$"{poolName}: {await pools.ReadStateAsync(poolName, cancellationToken)}"]);
        }
    }

    private async Task<StepOutcome> ReadBackAsync(StepContext context, bool wasStopped, CancellationToken cancellationToken)
    {
        var pool = await readings.ReadPoolAsync(context.Run.PoolName, cancellationToken);
        return new StepOutcome
        {
            Message = wasStopped ? $"{pool.Name} was stopped; it was started." : $"{pool.Name} was stopped and started.",
            ReadBack = [$"{pool.Name}: {pool.State}, {Wording.Count(pool.ApplicationCount, "application", "applications")}"],
        };
    }
}
