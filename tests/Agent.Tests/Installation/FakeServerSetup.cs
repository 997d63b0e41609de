using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Installation;

/// <summary>A server in memory, but for its files: what is installed on it can be written down, and one of its calls can be made to fail.</summary>
internal sealed class FakeServerSetup(string dataFolder) : IServerSetup, IServiceControl
{
    private readonly Dictionary<string, ServiceDefinition> _services = [];
    private readonly Dictionary<string, ServiceState> _states = [];
    private readonly Dictionary<string, FirewallRule> _rules = [];
    private readonly Dictionary<string, string> _access = [];
    private readonly HashSet<string> _sources = [];
    private readonly HashSet<string> _logons = [];
    private int _changes;

    /// <summary>Which changing call fails, counted from 1; 0 = none.</summary>
    public int FailingChange { get; set; }

    /// <summary>True: all calls from the failing one on fail, so that nothing can be undone.</summary>
    public bool StaysBroken { get; set; }

    public string? Password { get; private set; }

    public List<string> Calls { get; } = [];

    /// <summary>All that an installation can leave behind, in one text.</summary>
    public string State() => string.Join('\n', (string[])
    [
        .. _services.Values.Select(service => service.ToString()),
        .. _states.Where(state => _services.ContainsKey(state.Key)).Select(state => state.ToString()),
        .. _rules.Values.Select(rule => rule.ToString()),
        .. _access.Where(access => Directory.Exists(access.Key)).Select(access => access.ToString()),
        .. _sources.Order(),
        .. _logons.Order(),
        .. Directory.Exists(dataFolder) ? Directory.GetFiles(dataFolder).Order(StringComparer.Ordinal).Select(file => file + ": " + File.ReadAllText(file)) : [],
    ]);

    public string? Refusal() => null;

    public IReadOnlyList<string> OthersWhoMayWrite(string folder) => [];

    public ServiceDefinition? FindService(string name) => _services.GetValueOrDefault(name);

    public void CreateService(ServiceDefinition service, string? password) => Change($"create {service.Name}", () =>
    {
        _services.Add(service.Name, service);
        _states[service.Name] = ServiceState.Stopped;
        Password = password;
    });

    /// <summary>What Windows was told of the account at the newest change; null where it was told none, so that the service keeps its own.</summary>
    public string? NamedAccount { get; private set; }

    public void ChangeService(ServiceDefinition service, string? password, bool keepsAccount) => Change($"change {service.Name}", () =>
    {
        NamedAccount = keepsAccount ? null : service.Account;
        _services[service.Name] = keepsAccount ? service with { Account = _services[service.Name].Account } : service;
    });

    public void DeleteService(string name) => Change($"delete {name}", () => _services.Remove(name));

    public string? ReadFolderAccess(string path) => Directory.Exists(path) ? _access.GetValueOrDefault(path, "everyone") : null;

    /// <summary>Whose the files in the data folder are; a stranger's keep the folder from being closed.</summary>
    public Dictionary<string, string> Owners { get; } = [];

    public void CloseFolder(string path, string? account, string? formerAccount) => Change($"close {path}", () =>
    {
        if (Owners.FirstOrDefault(owner => owner.Value != account && owner.Value != formerAccount && owner.Value != "administrators") is { Key: { } file, Value: var owner })
        {
            throw new EdgeException(ReadFailure.AccessDenied, $"{file} belongs to {owner}.");
        }

        foreach (var taken in Owners.Keys.ToList())
        {
            Owners[taken] = "administrators";
        }

        Directory.CreateDirectory(path);
        _access[path] = "administrators " + account;
    });

    public void RestoreFolderAccess(string path, string access) => Change($"reopen {path}", () => _access[path] = access);

    public FirewallRule? FindFirewallRule(string name) => _rules.GetValueOrDefault(name);

    public void AddFirewallRule(FirewallRule rule) => Change($"open {rule.Port}", () => _rules.Add(rule.Name, rule));

    public void RemoveFirewallRule(string name) => Change($"shut {name}", () => _rules.Remove(name));

    public bool HasEventSource(string source) => _sources.Contains(source);

    public void AddEventSource(string source) => Change($"add source {source}", () => _sources.Add(source));

    public void RemoveEventSource(string source) => Change($"remove source {source}", () => _sources.Remove(source));

    public bool GrantServiceLogon(string account)
    {
        if (_logons.Contains(account))
        {
            return false;
        }

        Change($"grant {account}", () => _logons.Add(account));
        return true;
    }

    public void RevokeServiceLogon(string account) => Change($"revoke {account}", () => _logons.Remove(account));

    public Task<ServiceStatus> ReadAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(new ServiceStatus { Name = name, State = _services.ContainsKey(name) ? _states[name] : ServiceState.NotInstalled });

    public Task StartAsync(string name, CancellationToken cancellationToken)
    {
        Change($"start {name}", () => _states[name] = ServiceState.Running);
        return Task.CompletedTask;
    }

    public Task StopAsync(string name, CancellationToken cancellationToken)
    {
        Change($"stop {name}", () => _states[name] = ServiceState.Stopped);
        return Task.CompletedTask;
    }

    public Task SetStartTypeAsync(string name, ServiceStartType startType, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An installation sets the startup type with the rest of the service.");

    public Task<IReadOnlyList<string>> ReadRunningDependentsAsync(string name, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    private void Change(string what, Action change)
    {
        _changes++;
        if (FailingChange > 0 && (_changes == FailingChange || (StaysBroken && _changes > FailingChange)))
        {
            throw new EdgeException(ReadFailure.AccessDenied, $"{what}: refused by the test.");
        }

        change();
        Calls.Add(what);
    }
}
