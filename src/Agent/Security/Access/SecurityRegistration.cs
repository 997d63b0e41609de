using System.Security.Cryptography;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Security.Outbound;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Access;

/// <summary>Registers whom the agent trusts, and how they prove who they are.</summary>
internal static class SecurityRegistration
{
    /// <exception cref="StoreException">The data folder cannot be used, or a key in it is damaged.</exception>
    public static void AddSecurity(this IServiceCollection services, AgentOptions options, TimeProvider timeProvider)
    {
        try
        {
            // Before anything in it is read or trusted.
            DataFolder.Prepare(options.DataDirectory);

            // By a factory, so that the container disposes it.
            var keys = new IdentityKeys(options.DataDirectory, $"{AgentSelf.KeySubject} {options.ComputerName}", timeProvider);
            services.AddSingleton(_ => keys);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The agent's data folder {options.DataDirectory} can't be used: {exception.Message} Give the agent's account write access there.", exception);
        }
        catch (EdgeException exception)
        {
            throw new StoreException($"The agent's data folder can't be trusted: {exception.Message}", exception);
        }
        catch (CryptographicException exception)
        {
            throw new StoreException(
                $"The agent's key in {options.DataDirectory} ({IdentityKeys.FileName} or {IdentityKeys.NextFileName}) is damaged: {exception.Message} Restore it from a backup, or delete it and pair the agent again.", exception);
        }

        services.AddSingleton<AgentAddress>();
        services.AddSingleton<AgentSelf>();
        services.AddSingleton(new LocalPolicy(options.DataDirectory, timeProvider));
        services.AddSingleton(provider => new PairedHubs(options.DataDirectory, provider.GetRequiredService<ILogger<PairedHubs>>()));
        services.AddSingleton<HubSessions>();
        services.AddSingleton<PairingCodes>();
        services.AddSingleton<HubTrust>();
        services.AddSingleton<AgentAudit>();
        services.AddSingleton<AuditHealth>();
        services.AddSingleton<EnrolmentClient>();
        services.AddSingleton<HubDialer>();
        services.AddSingleton<OutboundLinks>();
        services.AddHostedService<EventLogCopyWorker>();
        services.AddHostedService<AuditWorker>();
        services.AddHostedService<PolicyAuditor>();
        services.AddHostedService<EnrolmentWorker>();
        services.AddHostedService<KeyCheckWorker>();
    }
}
