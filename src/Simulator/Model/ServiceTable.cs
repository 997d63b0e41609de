using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Model;

/// <summary>A service as its definition in the service control manager has it; durations in seconds of simulated time.</summary>
internal sealed record ServiceDefinition(
    string Name, string DisplayName, ServiceStartType StartType, string Account, double StartSeconds, double StopSeconds, params string[] DependsOn);

/// <summary>The service control manager of one server: states, delays, dependencies. Callers hold the model's gate.</summary>
internal sealed class ServiceTable
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    public ServiceTable(IEnumerable<ServiceDefinition> definitions)
    {
        foreach (var definition in definitions)
        {
            _entries[definition.Name] = new(definition);
        }
    }

    /// <summary>Called with the service's name and its new state.</summary>
    public event Action<string, ServiceState>? Changed;

    public IEnumerable<KeyValuePair<string, ServiceState>> States => _entries.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.State));

    public IEnumerable<KeyValuePair<string, ServiceStartType>> StartTypes => _entries.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.StartType));

    public bool IsRunning(string name) => _entries.TryGetValue(name, out var entry) && entry.State == ServiceState.Running;

    /// <summary>Sets a state without delay: a start of the estate, not of the service.</summary>
    public void Place(string name, ServiceState state)
    {
        if (_entries.TryGetValue(name, out var entry))
        {
            // A service that was on its way when the estate ended has arrived by now.
            entry.State = state switch
            {
                ServiceState.StartPending or ServiceState.ContinuePending => ServiceState.Running,
                ServiceState.StopPending or ServiceState.PausePending => ServiceState.Stopped,
                _ => state,
            };
        }
    }

    public void SetStartType(string name, ServiceStartType startType) => Find(name).StartType = startType;

    /// <summary>The same for a start of the estate: a service that this server does not have any more is passed over.</summary>
    public void PlaceStartType(string name, ServiceStartType startType)
    {
        if (_entries.TryGetValue(name, out var entry))
        {
            entry.StartType = startType;
        }
    }

    public ServiceStatus Read(string name) => _entries.TryGetValue(name, out var entry)
        ? new() { Name = entry.Definition.Name, DisplayName = entry.Definition.DisplayName, State = entry.State, StartType = entry.StartType, Account = entry.Definition.Account }
        : new() { Name = name, State = ServiceState.NotInstalled };

    public IReadOnlyList<string> RunningDependents(string name)
    {
        var names = new List<string>();
        Collect(name, names);
        return names;
    }

    public void Start(string name)
    {
        var entry = Find(name);
        switch (entry.State)
        {
            case ServiceState.Running or ServiceState.StartPending:
                throw Refused(1056, $"An instance of the service {entry.Definition.Name} is already running.");
            case ServiceState.StopPending:
                throw Refused(1061, $"The service {entry.Definition.Name} cannot accept control messages at this time.");
        }

        if (entry.StartType == ServiceStartType.Disabled)
        {
            throw Refused(1058, $"The service {entry.Definition.Name} cannot be started, either because it is disabled or because it has no enabled devices associated with it.");
        }

        // The service control manager starts what a service depends on first.
        foreach (var needed in entry.Definition.DependsOn.Where(needed => _entries.TryGetValue(needed, out var other) && other.State == ServiceState.Stopped))
        {
            Start(needed);
        }

        Set(entry, ServiceState.StartPending, entry.Definition.StartSeconds);
    }

    public void Stop(string name)
    {
        var entry = Find(name);
        switch (entry.State)
        {
            case ServiceState.Stopped:
                throw Refused(1062, $"The service {entry.Definition.Name} has not been started.");
            case ServiceState.StartPending or ServiceState.StopPending:
                throw Refused(1061, $"The service {entry.Definition.Name} cannot accept control messages at this time.");
        }

        if (RunningDependents(name) is { Count: > 0 } dependents)
        {
            throw Refused(1051, $"A stop control has been sent to the service {entry.Definition.Name} on which other running services depend: {string.Join(", ", dependents)}.");
        }

        Set(entry, ServiceState.StopPending, entry.Definition.StopSeconds);
    }

    public void Step(double seconds)
    {
        foreach (var entry in _entries.Values)
        {
            if (entry.State is not (ServiceState.StartPending or ServiceState.StopPending) || (entry.State == ServiceState.StartPending && !DependenciesRun(entry)))
            {
                continue;
            }

            entry.RemainingSeconds -= seconds;
            if (entry.RemainingSeconds <= 0)
            {
                Set(entry, entry.State == ServiceState.StartPending ? ServiceState.Running : ServiceState.Stopped, 0);
            }
        }
    }

    private static EdgeException Refused(int code, string text) =>
        new(ReadFailure.Fault, string.Create(CultureInfo.InvariantCulture, $"{text} (error {code})"));

    private Entry Find(string name) => _entries.TryGetValue(name, out var entry)
        ? entry
        : throw new EdgeException(ReadFailure.NotFound, $"The specified service {name} does not exist as an installed service. (error 1060)");

    private bool DependenciesRun(Entry entry) => Array.TrueForAll(entry.Definition.DependsOn, needed => !_entries.ContainsKey(needed) || IsRunning(needed));

    private void Collect(string name, List<string> names)
    {
        foreach (var entry in _entries.Values)
        {
            if (entry.State != ServiceState.Stopped && entry.Definition.DependsOn.Contains(name, StringComparer.OrdinalIgnoreCase) && !names.Contains(entry.Definition.Name))
            {
                Collect(entry.Definition.Name, names);
                names.Add(entry.Definition.Name);
            }
        }
    }

    private void Set(Entry entry, ServiceState state, double seconds)
    {
        entry.State = state;
        entry.RemainingSeconds = seconds;
        Changed?.Invoke(entry.Definition.Name, state);
    }

    private sealed class Entry(ServiceDefinition definition)
    {
        public ServiceDefinition Definition { get; } = definition;
        public ServiceState State { get; set; } = ServiceState.Stopped;
        public ServiceStartType StartType { get; set; } = definition.StartType;
        public double RemainingSeconds { get; set; }
    }
}
