namespace WsusDashboard.Agent.Commands;

/// <summary>Notes from time to time how far the clock of the pace is.</summary>
internal sealed class PaceClockWorker(CommandPace pace, TimeProvider timeProvider) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, timeProvider, stoppingToken);
                try
                {
                    pace.Note();
                }
                catch (CommandException)
                {
                    // The next one notes it; whoever needs the journal says what is wrong with it.
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agent ends.
        }
    }
}
