namespace WsusDashboard.Iis.Emulation.Storage;

/// <summary>How long a writer waits for another, and where a test may make it fail.</summary>
internal sealed record WriterOptions
{
    public static WriterOptions Default { get; } = new();

    /// <summary>How often the lock is tried.</summary>
    public int LockAttempts { get; init; } = 100;

    /// <summary>Waits between two tries: with the default 100 tries of 50 ms a writer gives up after 5 s.</summary>
    public Action PauseBetweenAttempts { get; init; } = () =>
    {
        // CommitChanges of the real API blocks, so this does too.
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromMilliseconds(50));
    };

    /// <summary>Called as a commit reaches each stage; what it throws ends the commit there, like a crash.</summary>
    public Action<CommitStage> Reached { get; init; } = _ => { };
}
