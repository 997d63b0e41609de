namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>A part of the fleet that one dashboard owns. Used on PostgreSQL alone.</summary>
public sealed class PartitionEntity
{
    /// <summary>0 to 63: the servers whose id has this remainder; 64: what is one for the whole fleet.</summary>
    public int Id { get; set; }

    /// <summary>Id of the dashboard that took it last.</summary>
    public string Owner { get; set; } = "";

    /// <summary>One more each time that it is taken. Every write of an owner checks it, so that one that was replaced writes nothing.</summary>
    public long Term { get; set; }
}

/// <summary>A process that is a dashboard of this database. Used on PostgreSQL alone.</summary>
public sealed class DashboardEntity
{
    /// <summary>Made at each start; 32 hexadecimal digits.</summary>
    public required string Id { get; set; }

    /// <summary>The same at each start, because it lies in the data folder; 32 hexadecimal digits.</summary>
    public string Node { get; set; } = "";

    public string Name { get; set; } = "";

    public string Version { get; set; } = "";

    /// <summary>Where people reach it; empty before it listens.</summary>
    public string Address { get; set; } = "";

    /// <summary>True from the moment on when it was asked to end: it takes nothing any more.</summary>
    public bool IsLeaving { get; set; }

    public DateTime StartedAt { get; set; }

    /// <summary>By the clock of the database.</summary>
    public DateTime HeartbeatAt { get; set; }
}

/// <summary>A dashboard that owns no servers while the others can, until somebody ends that; it outlives restarts. Used on PostgreSQL alone.</summary>
public sealed class DrainEntity
{
    /// <summary><see cref="DashboardEntity.Node"/>.</summary>
    public required string Node { get; set; }

    /// <summary>What the dashboard was called then.</summary>
    public string Name { get; set; } = "";

    public DateTime Since { get; set; }

    /// <summary>Name of the person, or of the token's owner.</summary>
    public string By { get; set; } = "";
}

/// <summary>Where agents that connect themselves find one of the dashboards.</summary>
public sealed class AgentAddressEntity
{
    /// <summary>https://HOST:PORT.</summary>
    public required string Address { get; set; }

    /// <summary>Name of the dashboard, for a person.</summary>
    public string Dashboard { get; set; } = "";

    public DateTime AddedAt { get; set; }

    /// <summary>When its dashboard last said that it is still so.</summary>
    public DateTime SeenAt { get; set; }
}

/// <summary>The list of addresses that agents are told. One row.</summary>
public sealed class AgentAddressListEntity
{
    public const int OnlyId = 1;

    public int Id { get; set; }

    /// <summary>Rises with every change; agents take a higher one only.</summary>
    public long Revision { get; set; }

    /// <summary>One a line, at most 10.</summary>
    public string Addresses { get; set; } = "";
}

/// <summary>A repair that one of the dashboards is starting: what is tied to the server isn't repaired meanwhile. Used on PostgreSQL alone.</summary>
public sealed class RepairStartEntity
{
    public int ServerId { get; set; }

    /// <summary>By the clock of the database; also the end of a start whose dashboard was killed.</summary>
    public DateTime ExpiresAt { get; set; }
}

/// <summary>A key with which an agent came that belongs to no server: written down by one dashboard, once an hour. Used on PostgreSQL alone.</summary>
public sealed class AgentStrangerEntity
{
    /// <summary>64 hexadecimal digits.</summary>
    public required string Pin { get; set; }

    public DateTime ToldAt { get; set; }
}

/// <summary>A server as its owner shows it: what the other dashboards show. Used on PostgreSQL alone.</summary>
public sealed class LiveRowEntity
{
    public int ServerId { get; set; }

    /// <summary>Term of the owner that wrote it.</summary>
    public long Term { get; set; }

    /// <summary>Rises with every change, within a term.</summary>
    public long Revision { get; set; }

    /// <summary>JSON of all but the snapshot.</summary>
    public required byte[] Row { get; set; }

    /// <summary>The revision that <see cref="Snapshot"/> was written with, and its term.</summary>
    public long SnapshotRevision { get; set; }

    public long SnapshotTerm { get; set; }

    /// <summary>The contract's Snapshot message.</summary>
    public byte[]? Snapshot { get; set; }
}
