using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Remediation.Steps;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Remediation;

/// <summary>Registers all that plans and changes.</summary>
internal static class RemediationRegistration
{
    public static void AddRemediation(this IServiceCollection services)
    {
        services.AddSingleton(provider => Access(
            provider.GetRequiredService<SnapshotStore>(),
            provider.GetRequiredService<CollectorHost>(),
            provider.GetRequiredService<AgentStore>(),
            provider.GetRequiredService<WsusClient>()));
        services.AddRepair();
    }

    /// <summary>Everything above <see cref="ServerAccess"/>; tests bring their own.</summary>
    public static void AddRepair(this IServiceCollection services)
    {
        // What may be done, and by whom it is done.
        services.AddSingleton(provider => new LocalPolicy(provider.GetRequiredService<AgentOptions>().DataDirectory, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new PoolActions(provider.GetRequiredService<IisAccess>().Open));
        services.AddSingleton<ServiceActions>();
        services.AddSingleton<SyncRequestFile>();
        services.AddSingleton<SyncNowAction>();

        // Plan, journal, run.
        services.AddSingleton(provider => new Journal(provider.GetRequiredService<ServerAccess>().OpenStore, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Planner>();
        services.AddSingleton<ServerGate>();
        services.AddSingleton<RunDesk>();
        services.AddSingleton<RunPublisher>();
        services.AddSingleton<RunProgress>();
        services.AddSingleton<RunExecutor>();
        services.AddSingleton<ApprovalDesk>();
        services.AddSingleton<WaitingRuns>();
        services.AddSingleton<RunStarter>();
        services.AddHostedService<RemediationWorker>();

        // Steps.
        services.AddSingleton<ServerReadings>();
        services.AddSingleton<SettingsCommit>();
        services.AddSingleton<SyncWatch>();
        services.AddSingleton<IStepAction, SaveSettingsStep>();
        services.AddSingleton<IStepAction, ApplySettingsStep>();
        services.AddSingleton<IStepAction, RestartPoolStep>();
        services.AddSingleton<IStepAction, ResetIisStep>();
        services.AddSingleton<IStepAction, ServiceStep>();
        services.AddSingleton<IStepAction, StartSyncStep>();
        services.AddSingleton<IStepAction, VerifySyncStep>();
        services.AddSingleton<IStepAction, RestoreSettingsStep>();

        // Verbs.
        services.AddSingleton<ServerGateKeeper>();
        services.AddSingleton<DirectVerbs>();
        services.AddSingleton(provider => new RemediationService(
            provider.GetRequiredService<Planner>(),
            provider.GetRequiredService<RunStarter>(),
            provider.GetRequiredService<RunDesk>(),
            provider.GetRequiredService<Journal>(),
            provider.GetRequiredService<RunPublisher>(),
            provider.GetRequiredService<DirectVerbs>(),
            provider.GetRequiredService<ApprovalDesk>()));
    }

    private static ServerAccess Access(SnapshotStore snapshots, CollectorHost collectors, AgentStore store, WsusClient wsus) => new()
    {
        Current = () => snapshots.Current,
        RefreshAsync = collectors.RefreshAsync,
        SetBusy = collectors.SetBusy,
        PublishAsync = (agentEvent, token) => store.AppendEventAsync(agentEvent, token),
        OpenStore = store.OpenConnection,
        StartWsusSyncAsync = token => WhereInstalledAsync(async () =>
        {
            await wsus.StartSyncAsync(token);
            return true;
        }),
        StopWsusSyncAsync = token => WhereInstalledAsync(async () =>
        {
            await wsus.StopSyncAsync(token);
            return true;
        }),
        ReadWsusHistoryAsync = (since, token) => WhereInstalledAsync(() => wsus.ReadHistoryAsync(since, token)),
        ReadKnownSyncRunsAsync = (since, _) => Task.FromResult(ListSyncRuns(store, since)),
        ReadWsusCountsAsync = token => WhereInstalledAsync(async () => (WsusCounts?)await wsus.ReadCountsAsync(token)),
    };

    private static IReadOnlyList<SyncRun> ListSyncRuns(AgentStore store, DateTimeOffset since)
    {
        try
        {
            return store.ListSyncRuns(ContractLimits.MaximumSyncRunPageSize, "", since).Runs;
        }
        catch (StoreException exception)
        {
            throw new EdgeException(ReadFailure.Unavailable, exception.Message, exception);
        }
    }

    private static async Task<T> WhereInstalledAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (WsusNotInstalledException exception)
        {
            throw new EdgeException(ReadFailure.NotFound, "WSUS is not installed on this server.", exception);
        }
    }
}
