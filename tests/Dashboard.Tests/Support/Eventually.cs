namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>Waits for what becomes true by itself and gives no signal; fails after half a minute.</summary>
internal static class Eventually
{
    public static async Task<T> AsyncResult<T>(Func<Task<T>> read, Func<T, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var value = await read();
            if (condition(value))
            {
                return value;
            }

            await Task.Delay(10, limit.Token);
        }
    }
}
