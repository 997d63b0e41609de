
namespace WsusDashboard.Agent.Remediation;

/// <summary>Carries runs out, one after the other; at the start of the agent it first resumes the one that was not ended.</summary>
internal sealed partial class RemediationWorker(
    RunExecutor executor, RunDesk desk, WaitingRuns waiting, RunPublisher publisher, ServerAccess server, TimeProvider timeProvider, ILogger<RemediationWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The journal is read off the host's starting thread: a locked file must not hold up the agent.
        await Task.Yield();
        try
        {
            await OpenAsync(stoppingToken);
            await foreach (var work in desk.Accepted.ReadAllAsync(stoppingToken))
            {
                await CarryOutAsync(work, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agent ends; the journal knows how far the run came.
        }
    }

    private async Task OpenAsync(CancellationToken stoppingToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                foreach (var run in waiting.TakeUnpublished())
                {
                    await publisher.PublishAsync(run, stoppingToken);
                }

                if (desk.Resume() is { } resumed)
                {
                    Log.Resumes(logger, resumed.Id, resumed.Playbook);
                }

                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.NotReadable(logger, exception);
                desk.Gate.StayClosed();
            }

            await Task.Delay(Waiting.BackOff(attempt, LongestPause), timeProvider, stoppingToken);
        }
    }

    private async Task CarryOutAsync(AcceptedRun work, CancellationToken stoppingToken)
    {
        server.SetBusy(true);
        try
        {
            await executor.ExecuteAsync(work.Active, stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A bug must not end the agent, which goes on reading; the run stays open in the journal and is resumed at the next start.
            Log.NotCarriedOut(logger, work.Active.Run.Id, exception);
        }
        finally
        {
            server.SetBusy(false);

            // When the agent ends, the gate stays shut: nothing may begin beside a run that will be resumed.
            if (work.Active.Run.IsFinal)
            {
                desk.Leave(work);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Run {RunId} ({Playbook}) was interrupted when the agent ended; it is resumed.")]
        public static partial void Resumes(ILogger logger, string runId, string playbook);

        [LoggerMessage(3, LogLevel.Critical, "Run {RunId} stopped for an unexpected reason; it is resumed when the agent is started again.")]
        public static partial void NotCarriedOut(ILogger logger, string runId, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "The journal cannot be read; repairs are refused until it can.")]
        public static partial void NotReadable(ILogger logger, Exception exception);
    }
}
