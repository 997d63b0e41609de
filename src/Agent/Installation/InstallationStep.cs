using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Windows.Setup;

namespace WsusDashboard.Agent.Installation;

/// <summary>One thing that an installation or a removal does to a server; the list is closed, and each says what it does.</summary>
public abstract record InstallationStep
{
    private InstallationStep()
    {
    }

    /// <summary>For a person: what is done, to what.</summary>
    public abstract string Describe();

    /// <summary>Makes the data folder where it is absent, and lets only administrators, the system and the service in; what lies in it is taken over.</summary>
    /// <param name="Path">The folder.</param>
    /// <param name="Account">The service's account; null where it is the system.</param>
    public sealed record CloseDataFolder(string Path, string? Account) : InstallationStep
    {
        public override string Describe() => $"Folder {Path}: for administrators, the system{(Account is null ? "" : " and " + Account)} only";
    }

    /// <summary>Keeps settings that were given on the command line for service and commands alike.</summary>
    /// <param name="Path">agent.json beside the program.</param>
    /// <param name="Settings">Keys such as Agent:Port, with their values; those of the file that are not among them stay.</param>
    public sealed record WriteSettings(string Path, IReadOnlyDictionary<string, string> Settings) : InstallationStep
    {
        public override string Describe() => $"Settings in {Path}: {string.Join(", ", Settings.Select(setting => $"{setting.Key} = {setting.Value}"))}";
    }

    /// <summary>Writes the local policy out where there never was one, so that what the agent may do stands in a file and not in its absence.</summary>
    public sealed record WritePolicy(string DataFolder) : InstallationStep
    {
        public override string Describe() => $"Local policy in {Path.Combine(DataFolder, LocalPolicy.FileName)}";
    }

    /// <summary>Leaves hub and token for the agent's first start.</summary>
    public sealed record LeaveEnrolment(string DataFolder, EnrolmentFile Order) : InstallationStep
    {
        public override string Describe() => $"Enrolment with {Order.Hub} at the first start; the token is in {EnrolmentFile.PathIn(DataFolder)} until then";
    }

    /// <summary>Lets the agent write to the Application log under a name of its own.</summary>
    public sealed record RegisterEventSource(string Source) : InstallationStep
    {
        public override string Describe() => $"Event source \"{Source}\" in the Application log";
    }

    /// <summary>Lets the account log on as a service.</summary>
    public sealed record GrantServiceLogon(string Account) : InstallationStep
    {
        public override string Describe() => $"Right to log on as a service for {Account}";
    }

    /// <summary>Registers the service, or brings it up to this definition.</summary>
    /// <param name="Service">As it is to be.</param>
    /// <param name="KeepsAccount">True where its account is the one that it has.</param>
    public sealed record RegisterService(ServiceDefinition Service, bool KeepsAccount) : InstallationStep
    {
        public override string Describe() => $"Windows service {Service.Name}: {Service.Command}, as {Service.Account}{(KeepsAccount ? " (kept)" : "")}, delayed automatic start, restarted when it fails";
    }

    /// <summary>Lets connections in to the agent's port.</summary>
    public sealed record OpenFirewall(FirewallRule Rule) : InstallationStep
    {
        public override string Describe() => $"Firewall rule \"{Rule.Name}\": TCP port {Rule.Port} of {Rule.Program}, incoming, domain and private networks";
    }

    /// <summary>Starts the service; one that runs is restarted where something changed for it.</summary>
    public sealed record StartService(string Name) : InstallationStep
    {
        public override string Describe() => $"Start of {Name}";
    }

    /// <summary>Stops the service and waits for its end; it is never killed.</summary>
    public sealed record StopService(string Name) : InstallationStep
    {
        public override string Describe() => $"Stop of {Name}";
    }

    /// <summary>Removes the service.</summary>
    public sealed record RemoveService(string Name) : InstallationStep
    {
        public override string Describe() => $"Removal of the Windows service {Name}";
    }

    /// <summary>Removes the firewall rule.</summary>
    public sealed record CloseFirewall(string RuleName) : InstallationStep
    {
        public override string Describe() => $"Removal of the firewall rule \"{RuleName}\"";
    }

    /// <summary>Removes the event source; the events stay in the log.</summary>
    public sealed record RemoveEventSource(string Source) : InstallationStep
    {
        public override string Describe() => $"Removal of the event source \"{Source}\"";
    }

    /// <summary>Deletes the data folder and the settings beside the program. It cannot be undone, so it is the last of all.</summary>
    public sealed record DeleteData(string DataFolder, string SettingsPath) : InstallationStep
    {
        public override string Describe() => $"Deletion of {DataFolder} with history, journal and keys, and of {SettingsPath}";
    }
}
