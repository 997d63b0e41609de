using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps;

/// <summary>Runs iisreset; W3SVC, WAS and the pool must run again. After an interruption it is run again only where it cannot have run.</summary>
internal sealed class ResetIisStep(
    IProcessRunner processes, ServiceActions services, PoolActions pools, ServerReadings readings, AgentOptions options, TimeProvider timeProvider) : IStepAction
{
    private const string Started = "iisreset-started";

    public IReadOnlyList<StepKind> Kinds { get; } = [StepKind.ResetIis];

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        ProcessResult? result = null;
        if (!context.IsResumed || !await HasRunAsync(context, cancellationToken))
        {
            result = await ResetAsync(context, cancellationToken);
        }

        context.Report("Waiting for W3SVC, WAS and the pool.");
        var poolName = context.Run.PoolName;
        var isBack = await Waiting.UntilAsync(token => IsBackAsync(poolName, token), StepTimes.AfterResetLimit, timeProvider, cancellationToken);
        var readBack = await ReadBackAsync(poolName, cancellationToken);
        if (result is { ExitCode: not 0 })
        {
            throw new StepFailedException(
                $"{readings.ComputerName}: iisreset ended with code {result.ExitCode}. {(isBack ? "The web services are running anyway." : "Not all web services are running.")}", readBack, result.Output);
        }

        return isBack
            ? new StepOutcome
            {
                Message = result is null ? "iisreset was started before the agent restarted; it wasn't run again." : "iisreset ended with code 0.",
                ReadBack = readBack,
                Output = result?.Output ?? "",
            }
            : throw new StepFailedException(
                $"{readings.ComputerName}: not everything is running {Wording.Duration(StepTimes.AfterResetLimit)} after iisreset. WSUS and this server's other sites stay down until it is.",
                readBack,
                result?.Output ?? "");
    }

    private async Task<ProcessResult> ResetAsync(StepContext context, CancellationToken cancellationToken)
    {
        context.Report("Running iisreset; every site on this server is stopped until it finishes.");
        try
        {
            // The call returns to us once the program was started: a note from here on means that it really was.
            var running = processes.RunAsync(AllowedProgram.IisReset, options.IisResetTimeLimit, cancellationToken);
            if (!running.IsCompleted || running.IsCompletedSuccessfully)
            {
                context.WriteNoteOrGoOn(Started, timeProvider.GetUtcNow());
            }

            return await running;
        }
        catch (EdgeException exception)
        {
            throw new StepFailedException(
                $"{readings.ComputerName}: {exception.Message}", await ReadBackAsync(context.Run.PoolName, cancellationToken), inner: exception);
        }
    }

    // A program that was started goes on without the agent, so it is waited for. A worker older than the intent is proof that nothing
    // was reset; a younger one is proof that something was, even where the agent ended before it could note the start.
    private async Task<bool> HasRunAsync(StepContext context, CancellationToken cancellationToken)
    {
        await Waiting.UntilAsync(AreServicesRunningAsync, options.IisResetTimeLimit, timeProvider, cancellationToken);
        if (!await AreServicesRunningAsync(cancellationToken))
        {
            return false;
        }

        var intendedAt = context.Step.StartedAt;
        var workers = (await readings.ReadPoolAsync(context.Run.PoolName, cancellationToken)).Workers;
        return !workers.Any(worker => worker.StartedAt < intendedAt)
            && (context.Note(Started) is not null || workers.Any(worker => worker.StartedAt > intendedAt));
    }

    private async Task<bool> IsBackAsync(string poolName, CancellationToken cancellationToken)
    {
        if (!await AreServicesRunningAsync(cancellationToken))
        {
            return false;
        }

        try
        {
            var state = await pools.ReadStateAsync(poolName, cancellationToken);
            if (state == PoolState.Stopped)
            {
                // A pool that does not start by itself (autoStart false) was Started before the reset, so it is started after it.
                await pools.StartAsync(poolName, cancellationToken);
                return false;
            }

            return state == PoolState.Started;
        }
        catch (EdgeException)
        {
            // WAS is not ready yet; the limit decides how long that may last.
            return false;
        }
    }

    private async Task<bool> AreServicesRunningAsync(CancellationToken cancellationToken) =>
        (await services.ReadAsync(ServiceNames.ProcessActivation, cancellationToken)).State == ServiceState.Running
        && (await services.ReadAsync(ServiceNames.WorldWideWeb, cancellationToken)).State == ServiceState.Running;

    private async Task<IReadOnlyList<string>> ReadBackAsync(string poolName, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        foreach (var name in (string[])[ServiceNames.ProcessActivation, ServiceNames.WorldWideWeb])
        {
            lines.Add($"{name}: {(await services.ReadAsync(name, cancellationToken)).State}");
        }

        try
        {
            lines.Add($"{poolName}: {await pools.ReadStateAsync(poolName, cancellationToken)}");
        }
        catch (EdgeException exception)
        {
            lines.Add($"{poolName}: {exception.Message}");
        }

        await readings.RefreshAsync(cancellationToken, SectionNames.Iis, SectionNames.Services);
        return lines;
    }
}
