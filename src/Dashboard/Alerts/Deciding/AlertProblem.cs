using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>A problem that is there now, as the decision needs it. Immutable.</summary>
/// <param name="Id">Of the problem.</param>
/// <param name="Kind">What its servers have in common.</param>
/// <param name="CauseId">Id of the cause.</param>
/// <param name="Title">The cause in a few words.</param>
/// <param name="Subject">What its servers have in common, for a person; empty for a server's own.</param>
/// <param name="GroupKey">The same for the rules; empty for a server's own.</param>
/// <param name="Members">The servers that have it, at least one.</param>
internal sealed record AlertProblem(long Id, ProblemKind Kind, string CauseId, string Title, string Subject, string GroupKey, IReadOnlyList<AlertMember> Members);

/// <summary>A server that has a problem now. Immutable.</summary>
internal sealed record AlertMember
{
    public required int ServerId { get; init; }

    public required string ServerName { get; init; }

    public required string Site { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Of the cause on this server.</summary>
    public required string CauseId { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>UTC; since when it is so on the server.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>UTC; when it became a problem here, or came back.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>It comes and goes.</summary>
    public bool IsFlapping { get; init; }

    public bool IsAcknowledged { get; init; }

    /// <summary>Somebody decided that nothing alerts for it.</summary>
    public bool IsSilenced { get; init; }

    /// <summary>Who acknowledged it; empty where nobody did.</summary>
    public string AcknowledgedBy { get; init; } = "";
}
