using WsusDashboard.Agent.Repairs.Planning;
using WsusDashboard.Agent.Repairs.Steps;
using WsusDashboard.Agent.Repairs.Steps.Sync;
using WsusDashboard.Agent.Repairs.Trials;

namespace WsusDashboard.Agent.Repairs.Running;

/// <summary>Registers all that plans and changes.</summary>
internal static class RepairRegistration
{
    public static void AddRepairs(this IServiceCollection services)
    {
        // Plan, journal, run.
        services.AddSingleton<IServerAccess, ServerAccess>();
        services.AddSingleton<UndoFiles>();
        services.AddSingleton<OwedStartFile>();
        services.AddSingleton<Journal>();
        services.AddSingleton<Planner>();
        services.AddSingleton<ChangeLock>();
        services.AddSingleton<RepairQueue>();
        services.AddSingleton<RepairPublisher>();
        services.AddSingleton<RepairStarter>();
        services.AddSingleton<OwedStarts>();
        services.AddSingleton<LostStore>();
        services.AddSingleton<PoolStart>();
        services.AddHostedService<OwedStartWorker>();
        services.AddHostedService<RepairWorker>();

        // Steps.
        services.AddSingleton<ServerReadings>();
        services.AddSingleton<SettingsCommit>();
        services.AddSingleton<SyncFollower>();
        services.AddSingleton<ClientMeasure>();
        services.AddSingleton<IStepAction, SaveSettingsStep>();
        services.AddSingleton<IStepAction, ApplySettingsStep>();
        services.AddSingleton<IStepAction, RestartPoolStep>();
        services.AddSingleton<IStepAction, TrySettingsStep>();
        services.AddSingleton<IStepAction, ResetIisStep>();
        services.AddSingleton<IStepAction, ServiceStep>();
        services.AddSingleton<IStepAction, SetStartTypeStep>();
        services.AddSingleton<IStepAction, VerifyWsusStep>();
        services.AddSingleton<IStepAction, StartSyncStep>();
        services.AddSingleton<IStepAction, VerifySyncStep>();
        services.AddSingleton<IStepAction, RestoreSettingsStep>();
        services.AddSingleton<IStepAction, VerifyRollbackStep>();
    }
}
