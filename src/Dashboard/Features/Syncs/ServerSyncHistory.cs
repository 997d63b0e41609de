using System.Globalization;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Which synchronizations a list shows.</summary>
public sealed record SyncQuery
{
    public const int MaximumPageSize = 200;

    /// <summary>Null = all servers.</summary>
    public int? ServerId { get; init; }

    public string? Site { get; init; }

    public SyncResult? Result { get; init; }

    public SyncSource? Source { get; init; }

    /// <summary>UTC; runs that started at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>UTC; runs that started before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>False: also the second view of a synchronization that both WSUS and Configuration Manager saw.</summary>
    public bool CountedOnly { get; init; }

    /// <summary>From 1; newest first.</summary>
    public int Page { get; init; } = 1;

    /// <summary>1 to 200.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>The runs of a query, as a file.</summary>
    public string ToCsvUri() => Links.With(
        "/api/v1/syncs.csv",
        ("server", ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("site", Site),
        ("result", Result?.ToString().ToLowerInvariant()),
        ("from", From?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        ("to", To?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
}

/// <summary>One synchronization in a list.</summary>
public sealed record SyncRow
{
    public required int ServerId { get; init; }

    public required string ServerName { get; init; }

    public required string Site { get; init; }

    public required SyncRun Run { get; init; }

    /// <summary>The cause that the rules named when it ended; null where none is known (history from before the server was watched).</summary>
    public string? CauseId { get; init; }

    public string? CauseTitle { get; init; }

    /// <summary>False for the second view of a synchronization that both WSUS and Configuration Manager saw (only one of them is counted), and for what a repair broke.</summary>
    public bool IsCounted { get; init; }

    /// <summary>The repair that started it or cut it off; null where none did.</summary>
    public string? RepairId { get; init; }

    /// <summary>What that repair has to do with it.</summary>
    public RepairTrace RepairTrace { get; init; }

    public static SyncRow Of(SyncRunEntity entity, string serverName, string site) => new()
    {
        ServerId = entity.ServerId,
        ServerName = serverName,
        Site = site,
        Run = SyncRunStore.ToRun(entity),
        CauseId = entity.CauseId,
        CauseTitle = entity.CauseTitle,
        IsCounted = entity.IsCounted,
        RepairId = entity.RepairId,
        RepairTrace = entity.RepairTrace,
    };
}

/// <summary>Synchronizations of a range of days, counted.</summary>
public sealed record ServerSyncHistory
{
    /// <summary>7, 30 or 90.</summary>
    public required int DayCount { get; init; }

    /// <summary>Oldest first; each day is there, those without a synchronization too.</summary>
    public required IReadOnlyList<SyncDay> Days { get; init; }

    /// <summary>The strip: one row for each site, with the same days.</summary>
    public required IReadOnlyList<SiteDays> Sites { get; init; }

    /// <summary>What the rules named as causes of those that did not succeed, most frequent first.</summary>
    public required IReadOnlyList<SyncCause> Causes { get; init; }

    /// <summary>Those that did not succeed and whose cause is not known.</summary>
    public int WithoutKnownCause { get; init; }

    /// <summary>Failed and cancelled among those that ended, 0 to 1; null where none ended.</summary>
    public double? FailureRate { get; init; }

    /// <summary>Longest time between two good synchronizations of one server (or since its last one); null where there are none.</summary>
    public SyncGap? LongestGap { get; init; }

    /// <summary>Mean time from the first failure to the next success, on one server; null where there was no such pair.</summary>
    public TimeSpan? MeanTimeToRepair { get; init; }

    /// <summary>Failures that a success followed: what <see cref="MeanTimeToRepair"/> is the mean of.</summary>
    public int RepairedCount { get; init; }
}
