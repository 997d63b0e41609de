using Hangfire;
using Hangfire.Common;
using Hangfire.States;

namespace WsusDashboard.Dashboard.Jobs;

/// <summary>Queues jobs to run now.</summary>
internal sealed class JobQueue(JobStorage storage)
{
    /// <summary>Jobs with a subject have workers of their own: none waits for a long job of the schedule.</summary>
    public const string Subjects = "subjects";

    private readonly BackgroundJobClient _client = new(storage);

    /// <summary>Runs it for this subject as soon as a worker is free.</summary>
    public void Add(IQueuedJob job, string subject) => _client.Create(Call(job.Name, subject, Subjects), new EnqueuedState(Subjects));

    /// <summary>What Hangfire is given to call.</summary>
    public static Job Call(string name, string subject = "", string queue = EnqueuedState.DefaultQueue) =>
        Job.FromExpression<JobExecution>(execution => execution.RunAsync(name, subject, CancellationToken.None), queue);
}
