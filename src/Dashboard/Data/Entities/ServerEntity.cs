namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>A server: what a person entered, what its agent said it is, and its status columns (written by ingest only).</summary>
public sealed class ServerEntity
{
    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>The name in lower case: what the grid is sorted by, the same on every database.</summary>
    public required string NameKey { get; set; }

    /// <summary>Lower-case text that a search looks in: name, site, address, computer name.</summary>
    public string SearchText { get; set; } = "";

    public required string Address { get; set; }

    public required string Site { get; set; }

    /// <summary>Null = the default of the dashboard's options.</summary>
    public string? Baseline { get; set; }

    public DateTime AddedAt { get; set; }

    public string AgentId { get; set; } = "";
    public string ComputerName { get; set; } = "";
    public string OperatingSystem { get; set; } = "";
    public string AgentVersion { get; set; } = "";
    public string WsusVersion { get; set; } = "";

    /// <summary>Comma-separated.</summary>
    public string Roles { get; set; } = "";

    /// <summary>UTC time of the agent's last word, to the minute.</summary>
    public DateTime? LastContactAt { get; set; }

    public ServerStatus Status { get; set; } = new();

    /// <summary>Fingerprint of the paired agent's key (64 hexadecimal digits); null = not paired, and not spoken to.</summary>
    public string? AgentPin { get; set; }

    /// <summary>Fingerprint of the key that the paired agent has announced as its next one; both are right until it is used.</summary>
    public string? NextAgentPin { get; set; }

    /// <summary>Fingerprint of the key of this dashboard that the agent knows; shown to it until it has taken the next one.</summary>
    public string? HubPin { get; set; }

    /// <summary>UTC time of the pairing.</summary>
    public DateTime? PairedAt { get; set; }

    /// <summary>Who paired it, or which enrolment token did; empty while it is not paired.</summary>
    public string PairedBy { get; set; } = "";

    public static string SearchTextOf(string name, string site, string address, string computerName) =>
        string.Join('\n', name, site, address, computerName).ToLowerInvariant();
}

/// <summary>How far the events of a server were taken; moved in the transaction that stores them.</summary>
public sealed class LinkCursorEntity
{
    public int ServerId { get; set; }

    public required string Epoch { get; set; }

    public long Sequence { get; set; }

    /// <summary>The day (UTC) whose events are counted.</summary>
    public DateOnly Day { get; set; }

    /// <summary>Events stored on that day.</summary>
    public int EventsOfDay { get; set; }

    /// <summary>Bytes of the messages that brought them.</summary>
    public long EventBytesOfDay { get; set; }
}

/// <summary>How WSUS of a server answered this dashboard when that last changed, so that the time since when outlives a restart.</summary>
public sealed class OutsideProbeEntity
{
    public int ServerId { get; set; }

    public DateTime SavedAt { get; set; }

    /// <summary>The contract's Section message, with the state of clients.</summary>
    public required byte[] Message { get; set; }
}

/// <summary>The last known snapshot, so that a server that does not answer after a restart can still be read.</summary>
public sealed class ServerSnapshotEntity
{
    public int ServerId { get; set; }

    public DateTime SavedAt { get; set; }

    /// <summary>The contract's Snapshot message.</summary>
    public required byte[] Message { get; set; }
}
