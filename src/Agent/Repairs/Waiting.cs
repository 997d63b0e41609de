namespace WsusDashboard.Agent.Repairs;

/// <summary>Waiting for a state, always with a limit and a pause.</summary>
internal static class Waiting
{
    /// <summary>Between two looks at something that changes within seconds.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>True once the condition holds; false where it does not within the limit. It is asked at least once.</summary>
    public static async Task<bool> UntilAsync(
        Func<CancellationToken, Task<bool>> condition, TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(limit, timeProvider);
        while (!await condition(cancellationToken))
        {
            if (deadline.IsOver)
            {
                return false;
            }

            await Task.Delay(Pause, timeProvider, cancellationToken);
        }

        return true;
    }
}
