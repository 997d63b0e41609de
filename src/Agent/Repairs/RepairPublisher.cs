using WsusDashboard.Shared;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Repairs;

/// <summary>Puts runs among the events for the hub, in rising revision; what could not be put there is told with the next change, or at the next start.</summary>
internal sealed partial class RepairPublisher(IServerAccess server, Journal journal, TimeProvider timeProvider, ILogger<RepairPublisher> logger) : IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task _soon = Task.CompletedTask;
    private string _lastRunId = "";
    private long _lastRevision;

    public async Task PublishAsync(Repair run, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (run.Id == _lastRunId && run.Revision <= _lastRevision)
            {
                return;
            }

            using var limit = new CancellationTokenSource(Limit, timeProvider);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await server.PublishAsync(new AgentEvent { At = timeProvider.GetUtcNow(), Repair = run }, linked.Token);
            (_lastRunId, _lastRevision) = (run.Id, run.Revision);
            journal.MarkPublished(run.Id, run.Revision);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotPublished(logger, run.Id, run.Revision, exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Publishes without anyone waiting for it; a failure is logged, and the next change is published again.</summary>
    public void PublishSoon(Repair run)
    {
        // One at a time: while one is on its way, the next report says the same and more.
        if (_soon.IsCompleted)
        {
            _soon = PublishAsync(run, CancellationToken.None);
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Lets the report that is on its way end: nothing is written to a store that is being closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _soon.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Couldn't add run {RepairId}, revision {Revision}, to the dashboard's events; trying again with its next change.")]
        public static partial void NotPublished(ILogger logger, string repairId, long revision, Exception exception);
    }
}
