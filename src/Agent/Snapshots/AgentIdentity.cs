using System.Net.NetworkInformation;
using System.Reflection;
using System.Runtime.InteropServices;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>Who this agent is.</summary>
public sealed class AgentIdentity(AgentOptions options, AgentStore store, TimeProvider timeProvider)
{
    /// <summary>What is known before anything was read.</summary>
    public AgentInfo Create() => new()
    {
        AgentId = store.AgentId,
        ComputerName = options.ComputerName,
        FullyQualifiedName = FullyQualifiedName(),
        AgentVersion = typeof(AgentIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "",
        OperatingSystem = RuntimeInformation.OSDescription,
        SequenceEpoch = store.SequenceEpoch,
        LastSequence = store.LastSequence,
        StartedAt = timeProvider.GetUtcNow(),
    };

    private string FullyQualifiedName()
    {
        // A name given by options is not this computer's, so its domain says nothing about it.
        if (!string.Equals(options.ComputerName, Environment.MachineName, StringComparison.OrdinalIgnoreCase))
        {
            return "";
        }

        var domain = IPGlobalProperties.GetIPGlobalProperties().DomainName;
        return domain is { Length: > 0 } and not "(none)" ? $"{options.ComputerName}.{domain}" : "";
    }
}
