namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>Waits for what becomes true by itself and gives no signal.</summary>
internal static class Eventually
{
    /// <summary>After this long a wait has failed. No test is slower for it: it is far above what a machine needs that is busy with other tests.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<T> AsyncResult<T>(Func<Task<T>> read, Func<T, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
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
