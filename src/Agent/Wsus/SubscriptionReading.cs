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
