using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// What people have accepted in the whole fleet, for pages that are open all the time and ask no database: read twice a minute, and at once after a change here. Threading: one loop reads, any thread takes the list.
/// </summary>
internal sealed partial class AcceptedFindingsCache(IDbContextFactory<DashboardContext> contexts, DatabaseInitializer database, TimeProvider timeProvider, ILogger<AcceptedFindingsCache> logger) : BackgroundService
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(30);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile AcceptedFindings _current = AcceptedFindings.None;

    /// <summary>As the rows said at most half a minute ago; empty until they were read.</summary>
    public AcceptedFindings Current => _current;

    /// <summary>They have changed: they are read again now.</summary>
    public void Renew() => _changes.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            while (true)
            {
                await ReadAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            _current = await AcceptedFindings.ReadAsync(context, SiteScope.WholeFleet, timeProvider.GetUtcNow(), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The list of before goes on; each of its rows still ends by itself.
            Log.NotRead(logger, exception);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changed = _changes.Reader.ReadAsync(waiting.Token).AsTask();
        await Task.WhenAny(changed, Task.Delay(ReadEvery, timeProvider, waiting.Token));
        await waiting.CancelAsync();
        await ((Task)changed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What people have accepted about the posture couldn't be read; trying again in half a minute")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
