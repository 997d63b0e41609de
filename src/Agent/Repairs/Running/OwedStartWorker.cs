using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Running;

/// <summary>Starts what a restart owes as soon as it has stopped. Asks only while something is owed, and starts nothing while a repair or a command is at work.</summary>
internal sealed partial class OwedStartWorker(
    OwedStarts owed, ServiceActions services, PoolActions pools, PoolStart poolStart, ChangeLock changeLock, LocalPolicy policy, AgentAudit audit, AgentOptions options, TimeProvider timeProvider, ILogger<OwedStartWorker> logger)
    : BackgroundService
{
    private const string Verb = "start after a restart that gave up";

    /// <summary>Later nobody expects that the agent starts something.</summary>
    private static readonly TimeSpan LongestWatch = TimeSpan.FromHours(24);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly Backoff Pauses = new(TimeSpan.FromMinutes(1));

    private int _failures;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            // What an agent before this one owed is found at the first look.
            await changeLock.WhenSettled.WaitAsync(stoppingToken);
            while (true)
            {
                if (await LookAsync(stoppingToken) is { } pause)
                {
                    await Task.Delay(pause, timeProvider, stoppingToken);
                }
                else
                {
                    await owed.WhenAddedAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is owed stays written down.
        }
    }

    /// <summary>Starts what has stopped.</summary>
    /// <returns>How long to wait before the next look; null where nothing is owed.</returns>
    internal async Task<TimeSpan?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var starts = owed.Read();
            foreach (var restart in starts.GroupBy(start => start.OwedAt))
            {
                foreach (var start in restart)
                {
                    // What depends on a service comes after it.
                    if (!await SettleAsync(start, cancellationToken))
                    {
                        break;
                    }
                }
            }

            _failures = 0;
            return starts.Count == 0 ? null : Pause;
        }
        catch (Exception exception) when (exception is EdgeException or SqliteException or StoreException or CommandException)
        {
            Log.NotLooked(logger, exception.Message);
            return Pauses.Next(++_failures);
        }
    }

    /// <returns>True where nothing is owed any more.</returns>
    private async Task<bool> SettleAsync(OwedStart start, CancellationToken cancellationToken)
    {
        // Whoever is at work may be stopping it right now, and will start it.
        if (changeLock.OccupiedBy is not null)
        {
            return false;
        }

        var (isSettled, isStopped, state) = await ReadAsync(start, cancellationToken);
        if (isSettled)
        {
            owed.Forget(start);
            return true;
        }

        if (start.Age > LongestWatch)
        {
            return GiveUp(start, "refused", $"{start.Name} is {state} after {LongestWatch.TotalHours:0} hours; the agent no longer watches it.");
        }

        if (!isStopped)
        {
            return false;
        }

        if (Refuse(start) is { } refusal)
        {
            return GiveUp(start, "refused", refusal);
        }

        return changeLock.TryEnter($"the start of {(start.Kind is OwedKind.Pool ? "pool" : "service")} {start.Name}, whose restart gave up, is in progress", out var occupation, out _)
            && await StartAsync(start, occupation, cancellationToken);
    }

    /// <returns>Whether it runs or is gone, whether it is stopped, and its state in a word.</returns>
    private async Task<(bool IsSettled, bool IsStopped, string State)> ReadAsync(OwedStart start, CancellationToken cancellationToken)
    {
        if (start.Kind is OwedKind.Service)
        {
            var service = (await services.ReadAsync(start.Name, cancellationToken)).State;
            return (service is ServiceState.Running or ServiceState.NotInstalled, service == ServiceState.Stopped, $"{service}");
        }

        try
        {
            var pool = await pools.ReadStateAsync(start.Name, cancellationToken);
            return (pool == PoolState.Started, pool == PoolState.Stopped, $"{pool}");
        }
        catch (EdgeException exception)
        {
            // An IIS that cannot be read keeps no service waiting.
            return (exception.Failure == ReadFailure.NotFound, false, $"unreadable ({exception.Message})");
        }
    }

    /// <summary>The hours of the policy are not asked, as in the middle of a repair: nothing is left stopped at six o'clock.</summary>
    private string? Refuse(OwedStart start) => start.Kind is OwedKind.Pool
        ? (policy.Read(start.Name) with { Hours = [] }).RefusePool(start.Name)
        : (policy.Read(null) with { Hours = [] }).RefuseService(start.Name);

    private async Task<bool> StartAsync(OwedStart start, IDisposable occupation, CancellationToken cancellationToken)
    {
        using (occupation)
        {
            audit.Write(new AgentAuditEntry { Verb = Verb, What = start.Name, Reason = start.Why, Outcome = "asked" });
            try
            {
                await (start.Kind is OwedKind.Pool ? StartPoolAsync(start.Name, cancellationToken) : services.StartAsync(start.Name, options.ServiceTimeLimit, _ => { }, cancellationToken));
            }
            catch (EdgeException exception)
            {
                return GiveUp(start, "failed", exception.Message);
            }

            owed.Forget(start);
            audit.TryWrite(new AgentAuditEntry { Verb = Verb, What = start.Name, Outcome = "done" });
            Log.Started(logger, start.Name, start.Why);
            return true;
        }
    }

    private async Task StartPoolAsync(string name, CancellationToken cancellationToken)
    {
        var state = await poolStart.RunAsync(name, () => { }, cancellationToken);
        if (state != PoolState.Started)
        {
            throw new EdgeException(ReadFailure.Fault, $"{name} was asked to start and is {state}.");
        }
    }

    /// <returns>False: what depends on it cannot be started either, and is given up by itself.</returns>
    private bool GiveUp(OwedStart start, string outcome, string why)
    {
        owed.Forget(start);
        audit.TryWrite(new AgentAuditEntry { Verb = Verb, What = start.Name, Reason = start.Why, Outcome = outcome, Detail = why });
        Log.GivenUp(logger, start.Name, start.Why, why);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Name} finally stopped and was started again ({Why})")]
        public static partial void Started(ILogger logger, string name, string why);

        [LoggerMessage(2, LogLevel.Error, "{Name} wasn't started ({Why}): {Reason}")]
        public static partial void GivenUp(ILogger logger, string name, string why, string reason);

        [LoggerMessage(3, LogLevel.Warning, "Couldn't check services that were still stopping after a restart; trying again: {Reason}")]
        public static partial void NotLooked(ILogger logger, string reason);
    }
}
