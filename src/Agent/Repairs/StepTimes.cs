using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs;

/// <summary>How long steps usually take, and after which time they are failed.</summary>
internal static class StepTimes
{
    /// <summary>IIS lets a worker finish for up to 90 s (shutdownTimeLimit); then it ends it.</summary>
    public static TimeSpan PoolStopLimit { get; } = TimeSpan.FromSeconds(120);

    public static TimeSpan PoolStartLimit { get; } = TimeSpan.FromSeconds(90);

    /// <summary>A pool that was asked to start and is Stopped for so long was stopped again: rapid-fail protection takes five workers that end at once.</summary>
    public static TimeSpan PoolStopsAgain { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How long services and pool may need after iisreset has ended.</summary>
    public static TimeSpan AfterResetLimit { get; } = TimeSpan.FromMinutes(2);

    /// <summary>For finding out what clients get before anything is changed.</summary>
    public static TimeSpan MeasureLimit { get; } = TimeSpan.FromMinutes(2);

    /// <summary>How long WSUS may answer 503 or nothing while its pool warms up.</summary>
    public static TimeSpan WarmUpLimit { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a service that is starting may need before a verification gives up.</summary>
    public static TimeSpan VerifyServiceLimit { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Time for one reading, whatever it reads.</summary>
    public static TimeSpan ReadLimit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two rounds of questions to WSUS.</summary>
    public static TimeSpan QuestionPause { get; } = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SyncWithoutHistory = TimeSpan.FromMinutes(5);

    public static TimeSpan Expected(StepKind kind, string target, ServiceState state, AgentOptions options, TimeSpan? usualSync) => kind switch
    {
        StepKind.RestartPool => options.PoolRestartWait + TimeSpan.FromSeconds(3),
        StepKind.ResetIis => TimeSpan.FromSeconds(20),
        StepKind.RestartService when target == ServiceNames.SmsExecutive => TimeSpan.FromSeconds(90),
        StepKind.RestartService => TimeSpan.FromSeconds(20),
        StepKind.StartServiceIfStopped when state != ServiceState.Running => TimeSpan.FromSeconds(10),
        StepKind.SaveSettings or StepKind.TrySettings or StepKind.VerifyRollback => TimeSpan.FromSeconds(10),
        StepKind.StartSync or StepKind.VerifyWsus => TimeSpan.FromSeconds(5),
        StepKind.VerifySync => usualSync ?? SyncWithoutHistory,
        _ => TimeSpan.FromSeconds(1),
    };

    public static TimeSpan Limit(StepKind kind, AgentOptions options) => kind switch
    {
        StepKind.SaveSettings => TimeSpan.FromMinutes(2) + MeasureLimit + ReadLimit,
        StepKind.ApplySettings or StepKind.RestoreSettings => TimeSpan.FromMinutes(2),

        // The last pause may begin at its end; after it come the reading of the pools, a round of questions that is under way, the own one, and the reading of the server.
        StepKind.TrySettings or StepKind.VerifyRollback => options.TrialTimeLimit + QuestionPause + ReadLimit + (Client.ClientProbe.Patience * 2) + ReadLimit,
        StepKind.RestartPool => PoolStopLimit + options.PoolRestartWait + PoolStartLimit,
        StepKind.ResetIis => options.IisResetTimeLimit + AfterResetLimit,

        // Stop and start, once for the service and once for those that depend on it.
        StepKind.RestartService => options.ServiceTimeLimit * 4,
        StepKind.StartServiceIfStopped => options.ServiceTimeLimit,
        StepKind.VerifyService => VerifyServiceLimit + ReadLimit,
        StepKind.VerifyWsus => WarmUpLimit + (ReadLimit * 2),
        StepKind.StartSync => options.SyncTimeLimit + WarmUpLimit,
        StepKind.VerifySync => options.SyncTimeLimit,
        _ => TimeSpan.FromMinutes(1),
    };
}
