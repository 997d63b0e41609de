using WsusDashboard.Shared.Contract.Border;

namespace WsusDashboard.Agent.Commands;

/// <summary>Registers the way of a command: check, once, approve, pace, audit, queue.</summary>
internal static class CommandRegistration
{
    public static void AddCommands(this IServiceCollection services)
    {
        services.AddSingleton<ContractBorder>();
        services.AddSingleton<CommandValidator>();
        services.AddSingleton<IdempotencyKeys>();
        services.AddSingleton<CommandPace>();
        services.AddHostedService<PaceClockWorker>();
        services.AddSingleton<PendingApprovals>();
        services.AddSingleton<DirectCommandRunner>();
        services.AddSingleton<DirectCommands>();
        services.AddSingleton<CommandPipe>();
    }
}
