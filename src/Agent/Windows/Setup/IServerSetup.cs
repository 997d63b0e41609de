namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>What an installation changes on a server. Thin: each call does one thing, and decides nothing. Only the installer has it.</summary>
public interface IServerSetup
{
    /// <summary>Why this process may not install, or null: it needs Windows and the rights of an administrator.</summary>
    string? Refusal();

    /// <summary>Accounts other than administrators and the system that may write there: what the service runs must not be theirs to change.</summary>
    /// <exception cref="EdgeException">The folder's access list cannot be read.</exception>
    IReadOnlyList<string> OthersWhoMayWrite(string folder);

    /// <summary>The service as it is registered, or null.</summary>
    ServiceDefinition? FindService(string name);

    /// <exception cref="EdgeException">Windows refuses.</exception>
    void CreateService(ServiceDefinition service, string? password);

    /// <param name="service">As it is to be.</param>
    /// <param name="password">Of an ordinary account; null changes none.</param>
    /// <param name="keepsAccount">True where the service keeps its account: Windows is then told none, because naming one takes its password.</param>
    /// <exception cref="EdgeException">Windows refuses.</exception>
    void ChangeService(ServiceDefinition service, string? password, bool keepsAccount);

    /// <exception cref="EdgeException">Windows refuses.</exception>
    void DeleteService(string name);

    /// <summary>Owners and access lists of a folder and of all that lies in it, in the form that <see cref="RestoreFolderAccess"/> takes; null where there is no folder.</summary>
    /// <exception cref="EdgeException">It cannot be read, or the folder or something in it is a link.</exception>
    string? ReadFolderAccess(string path);

    /// <summary>Makes the folder where it is absent, and closes it and all that lies in it to all but administrators, the system and this account; what lies in it becomes the administrators'.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="account">The service's account; null where it is the system.</param>
    /// <param name="formerAccount">The account of the service up to now, whose files are taken over too; null where there is none.</param>
    /// <exception cref="EdgeException">Windows refuses, there is no such account, or something in the folder belongs to anybody else.</exception>
    void CloseFolder(string path, string? account, string? formerAccount);

    /// <exception cref="EdgeException">Windows refuses.</exception>
    void RestoreFolderAccess(string path, string access);

    /// <summary>The rule of this name, or null.</summary>
    /// <exception cref="EdgeException">The firewall does not answer.</exception>
    FirewallRule? FindFirewallRule(string name);

    /// <exception cref="EdgeException">The firewall refuses.</exception>
    void AddFirewallRule(FirewallRule rule);

    /// <exception cref="EdgeException">The firewall refuses.</exception>
    void RemoveFirewallRule(string name);

    bool HasEventSource(string source);

    /// <exception cref="EdgeException">Windows refuses.</exception>
    void AddEventSource(string source);

    /// <exception cref="EdgeException">Windows refuses.</exception>
    void RemoveEventSource(string source);

    /// <summary>Gives an account the right to log on as a service; false where it had it.</summary>
    /// <exception cref="EdgeException">Windows refuses, or there is no such account.</exception>
    bool GrantServiceLogon(string account);

    /// <exception cref="EdgeException">Windows refuses.</exception>
    void RevokeServiceLogon(string account);
}

/// <summary>A Windows service: own process, automatic start after the others, restarted when it fails.</summary>
public sealed record ServiceDefinition
{
    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The command line, its program in quotes.</summary>
    public required string Command { get; init; }

    /// <summary>LocalSystem, or DOMAIN\name; a gMSA ends with a dollar sign.</summary>
    public string Account { get; init; } = LocalSystem;

    public const string LocalSystem = "LocalSystem";

    public bool IsLocalSystem => string.Equals(Account, LocalSystem, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A rule that lets connections come in to one TCP port of one program, in domain and private networks.</summary>
public sealed record FirewallRule(string Name, string Program, int Port);
