using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>Installs on this Windows.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsServerSetup(IRegistry registry) : IServerSetup
{
    private const string EventLogName = "Application";

    private const FileSystemRights Writing =
        FileSystemRights.WriteData | FileSystemRights.AppendData | FileSystemRights.Delete | FileSystemRights.DeleteSubdirectoriesAndFiles
        | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership;

    private static readonly SecurityIdentifier Administrators = new(WellKnownSidType.BuiltinAdministratorsSid, null);
    private static readonly SecurityIdentifier System = new(WellKnownSidType.LocalSystemSid, null);

    // TrustedInstaller owns Windows; "creator owner" names whoever makes a file, and grants nobody anything by itself.
    private static readonly string[] Trusted =
        [Administrators.Value, System.Value, "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", "S-1-3-0"];

    public string? Refusal() => ProcessAccount.Read() is { IsAdministrator: false, IsLocalSystem: false, Name: var name }
        ? $"{name} isn't allowed to install services. Run this command from a prompt \"as administrator\"."
        : null;

    public IReadOnlyList<string> OthersWhoMayWrite(string folder) => Call($"The access list of {folder} couldn't be read", () =>
    {
        // Who installs is an administrator, whatever else the account is.
        using var installing = WindowsIdentity.GetCurrent();
        return new DirectoryInfo(folder).GetAccessControl(AccessControlSections.Access)
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier))
            .Cast<FileSystemAccessRule>()
            .Where(rule => rule.AccessControlType == AccessControlType.Allow && (rule.FileSystemRights & Writing) != 0)
            .Where(rule => !Trusted.Contains(rule.IdentityReference.Value) && rule.IdentityReference.Value != installing.User?.Value)
            .Select(rule => Name(rule.IdentityReference))
            .Distinct()
            .ToList();
    });

    public ServiceDefinition? FindService(string name)
    {
        var key = $@"SYSTEM\CurrentControlSet\Services\{name}";
        return registry.Read(key, "ImagePath") is string command
            ? new ServiceDefinition
            {
                Name = name,
                DisplayName = registry.Read(key, "DisplayName") as string ?? name,
                Description = registry.Read(key, "Description") as string ?? "",
                Command = command,
                Account = registry.Read(key, "ObjectName") as string ?? ServiceDefinition.LocalSystem,
            }
            : null;
    }

    public void CreateService(ServiceDefinition service, string? password) =>
        Call($"Service {service.Name} couldn't be created", () => ServiceDatabase.Create(service, password));

    public void ChangeService(ServiceDefinition service, string? password, bool keepsAccount) =>
        Call($"Service {service.Name} couldn't be changed", () => ServiceDatabase.Change(service, password, keepsAccount));

    public void DeleteService(string name) => Call($"Service {name} couldn't be removed", () => ServiceDatabase.Delete(name));

    public string? ReadFolderAccess(string path) => Call($"The access list of {path} couldn't be read", () =>
    {
        var folder = new DirectoryInfo(path);
        if (!folder.Exists)
        {
            return null;
        }

        // Who may make a link below ProgramData could else have the installer open a folder of his choice.
        return folder.Attributes.HasFlag(FileAttributes.ReparsePoint)
            ? throw new EdgeException(ReadFailure.AccessDenied, $"{path} is a link to another folder. Remove it; the agent's data must be where its path says.")
            : FolderContents.Describe(folder);
    });

    public void CloseFolder(string path, string? account, string? formerAccount) => Call($"Folder {path} couldn't be created and closed to others", () =>
    {
        IdentityReference[] accounts = account is null ? [Administrators, System] : [Administrators, System, Find(account)];
        var security = FolderContents.Closed(new DirectorySecurity(), accounts, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit);
        var folder = new DirectoryInfo(path);
        if (folder.Exists)
        {
            // First shut, then looked into: nobody puts anything there in between.
            var before = FolderContents.Describe(folder);
            folder.SetAccessControl(security);
            if (FolderContents.FindStranger(folder, Owners(account, formerAccount)) is { } stranger)
            {
                FolderContents.Restore(folder, before);
                throw new EdgeException(ReadFailure.AccessDenied, stranger);
            }

            FolderContents.TakeOver(folder, accounts);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            folder.Create(security);
        }
    });

    public void RestoreFolderAccess(string path, string access) =>
        Call($"The access list of {path} couldn't be restored", () => FolderContents.Restore(new DirectoryInfo(path), access));

    public FirewallRule? FindFirewallRule(string name) => Call("The Windows firewall doesn't answer", () => WindowsFirewall.Find(name));

    public void AddFirewallRule(FirewallRule rule) => Call($"Firewall rule \"{rule.Name}\" couldn't be created", () => WindowsFirewall.Add(rule));

    public void RemoveFirewallRule(string name) => Call($"Firewall rule \"{name}\" couldn't be removed", () => WindowsFirewall.Remove(name));

    // Read from the registry: the call of .NET also looks into the Security log, and is refused there.
    public bool HasEventSource(string source) =>
        registry.Read($@"SYSTEM\CurrentControlSet\Services\EventLog\{EventLogName}\{source}", "EventMessageFile") is string;

    public void AddEventSource(string source) =>
        Call($"Event source \"{source}\" couldn't be registered", () => EventLog.CreateEventSource(new EventSourceCreationData(source, EventLogName)));

    public void RemoveEventSource(string source) => Call($"Event source \"{source}\" couldn't be removed", () => EventLog.DeleteEventSource(source));

    public bool GrantServiceLogon(string account) => Call($"{account} couldn't be given the right to log on as a service", () => ServiceLogonRight.Grant(Find(account)));

    public void RevokeServiceLogon(string account) => Call($"The right to log on as a service couldn't be removed from {account}", () => ServiceLogonRight.Revoke(Find(account)));

    /// <summary>Whose files in the data folder are the agent's or an administrator's own.</summary>
    private static HashSet<string> Owners(params IEnumerable<string?> serviceAccounts)
    {
        // Who installs is an administrator, whatever else the account is.
        using var installing = WindowsIdentity.GetCurrent();
        HashSet<string> owners = [.. Trusted, .. installing.User is { } user ? [user.Value] : Array.Empty<string>()];
        foreach (var account in serviceAccounts.OfType<string>())
        {
            try
            {
                owners.Add(Find(account).Translate(typeof(SecurityIdentifier)).Value);
            }
            catch (IdentityNotMappedException)
            {
                // An account that is gone owns nothing that could be told from a stranger's.
            }
        }

        return owners;
    }

    private static NTAccount Find(string account) => new(AccountName.ForLookup(account, Environment.MachineName));

    private static string Name(IdentityReference account)
    {
        try
        {
            return account.Translate(typeof(NTAccount)).Value;
        }
        catch (IdentityNotMappedException)
        {
            return account.Value;
        }
    }

    private static void Call(string what, Action call) => Call(what, () =>
    {
        call();
        return true;
    });

    private static T Call<T>(string what, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (exception is not EdgeException)
        {
            throw WindowsFailures.Translate(what, exception);
        }
    }
}
