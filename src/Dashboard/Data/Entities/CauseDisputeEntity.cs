using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>Someone's word that the cause named for a sync isn't the cause. It changes neither rules nor certainty by itself.</summary>
public sealed class CauseDisputeEntity
{
    public long Id { get; set; }

    public int ServerId { get; set; }

    /// <summary>The agent's id of the run.</summary>
    public required string RunId { get; set; }

    /// <summary>UTC; the word goes with its run when that is past its retention.</summary>
    public DateTime RunStartedAt { get; set; }

    /// <summary>One of the ids of findings: what this dashboard had named.</summary>
    public required string CauseId { get; set; }

    public CauseConfidence Confidence { get; set; }

    /// <summary>What it was instead: one of the ids of findings, or "something-else"; null where that wasn't said.</summary>
    public string? ActualCauseId { get; set; }

    /// <summary>In the person's words, at most 500 characters; may be empty.</summary>
    public string Comment { get; set; } = "";

    public DateTime At { get; set; }

    /// <summary>Name of who said it, as it was then.</summary>
    public required string Who { get; set; }

    /// <summary>The account, however it is named now; empty for the token of the options, which is nobody's.</summary>
    public string PersonId { get; set; } = "";

    /// <summary>Version of the dashboard whose rules had named the cause.</summary>
    public required string ProductVersion { get; set; }

    /// <summary>What the cause was named from, without any name of a server, person or site: a column of JSON, as <c>DisputedCase</c> has it.</summary>
    public required string Case { get; set; }
}
