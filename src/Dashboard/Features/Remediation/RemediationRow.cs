using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Remediation;

/// <summary>A repair as this dashboard knows it: the agent's run, and how old this copy is.</summary>
/// <param name="ServerId">Its server.</param>
/// <param name="ServerName">Its server's name.</param>
/// <param name="Site">Its server's site.</param>
/// <param name="Run">The agent's last word about it.</param>
/// <param name="ReadAt">UTC time of that word.</param>
/// <param name="IsStale">True where the run goes on but the agent does not answer at present: what is shown is the last known state.</param>
public sealed record RemediationDetail(int ServerId, string ServerName, string Site, RemediationRun Run, DateTimeOffset ReadAt, bool IsStale);

/// <summary>One repair in a list.</summary>
public sealed record RemediationRow
{
    public required string RunId { get; init; }
    public required int ServerId { get; init; }
    public required string ServerName { get; init; }
    public required string Site { get; init; }
    public required string Playbook { get; init; }
    public required string Baseline { get; init; }
    public RunState State { get; init; }
    public string RequestedBy { get; init; } = "";
    public string Reason { get; init; } = "";
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The verification's sentence, or what failed; empty while it runs.</summary>
    public string Sentence { get; init; } = "";

    public bool CanUndo { get; init; }
    public string UndoOf { get; init; } = "";
    public string UndoneBy { get; init; } = "";
}

/// <summary>Which repairs a list shows; newest first.</summary>
public sealed record RemediationQuery
{
    public const int MaximumPageSize = 200;

    public int? ServerId { get; init; }
    public string? Site { get; init; }
    public RunState? State { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>1 to 200.</summary>
    public int PageSize { get; init; } = 50;
}
