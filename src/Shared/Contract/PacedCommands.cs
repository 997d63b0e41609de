using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Contract;

/// <summary>What a command counts as, the same for the agent that counts and for the dashboard that tells beforehand.</summary>
public static class PacedCommands
{
    private static readonly HashSet<string> WebServices = new([ServiceNames.WorldWideWeb, ServiceNames.ProcessActivation], StringComparer.OrdinalIgnoreCase);

    /// <summary>Of a command to a service.</summary>
    /// <param name="name">The service's short name, in any case.</param>
    /// <param name="verb">One of <see cref="ServiceVerbs"/>.</param>
    public static PacedCommand OfService(string name, string verb) => verb != ServiceVerbs.Start && WebServices.Contains(name) ? PacedCommand.IisRestart : PacedCommand.Service;
}
