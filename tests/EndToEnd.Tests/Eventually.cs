namespace WsusDashboard.EndToEnd.Tests;

/// <summary>Waits for something that another process or thread brings about; the only clock in these tests.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until the answer satisfies the condition; fails with the last answer when the limit is over.</summary>
    public static async Task<T> Async<T>(string what, Func<Task<T>> ask, Func<T, bool> condition, int limitSeconds = 180)
    {
        using var timer = new PeriodicTimer(Interval);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(limitSeconds));
        object? last = null;
        try
        {
            do
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
            }
            while (await timer.WaitForNextTickAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // Falls through to the failure, which says what was seen last.
        }

        Assert.Fail($"{what}: not within {limitSeconds} s. Last seen: {last}");
        throw new InvalidOperationException("Unreachable: Assert.Fail throws.");
    }
}
