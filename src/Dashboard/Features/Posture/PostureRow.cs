using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>A finding about the posture of a server, as pages and the API show it.</summary>
public sealed record PostureRow
{
    public required int ServerId { get; init; }

    public required string ServerName { get; init; }

    public required string Site { get; init; }

    public required PostureFinding Finding { get; init; }

    /// <summary>The date of the table that decided; null where none could be used.</summary>
    public DateTimeOffset? TableDate { get; init; }

    /// <summary>True where that is the agent's own table, because it is newer than the dashboard's.</summary>
    public bool IsFromAgent { get; init; }

    /// <summary>Who accepted it, and until when; null where nobody did, or the end has passed.</summary>
    public PostureAcknowledgement? Acknowledgement { get; init; }
}

/// <summary>What someone says.</summary>
/// <param name="Until">When it ends: later than now, within <see cref="MaximumDays"/> days.</param>
/// <param name="Reason">1 to <see cref="MaximumReasonLength"/> characters.</param>
public sealed record NewPostureAcknowledgement(DateTimeOffset Until, string Reason)
{
    public const int MaximumDays = 365;
    public const int MaximumReasonLength = 500;
}

/// <summary>What came of an acknowledgement of several servers, or of taking it back.</summary>
/// <param name="Finding">Id of the finding.</param>
/// <param name="Servers">Ids of the servers that it holds for now, or no longer does.</param>
/// <param name="LeftOut">Servers that have it too, and that the caller may see but not change.</param>
public sealed record PostureAcknowledgementResult(string Finding, IReadOnlyList<int> Servers, int LeftOut);

/// <summary>A finding, and how many servers have it.</summary>
public sealed record PostureGroup
{
    /// <summary>The finding as the worst of its servers has it.</summary>
    public required PostureFinding Finding { get; init; }

    public bool IsUnsaid => Finding.Answer is PostureAnswer.CannotSay;

    public required int Servers { get; init; }

    /// <summary>Servers of these on which someone has accepted it.</summary>
    public required int Acknowledged { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<PostureRow> First { get; init; }

    /// <summary>In how many sites.</summary>
    public required int Sites { get; init; }

    /// <summary>
    /// By what matters first: kinds in their order, the most severe, the most servers. What can't be said is never among what is found, whatever its kind.
    /// </summary>
    public static IReadOnlyList<PostureGroup> Of(IEnumerable<PostureRow> rows, int listed) =>
    [
        .. rows
            .GroupBy(row => (row.Finding.Id, IsUnsaid: row.Finding.Answer is PostureAnswer.CannotSay))
            .Select(group => new PostureGroup
            {
                Finding = group.MaxBy(row => row.Finding.Severity)!.Finding,
                Servers = group.Select(row => row.ServerId).Distinct().Count(),
                Acknowledged = group.Count(row => row.Acknowledgement is not null),
                Sites = group.Select(row => row.Site).Distinct().Count(),
                First = [.. group.Take(listed)],
            })
            .OrderBy(group => PostureLabels.Rank(group.IsUnsaid, group.Finding.Kind))
            .ThenByDescending(group => group.Finding.Severity)
            .ThenByDescending(group => group.Servers)
            .ThenBy(group => group.Finding.Id, StringComparer.Ordinal),
    ];
}
