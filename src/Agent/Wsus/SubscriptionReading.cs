using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Wsus;

/// <summary>What WSUS says about its synchronization now.</summary>
public sealed record SubscriptionReading
{
    public SubscriptionState State { get; init; }

    /// <summary>Null while none runs. The start is not part of the answer of WSUS: it comes from the history.</summary>
    public SyncProgress? Progress { get; init; }

    public DateTimeOffset? NextSyncAt { get; init; }

    public DateTimeOffset? LastSyncAt { get; init; }

    public bool SynchronizesAutomatically { get; init; }

    /// <summary>True while a synchronization is asked for or works.</summary>
    public bool IsSynchronizing => State is SubscriptionState.RunRequested or SubscriptionState.Working or SubscriptionState.CancelRequested;
}

/// <summary>What WSUS says about its set-up.</summary>
public sealed record WsusSetup
{
    public string Version { get; init; } = "";

    /// <summary>"Microsoft Update" or the upstream server's name.</summary>
    public string Source { get; init; } = "";

    public bool IsReplica { get; init; }

    public bool UsesProxy { get; init; }

    public string ProxyName { get; init; } = "";

    /// <summary>Full names of the servers below, nested ones included.</summary>
    public IReadOnlyList<string> DownstreamServers { get; init; } = [];
}

/// <summary>Where the administration service of WSUS is, as the registry says.</summary>
/// <param name="Service">Address of the service.</param>
/// <param name="Port">TCP port.</param>
/// <param name="UsesTls">True where it takes TLS only.</param>
public sealed record WsusAddress(Uri Service, int Port, bool UsesTls)
{
    /// <summary>The same service under another name of this server, for where the first one's sign-in is refused; null where there is none.</summary>
    public Uri? OtherService { get; init; }
}

/// <summary>What WSUS synchronizes and keeps.</summary>
public sealed record WsusSelection
{
    /// <summary>The classifications Drivers and Upgrades have the same ids on every WSUS (the ids from memory).</summary>
    public static readonly Guid Drivers = new("ebfc1fc5-71a4-4f7b-9aca-3b9a503104a0");
    public static readonly Guid Upgrades = new("3689bdc8-b205-4af4-8d4a-a63924c5e9d5");

    /// <summary>HostOnMu is false: clients get the files of updates here.</summary>
    public bool StoresContent { get; init; }

    /// <summary>ServerSupportsAllLanguages.</summary>
    public bool AllLanguages { get; init; }

    /// <summary>DisableSyncDrivers: none come, whatever is selected.</summary>
    public bool ExcludesDrivers { get; init; }

    public bool HasDrivers { get; init; }

    public bool HasUpgrades { get; init; }

    /// <summary>The languages that are selected, as WSUS writes them; empty where all are, or where the answer names none.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];
}
