using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security;

/// <summary>Tries the agent's key once at the start, so that its own log says what a dashboard could only guess.</summary>
internal sealed partial class KeyCheckWorker(IdentityKeys keys, TimeProvider timeProvider, ILogger<KeyCheckWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Where there is no key at all, the start has said so.
        if (keys.Absence is not null)
        {
            return;
        }

        await Task.Yield();
        try
        {
            await KeyHandshake.TryAsync(keys.Current, timeProvider, stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Log.KeyNotTaken(logger, exception.GetBaseException().Message);
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "This system's TLS doesn't accept the agent's own key, so no dashboard can connect: {Reason} Run \"doctor\" to test it again.")]
        public static partial void KeyNotTaken(ILogger logger, string reason);
    }
}
