using System.Text.Json.Serialization;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>Someone's word that a named cause isn't the cause, as pages and the API show it.</summary>
public sealed record CauseDispute
{
    public required long Id { get; init; }

    public required int ServerId { get; init; }

    public required string ServerName { get; init; }

    public required string Site { get; init; }

    /// <summary>The agent's id of the run.</summary>
    public required string RunId { get; init; }

    public required DateTimeOffset RunStartedAt { get; init; }

    /// <summary>Id of the cause that was named.</summary>
    public required string Cause { get; init; }

    /// <summary>How sure the rules were.</summary>
    public required CauseConfidence Confidence { get; init; }

    /// <summary>Id of what it was instead, or "something-else"; null where that wasn't said.</summary>
    public string? ActualCause { get; init; }

    /// <summary>In the person's words; may be empty.</summary>
    public string Comment { get; init; } = "";

    public required DateTimeOffset At { get; init; }

    /// <summary>Who said it.</summary>
    public required string By { get; init; }

    /// <summary>Version of the dashboard that had named the cause.</summary>
    public required string ProductVersion { get; init; }

    /// <summary>True where the caller may take it back: its author, or an administrator of the site.</summary>
    public bool IsUndoable { get; init; }
}

/// <summary>Which of them, and which page.</summary>
public sealed record CauseDisputeQuery
{
    public const int MaximumPageSize = 200;
    public const int MaximumCauseLength = 100;

    public int? ServerId { get; init; }

    public string? Site { get; init; }

    /// <summary>Id of the cause that was named.</summary>
    public string? Cause { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public int PageSize { get; init; } = 50;
}

/// <summary>What someone says.</summary>
/// <param name="Cause">Id of the cause that isn't it; null = the first that is named.</param>
/// <param name="ActualCause">Id of what it was, or <see cref="SomethingElse"/>; null = not said.</param>
/// <param name="Comment">At most <see cref="MaximumCommentLength"/> characters; may be empty.</param>
public sealed record NewCauseDispute(string? Cause, string? ActualCause, string Comment)
{
    public const string SomethingElse = "something-else";
    public const int MaximumCommentLength = 500;

    /// <summary>What it can have been: every known cause, and that it was none of them.</summary>
    public static IReadOnlyList<string> ActualCauses { get; } = [.. FindingIds.Causes.Where(id => id != FindingIds.UnknownCause), SomethingElse];
}

/// <summary>What a disputed cause was named from. It holds no name of a server, a person or a site: lines are what <see cref="AnonymousLine"/> leaves of them.</summary>
public sealed record DisputedCase
{
    public static DisputedCase Empty { get; } = new();

    public SyncSource Source { get; init; }

    public SyncResult Result { get; init; }

    /// <summary>Numbers and names of its error, as logs write them: "407", "0x80072EFE", "UssNotFound".</summary>
    public IReadOnlyList<string> ErrorNumbers { get; init; } = [];

    /// <summary>Every cause that was listed, the most probable first.</summary>
    public IReadOnlyList<DisputedRank> Causes { get; init; } = [];

    public IReadOnlyList<DisputedEvidence> Evidence { get; init; } = [];

    public IReadOnlyList<DisputedLine> Lines { get; init; } = [];

    /// <summary>Good syncs that the lines were compared with; 0 = none.</summary>
    public int GoodRunsRead { get; init; }
}

/// <summary>One of the causes that were listed.</summary>
public sealed record DisputedRank(string Cause, CauseConfidence Confidence);

/// <summary>A piece of evidence of a cause.</summary>
/// <param name="Id">What was looked at and where, as words joined by hyphens: the same for the same kind of evidence.</param>
public sealed record DisputedEvidence(string Id, string Cause, EvidenceDirection Speaks);

/// <summary>A log line without names, numbers and times.</summary>
/// <param name="Log">The log's name.</param>
/// <param name="Text">The words of it that the product knows.</param>
/// <param name="GoodRuns">In how many good syncs the same line stands.</param>
public sealed record DisputedLine(string Log, string Text, int GoodRuns);

/// <summary>One of them in a file that may be given away: no server, no site, no person.</summary>
public sealed record ExportedDispute
{
    public required long Id { get; init; }

    /// <summary>The day on which it was said, UTC.</summary>
    public required DateOnly Day { get; init; }

    public required string ProductVersion { get; init; }

    public required string Cause { get; init; }

    public required CauseConfidence Confidence { get; init; }

    public string? ActualCause { get; init; }

    public required DisputedCase Case { get; init; }

    /// <summary>Absent unless comments were asked for: they are free text, and may name anybody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Comment { get; init; }
}
