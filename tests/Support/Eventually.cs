using System.Runtime.CompilerServices;

namespace WsusDashboard.Support;

/// <summary>Waits for what another process or thread brings about and gives no signal for.</summary>
public static class Eventually
{
    /// <summary>After this long a wait has failed. No test is slower for it: it is far above what a machine needs that is busy with other tests.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the answer satisfies the condition; fails with the last answer when the limit is over.</summary>
    /// <param name="ask">May fail with an HttpRequestException or an RpcException as long as the other side is not there yet.</param>
    /// <param name="condition">What the answer must satisfy.</param>
    /// <param name="limit">Null = <see cref="Limit"/>.</param>
    /// <param name="what">What the failure says; the condition's own text where it is left out.</param>
    public static async Task<T> Async<T>(Func<Task<T>> ask, Func<T, bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        deadline.CancelAfter(limit ?? Limit);
        object? last = null;
        try
        {
            while (true)
            {
                try
                {
                    var answer = await ask();
                    last = answer;
                    if (condition(answer))
                    {
                        return answer;
                    }
                }
                catch (Exception exception) when (exception is HttpRequestException or Grpc.Core.RpcException)
                {
                    last = exception.Message;
                }

                await Task.Delay(Interval, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancelled.IsCancellationRequested)
        {
            throw new TimeoutException($"Not within {limit ?? Limit}: {what}. Last seen: {last}");
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    public static Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Async(() => Task.FromResult(condition()), answer => answer, what: what);
}
