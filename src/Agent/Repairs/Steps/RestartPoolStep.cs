using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>
/// Stops the pool, waits, starts it. A pool that is stopped already is only started; one that the agent stops is owed its start until it runs. It is opened before it
/// is stopped, so that it is started again also where the configuration of IIS is damaged in between.
/// </summary>
internal sealed class RestartPoolStep(PoolActions pools, PoolStart start, OwedStarts owed, ServerReadings readings, AgentOptions options, TimeProvider timeProvider) : IStepAction
{
    private const string StartAsked = "start-asked";

    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.RestartPool];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        HeldPool? held = null;
        try
        {
            held = await pools.HoldAsync(context.Run.PoolName, cancellationToken);
            return await RestartAsync(context, cancellationToken);
        }
        catch (EdgeException exception) when (owed.IsOwed(OwedKind.Pool, context.Run.PoolName))
        {
            throw new StepFailedException($"{readings.ComputerName}: {exception.Message} {await StartAgainAsync(held, context.Run.PoolName, cancellationToken)}", inner: exception);
        }
        finally
        {
            held?.Dispose();
        }
    }

    private async Task<StepOutcome> RestartAsync(StepContext context, CancellationToken cancellationToken)
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
            // Before the stop, and until it runs again. What somebody else stops is theirs.
            var why = $"restart of {poolName} by repair {context.Run.Id}, requested by {context.Run.RequestedBy}";
            if (context.Step.IsRollback)
            {
                owed.AddOrGoOn(OwedKind.Pool, [poolName], why);
            }
            else
            {
                owed.Add(OwedKind.Pool, [poolName], why);
            }

            context.Report($"Stopping {poolName}.");
            await pools.StopAsync(poolName, cancellationToken);
        }

        var isStopped = await Waiting.UntilAsync(
            async token => await pools.ReadStateAsync(poolName, token) == PoolState.Stopped, StepTimes.PoolStopLimit, timeProvider, cancellationToken);
        if (!isStopped)
        {
            var next = owed.IsOwed(OwedKind.Pool, poolName) ? "the agent keeps watching, and starts it once its worker has ended" : "start it in IIS Manager once its worker has ended";
            throw new StepFailedException(
                $"{readings.ComputerName}: {poolName} didn't stop within {Wording.Duration(StepTimes.PoolStopLimit)}. It was left as it is; {next}.",
                [$"{poolName}: {await pools.ReadStateAsync(poolName, cancellationToken)}"]);
        }
    }

    private async Task StartAsync(StepContext context, string poolName, CancellationToken cancellationToken)
    {
        var state = await start.RunAsync(poolName, () => context.Report($"Starting {poolName}."), cancellationToken);
        if (state is PoolState.Started or PoolState.Stopped)
        {
            // It had its start; that IIS stopped it again is no debt of the agent.
            owed.ForgetOrGoOn(OwedKind.Pool, poolName);
        }

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

    /// <returns>How things are now, for a person.</returns>
    private async Task<string> StartAgainAsync(HeldPool? held, string poolName, CancellationToken cancellationToken)
    {
        try
        {
            if (held is not null && await held.StartAsync(cancellationToken) is PoolState.Started or PoolState.Starting)
            {
                owed.ForgetOrGoOn(OwedKind.Pool, poolName);
                return $"{poolName} was started again, with the configuration that IIS has in memory.";
            }
        }
        catch (EdgeException)
        {
            // What is owed is started as soon as IIS lets it be.
        }

        return $"{poolName} may be stopped; the agent keeps watching, and starts it as soon as IIS can be read.";
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
