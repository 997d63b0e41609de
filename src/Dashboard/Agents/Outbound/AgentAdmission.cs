using Microsoft.AspNetCore.Connections;

namespace WsusDashboard.Dashboard.Agents.Outbound;

/// <summary>
/// Lets connections of agents in as fast as this program keeps up with its other work. After a restart thousands come within seconds, and the handshake of each is work that
/// people's pages and a balancer's question would otherwise wait behind. Threading: any thread; one connection looks at a time, the others wait behind it.
/// </summary>
/// <param name="measureAsync">How long a piece of work waits at the moment until it begins.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class AgentAdmission(Func<Task<TimeSpan>> measureAsync, TimeProvider timeProvider) : IDisposable
{
    /// <summary>What waits no longer than this is kept up with.</summary>
    internal static readonly TimeSpan BriefWait = TimeSpan.FromMilliseconds(20);

    /// <summary>Nobody waits longer here: an agent would give up, and come again.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(25);

    private readonly SemaphoreSlim _turn = new(1, 1);

    public AgentAdmission(TimeProvider timeProvider)
        : this(() => MeasureAsync(timeProvider), timeProvider)
    {
    }

    public ConnectionDelegate Admit(ConnectionDelegate next) => async connection =>
    {
        if (await WaitAsync(connection.ConnectionClosed))
        {
            await next(connection);
        }
    };

    public void Dispose() => _turn.Dispose();

    /// <summary>False where the other side has gone meanwhile.</summary>
    private async Task<bool> WaitAsync(CancellationToken closed)
    {
        using var limit = new CancellationTokenSource(LongestWait, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(closed, limit.Token);
        try
        {
            await _turn.WaitAsync(either.Token);
            try
            {
                while (await measureAsync() > BriefWait)
                {
                    await Task.Delay(LookAgain, timeProvider, either.Token);
                }
            }
            finally
            {
                _turn.Release();
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return !closed.IsCancellationRequested;
        }
    }

    /// <summary>The pool of threads takes what is queued in its order: what is queued now begins once all before it has.</summary>
    private static async Task<TimeSpan> MeasureAsync(TimeProvider timeProvider)
    {
        var queued = timeProvider.GetTimestamp();
        var begun = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.UnsafeQueueUserWorkItem(_ => begun.SetResult(timeProvider.GetElapsedTime(queued)), null);
        return await begun.Task;
    }
}
