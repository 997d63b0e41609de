namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Something that a person would call a job. A feature's job implements this and is registered beside the feature, with AddJob.</summary>
internal interface IJob
{
    /// <summary>Stable id, for example "retention".</summary>
    string Name { get; }

    /// <summary>Cron expression, in UTC.</summary>
    string Schedule { get; }

    /// <summary>Does it; the value is what it did, for a person; empty where there was nothing to do.</summary>
    Task<string> RunAsync(CancellationToken cancellationToken);
}

/// <summary>
/// A job that is also queued for one thing at a time (<see cref="JobQueue"/>), for example a server of a batch. The queue lives in memory: what is due stands
/// in rows of ours, and the run without a subject, by schedule and at each start, queues what they say. So a job may run twice, and must change nothing then.
/// </summary>
internal interface IQueuedJob : IJob
{
    /// <param name="subject">What it is for, as it was queued.</param>
    /// <param name="cancellationToken">The dashboard stops; whatever is open is queued again at its next start.</param>
    Task RunAsync(string subject, CancellationToken cancellationToken);
}
