using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>Why something is asked for; may be absent.</summary>
public record PurposeJson
{
    /// <summary>In words.</summary>
    [AtMost(Purpose.MaximumReasonLength)]
    public string? Reason { get; init; }

    /// <summary>Its number; absent: one that stands in the reason.</summary>
    [AtMost(Purpose.MaximumTicketLength)]
    public string? Ticket { get; init; }
}

/// <summary>The body of POST servers/{id}/plan.</summary>
public sealed record PlanJson
{
    /// <summary>Absent: the one that fixes the server's leading cause; where none does, there is no plan (409).</summary>
    [PlaybookId]
    public string? Playbook { get; init; }

    /// <summary>Absent: the server's own.</summary>
    [BaselineId]
    public string? Baseline { get; init; }

    /// <summary>True: with the baseline's values that aren't safe on this server; see the plan's deviations.</summary>
    public bool IncludeRisky { get; init; }
}

/// <summary>The body of POST servers/{id}/repairs.</summary>
public sealed record StartJson : PurposeJson
{
    /// <summary>Absent: the one that fixes the server's leading cause; where none does, nothing is started (409).</summary>
    [PlaybookId]
    public string? Playbook { get; init; }

    /// <summary>Absent: the server's own.</summary>
    [BaselineId]
    public string? Baseline { get; init; }

    /// <summary>True: with the baseline's values that aren't safe on this server; see the plan's deviations.</summary>
    public bool IncludeRisky { get; init; }

    /// <summary>Of the plan that was looked at; where the server changed since, nothing is started (409).</summary>
    [AtMost(100)]
    public string? Fingerprint { get; init; }
}
