using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>A repair as this dashboard knows it, in pages and in the API: the agent's own record, its server, and how old this copy is.</summary>
/// <param name="ServerId">Its server.</param>
/// <param name="ServerName">Its server's name.</param>
/// <param name="Site">Its server's site.</param>
/// <param name="Repair">The agent's last word about it.</param>
/// <param name="ReadAt">UTC time of that word.</param>
/// <param name="IsStale">True where the run goes on but the agent does not answer at present: what is shown is the last known state.</param>
public sealed record RepairDetail(int ServerId, string ServerName, string Site, Repair Repair, DateTimeOffset ReadAt, bool IsStale);

/// <summary>Which repairs a list shows; newest first.</summary>
public sealed record RepairQuery
{
    public const int MaximumPageSize = 200;

    public int? ServerId { get; init; }
    public string? Site { get; init; }
    public RepairState? State { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>1 to 200.</summary>
    public int PageSize { get; init; } = 50;
}
