using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Wsus;

/// <summary>The last counts, who told them, and why they are not newer.</summary>
/// <param name="Counts">Null before the first that succeeded.</param>
/// <param name="ReadAt">UTC.</param>
/// <param name="Source">Who told them.</param>
/// <param name="Problem">Why they are old, absent, or not of WSUS itself; empty where they are none of it.</param>
public sealed record WsusCounted(WsusCounts? Counts, DateTimeOffset? ReadAt, WsusSource Source, string Problem)
{
    public static WsusCounted Nothing { get; } = new(null, null, WsusSource.AdministrationService, "");
}

/// <summary>Counts updates and computers, rarely: the one heavy question to WSUS. It takes minutes on a large catalogue, so it goes on beside the other reads.</summary>
/// <remarks>Threading: one caller at a time; a count that goes on is a task of its own, and there is never a second one.</remarks>
public sealed class WsusCountsReader(WsusClient client, SusdbReader susdb, AgentOptions options, TimeProvider timeProvider) : IDisposable
{
    /// <summary>A healthy server is counted within this time, and its counts come with the same read.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PatienceOfSomebodyWaiting = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly DueTimer _attempts = new(timeProvider);
    private Task<WsusCounted>? _counting;
    private bool _isOwed = true;
    private int _failures;

    /// <summary>What is known without asking.</summary>
    public WsusCounted Last { get; private set; } = WsusCounted.Nothing;

    /// <summary>The counts as they are known now; begins a new count where one is due.</summary>
    /// <param name="serviceAnswers">False where the administration service was just found not to answer: then only SUSDB is asked.</param>
    /// <param name="isOwed">True where the counts have just changed: a synchronization ended.</param>
    /// <param name="isAwaited">True where somebody waits for fresh counts.</param>
    /// <param name="cancellationToken">Ends the wait, not the count.</param>
    public async Task<WsusCounted> ReadAsync(bool serviceAnswers, bool isOwed, bool isAwaited, CancellationToken cancellationToken)
    {
        // Numbers of the database are fewer, so WSUS itself is asked as soon as it answers again.
        _isOwed |= isOwed || (serviceAnswers && Last.Source == WsusSource.Database);
        TakeFinished();
        if (_counting is null && (isAwaited || _isOwed || _attempts.IsDue(Interval)))
        {
            _isOwed = false;
            _attempts.Mark();
            _counting = Task.Run(() => CountAsync(serviceAnswers, _stopping.Token), CancellationToken.None);
        }

        if (_counting is { } counting)
        {
            await WaitAsync(counting, isAwaited ? PatienceOfSomebodyWaiting : Patience, cancellationToken).ConfigureAwait(false);
            TakeFinished();
        }

        return Last;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private TimeSpan Interval => _failures == 0 ? options.CountsInterval : new Backoff(FirstRetry, options.CountsInterval, () => 1).Next(_failures);

    private async Task WaitAsync(Task counting, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await counting.WaitAsync(patience, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It goes on, and a later read takes its result.
        }
    }

    private void TakeFinished()
    {
        if (_counting is not { IsCompleted: true } finished)
        {
            return;
        }

        _counting = null;
        if (finished.IsCompletedSuccessfully)
        {
            // Reading the result of a task that is done waits for nothing.
            var counted = finished.GetAwaiter().GetResult();
            _failures = counted.Counts is null ? _failures + 1 : 0;
            Last = counted.Counts is null ? Last with { Problem = counted.Problem } : counted;
        }
    }

    private async Task<WsusCounted> CountAsync(bool serviceAnswers, CancellationToken cancellationToken)
    {
        var problem = "";
        if (serviceAnswers)
        {
            try
            {
                return Counted(await client.ReadCountsAsync(cancellationToken).ConfigureAwait(false), WsusSource.AdministrationService, "");
            }
            catch (EdgeException exception)
            {
                problem = exception.Message;
            }
        }

        try
        {
            return Counted(await susdb.ReadCountsAsync(cancellationToken).ConfigureAwait(false), WsusSource.Database, problem);
        }
        catch (EdgeException exception)
        {
            return WsusCounted.Nothing with { Problem = SusdbProblem.Join(problem, exception) };
        }
    }

    private WsusCounted Counted(WsusCounts counts, WsusSource source, string problem) => new(counts, timeProvider.GetUtcNow(), source, problem);
}

/// <summary>How a failure of the fallback is told beside the failure that made it necessary.</summary>
internal static class SusdbProblem
{
    /// <summary>Where the database can be reached on Windows only, its silence elsewhere is no news.</summary>
    public static string Join(string first, EdgeException susdb) => susdb.Failure == ReadFailure.OnlyOnWindows
        ? first
        : $"{first} SUSDB, the other source, can't be read either: {susdb.Message}".TrimStart();
}
