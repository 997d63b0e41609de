namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Something that a person would call a job: it has a name, a schedule, and says in one sentence what it did.</summary>
internal abstract class Job
{
    /// <summary>Stable id, for example "retention".</summary>
    public abstract string Name { get; }

    /// <summary>Cron expression, in UTC.</summary>
    public abstract string Schedule { get; }

    /// <summary>Does it; the value is what it did, for a person.</summary>
    public abstract Task<string> RunAsync(CancellationToken cancellationToken);
}
