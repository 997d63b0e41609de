using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>A service manager in virtual time: stopping and starting take a while, some services hang, some depend on others.</summary>
internal sealed class FakeServices(TimeProvider timeProvider, CrashPoint crash) : IServiceControl
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>"stop SMS_EXECUTIVE", "start SMS_EXECUTIVE"… in the order in which they were accepted.</summary>
    public List<string> Accepted { get; } = [];

    public void Add(string name, ServiceState state = ServiceState.Running, ServiceStartType startType = ServiceStartType.Automatic, params string[] dependents) =>
        _entries[name] = new Entry { State = state, StartType = startType, Dependents = dependents };

    public bool RefusesStartTypes { get; set; }

    /// <summary>Holds the change of a startup type, for a test that wants to be in between.</summary>
    public Func<string, Task> Blocked { get; set; } = _ => Task.CompletedTask;

    public void HangInStop(string name) => _entries[name].HangsInStop = true;

    /// <summary>What iisreset does to a service.</summary>
    public void Force(string name, ServiceState state)
    {
        lock (_gate)
        {
            _entries[name].State = state;
            _entries[name].Until = null;
        }
    }

    public ServiceState StateOf(string name) => Look(name).State;

    public ServiceStartType StartTypeOf(string name) => Look(name).StartType;

    public IReadOnlyList<ServiceStatus> ReadAll() => [.. ServiceNames.Watched.Select(Look)];

    public Task<ServiceStatus> ReadAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Look(name));
    }

    public Task StartAsync(string name, CancellationToken cancellationToken) => Ask($"start {name}", name, entry =>
    {
        if (entry.StartType == ServiceStartType.Disabled)
        {
            throw new EdgeException(ReadFailure.Fault, $"Service {name} could not be started: it is disabled.");
        }

        (entry.State, entry.Until, entry.Next) = (ServiceState.StartPending, timeProvider.GetUtcNow().AddSeconds(4), ServiceState.Running);
    });

    public Task StopAsync(string name, CancellationToken cancellationToken) => Ask($"stop {name}", name, entry =>
        (entry.State, entry.Until, entry.Next) = (ServiceState.StopPending, entry.HangsInStop ? null : timeProvider.GetUtcNow().AddSeconds(6), ServiceState.Stopped));

    public async Task SetStartTypeAsync(string name, ServiceStartType startType, CancellationToken cancellationToken)
    {
        await Blocked(name);
        if (RefusesStartTypes)
        {
            throw new EdgeException(ReadFailure.AccessDenied, $"Startup type of service {name} couldn't be changed: access is denied (Windows error 5).");
        }

        await Ask($"set {name} {startType}", name, entry => entry.StartType = startType);
    }

    public Task<IReadOnlyList<string>> ReadRunningDependentsAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. _entries[name].Dependents.Where(dependent => Look(dependent).State != ServiceState.Stopped)]);

    private Task Ask(string what, string name, Action<Entry> change)
    {
        crash.Pass($"before {what}");
        lock (_gate)
        {
            change(_entries[name]);
            Accepted.Add(what);
        }

        crash.Pass($"after {what}");
        return Task.CompletedTask;
    }

    private ServiceStatus Look(string name)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(name, out var entry))
            {
                return new ServiceStatus { Name = name, State = ServiceState.NotInstalled };
            }

            if (entry.Until <= timeProvider.GetUtcNow())
            {
                (entry.State, entry.Until) = (entry.Next, null);
            }

            return new ServiceStatus { Name = name, State = entry.State, StartType = entry.StartType, Account = "LocalSystem" };
        }
    }

    private sealed class Entry
    {
        public ServiceState State { get; set; }
        public ServiceStartType StartType { get; set; }
        public string[] Dependents { get; init; } = [];
        public DateTimeOffset? Until { get; set; }
        public ServiceState Next { get; set; }
        public bool HangsInStop { get; set; }
    }
}
