namespace WsusDashboard.Dashboard.Features.Dashboards;

/// <summary>How a dashboard of the database is.</summary>
public enum DashboardState
{
    /// <summary>It runs and has its share of the servers, or takes it.</summary>
    Running = 0,

    /// <summary>It runs, serves pages, and takes no servers.</summary>
    Drained = 1,

    /// <summary>It was asked to end, and hands its servers over.</summary>
    Stopping = 2,

    /// <summary>It has gone without a word, or is cut off from the database.</summary>
    Silent = 3,

    /// <summary>It isn't running, and will be drained when it starts.</summary>
    Stopped = 4,
}

/// <summary>One dashboard of the database.</summary>
public sealed record DashboardRow
{
    /// <summary>32 hexadecimal digits; the same at each start.</summary>
    public required string Id { get; init; }

    /// <summary>Computer and process.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Where people reach it; empty where it isn't running.</summary>
    public required string Address { get; init; }

    public required DashboardState State { get; init; }

    /// <summary>True for the dashboard that answers.</summary>
    public bool IsThisOne { get; init; }

    /// <summary>UTC; null where it isn't running.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>UTC time of its last word to the database; null where it isn't running.</summary>
    public DateTimeOffset? HeartbeatAt { get; init; }

    /// <summary>Age of that word in seconds, by the database's clock. It's counted up to an age of 4 s.</summary>
    public double? HeartbeatAgeSeconds { get; init; }

    /// <summary>UTC time of the last change it announced and the answering dashboard heard; null for itself, and where there was none.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>Parts of the fleet that it owns, of 64.</summary>
    public int Partitions { get; init; }

    /// <summary>True where it keeps what is one for the whole fleet: its problems.</summary>
    public bool OwnsFleet { get; init; }

    /// <summary>Servers in its partitions.</summary>
    public int Servers { get; init; }

    /// <summary>UTC; null where it isn't drained.</summary>
    public DateTimeOffset? DrainedSince { get; init; }

    /// <summary>Who drained it.</summary>
    public string DrainedBy { get; init; } = "";
}

/// <summary>The dashboards of the database, and how they share the fleet.</summary>
public sealed record ClusterStatus
{
    /// <summary>False with SQLite: a file has one dashboard, and nothing else is told then.</summary>
    public required bool IsShared { get; init; }

    /// <summary>Parts the fleet is divided into.</summary>
    public required int Partitions { get; init; }

    /// <summary>Parts that nobody owns at this moment.</summary>
    public int FreePartitions { get; init; }

    /// <summary>Servers of other dashboards that the answering one shows older than their owner told.</summary>
    public int ServersBehind { get; init; }

    /// <summary>By name, at most 200.</summary>
    public IReadOnlyList<DashboardRow> Dashboards { get; init; } = [];
}
