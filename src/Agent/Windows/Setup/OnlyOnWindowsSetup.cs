using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>The setup of a system that is not Windows: there is nothing that it could do.</summary>
internal sealed class OnlyOnWindowsSetup : IServerSetup
{
    private const string Text = "The agent can be installed as a service on Windows only. On other systems, start it with \"WsusDashboard.Agent run\".";

    public string? Refusal() => Text;

    public IReadOnlyList<string> OthersWhoMayWrite(string folder) => throw Refused();

    public ServiceDefinition? FindService(string name) => throw Refused();

    public void CreateService(ServiceDefinition service, string? password) => throw Refused();

    public void ChangeService(ServiceDefinition service, string? password, bool keepsAccount) => throw Refused();

    public void DeleteService(string name) => throw Refused();

    public string? ReadFolderAccess(string path) => throw Refused();

    public void CloseFolder(string path, string? account, string? formerAccount) => throw Refused();

    public void RestoreFolderAccess(string path, string access) => throw Refused();

    public FirewallRule? FindFirewallRule(string name) => throw Refused();

    public void AddFirewallRule(FirewallRule rule) => throw Refused();

    public void RemoveFirewallRule(string name) => throw Refused();

    public bool HasEventSource(string source) => throw Refused();

    public void AddEventSource(string source) => throw Refused();

    public void RemoveEventSource(string source) => throw Refused();

    public bool GrantServiceLogon(string account) => throw Refused();

    public void RevokeServiceLogon(string account) => throw Refused();

    private static EdgeException Refused() => new(ReadFailure.OnlyOnWindows, Text);
}
