namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>What one fleet benchmark measures.</summary>
internal sealed record FleetOptions
{
    public required int Servers { get; init; }

    /// <summary>Dashboards: on PostgreSQL they share one database and the fleet, on SQLite each has a database and an equal part of the servers.</summary>
    public int Hubs { get; init; } = 1;

    /// <summary>The agents open the connections, one to each dashboard.</summary>
    public bool IsOutbound { get; init; }

    public bool IsPostgreSql { get; init; }

    /// <summary>Open pages of each window, for example 1 and then 20.</summary>
    public required IReadOnlyList<int> Pages { get; init; }

    public required int Runs { get; init; }

    public required TimeSpan WarmUp { get; init; }

    public required TimeSpan Window { get; init; }

    /// <summary>Also with a tenth of the servers dead, slow or flapping, and while a hundred syncs run.</summary>
    public bool WithTrouble { get; init; }

    /// <summary>Also in Chromium.</summary>
    public bool WithBrowser { get; init; }

    /// <summary>Several dashboards that share the fleet.</summary>
    public bool IsShared => IsPostgreSql && Hubs > 1;

    public string Database => IsPostgreSql ? "PostgreSQL" : "SQLite";
}
