using System.Threading.Channels;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Follows what other dashboards of this database change about who may do what, and who has proven there who they are. Threading: one loop reads.</summary>
internal sealed partial class AccessFollower(AccessCache cache, Confirmations confirmations, Announcements announcements, Backoff backoff, TimeProvider timeProvider, ILogger<AccessFollower> logger) : BackgroundService
{
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var access = announcements.On(Topics.Access, _ => _changed.Writer.TryWrite(true));
        using var confirmed = announcements.On(Topics.Confirmations, TakeConfirmations);
        try
        {
            await cache.WhenLoaded.WaitAsync(stoppingToken);
            for (var failures = 0; ;)
            {
                await _changed.Reader.ReadAsync(stoppingToken);
                try
                {
                    await cache.ReadAsync(stoppingToken);
                    failures = 0;
                }
                catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
                {
                    Log.NotRead(logger, exception);
                    await Task.Delay(backoff.Next(++failures), timeProvider, stoppingToken);
                    _changed.Writer.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    /// <summary>One that was missed is asked for again.</summary>
    private void TakeConfirmations(IReadOnlyList<string> words)
    {
        foreach (var word in words.Where(word => word != Announcements.Everything))
        {
            confirmations.Take(word);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Who may do what was changed at another dashboard and couldn't be read; trying again")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
