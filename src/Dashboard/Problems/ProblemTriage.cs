using System.Globalization;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>Somebody knows of a problem.</summary>
/// <param name="At">UTC.</param>
/// <param name="By">Name of who acknowledged it, as it was then.</param>
/// <param name="Until">UTC; it ends then by itself.</param>
/// <param name="IsUntilChange">It ends with the problem's next change, too.</param>
/// <param name="Comment">In the person's words; may be empty.</param>
public sealed record ProblemAcknowledgement(DateTimeOffset At, string By, DateTimeOffset Until, bool IsUntilChange, string Comment);

/// <summary>Nothing alerts for a problem.</summary>
/// <param name="At">UTC.</param>
/// <param name="By">Name of who silenced it, as it was then.</param>
/// <param name="Until">UTC; it ends then by itself.</param>
/// <param name="Reason">In the person's words.</param>
public sealed record ProblemSilence(DateTimeOffset At, string By, DateTimeOffset Until, string Reason);

/// <summary>Whether somebody can look after what is assigned to them.</summary>
public enum AssigneeState
{
    Active = 0,

    /// <summary>The account was disabled.</summary>
    Disabled = 1,

    /// <summary>The account was deleted.</summary>
    Deleted = 2,

    /// <summary>The person's roles don't reach all of the sites any more.</summary>
    WithoutAccess = 3,
}

/// <summary>Somebody is to look after a problem.</summary>
/// <param name="At">UTC.</param>
/// <param name="By">Name of who assigned it, as it was then.</param>
/// <param name="PersonId">The account.</param>
/// <param name="Name">Its name now; as it was then where it was deleted.</param>
public sealed record ProblemAssignment(DateTimeOffset At, string By, string PersonId, string Name, AssigneeState State);

/// <summary>What people decided about a problem for its servers of one site; what a row keeps. Whether an end has passed is asked at each look. Immutable.</summary>
internal sealed record ProblemTriage(long ProblemId, string Site, long Revision)
{
    public ProblemAcknowledgement? Acknowledgement { get; init; }

    public ProblemAssignment? Assignment { get; init; }

    public ProblemSilence? Silence { get; init; }

    public bool IsAcknowledgedAt(DateTimeOffset at) => Acknowledgement?.Until > at;

    public bool IsSilencedAt(DateTimeOffset at) => Silence?.Until > at;

    /// <summary>An end has passed and is not in the row yet.</summary>
    public bool IsDueAt(DateTimeOffset at) => Acknowledgement?.Until <= at || Silence?.Until <= at;

    public static ProblemTriage Of(ProblemTriageEntity row) => new(row.ProblemId, row.Site, row.Revision)
    {
        Acknowledgement = row is { AcknowledgedAt: { } acknowledged, AcknowledgedUntil: { } end } ? new(acknowledged.ToOffset(), row.AcknowledgedBy, end.ToOffset(), row.IsUntilChange, row.AcknowledgementComment) : null,
        Assignment = row is { AssignedAt: { } assigned, AssigneeId: { } person } ? new(assigned.ToOffset(), row.AssignedBy, person, row.AssigneeName, AssigneeState.Active) : null,
        Silence = row is { SilencedAt: { } silenced, SilencedUntil: { } until } ? new(silenced.ToOffset(), row.SilencedBy, until.ToOffset(), row.SilenceReason) : null,
    };

    /// <summary>
    /// What was decided for these sites, as a short text that is another one after each change of it: what a person answers who wants to change only what was shown.
    /// "0" where nothing is in force.
    /// </summary>
    public static string RevisionOf(IEnumerable<long> revisions) => revisions.Aggregate(0L, (sum, revision) => sum ^ revision).ToString("x", CultureInfo.InvariantCulture);

    /// <summary>A number that no other state of the row had.</summary>
    public static long NextRevision() => Random.Shared.NextInt64(1, long.MaxValue);
}

/// <summary>What people decided about a problem, as somebody sees it who may see some of its sites.</summary>
internal sealed record VisibleTriage
{
    public static VisibleTriage None { get; } = new();

    /// <summary>The one that ends first; null where a visible site that has the problem has none.</summary>
    public ProblemAcknowledgement? Acknowledgement { get; private init; }

    /// <summary>Acknowledged for some of the visible sites, but not for all.</summary>
    public bool IsPartlyAcknowledged { get; private init; }

    /// <summary>Each person once; nearly always one.</summary>
    public IReadOnlyList<ProblemAssignment> Assignments { get; private init; } = [];

    /// <summary>The one that ends first; null where a visible site that has the problem has none.</summary>
    public ProblemSilence? Silence { get; private init; }

    public string Revision { get; private init; } = "0";

    /// <param name="triages">Of the problem, for any site.</param>
    /// <param name="sites">Visible sites that have the problem now; empty where it is resolved: then nothing is in force.</param>
    /// <param name="now">UTC.</param>
    /// <param name="asTheyAre">An assignment with the person's name and state of now; given the sites that it is for.</param>
    public static VisibleTriage Of(IReadOnlyList<ProblemTriage> triages, IReadOnlyCollection<string> sites, DateTimeOffset now, Func<ProblemAssignment, IReadOnlyCollection<string>, ProblemAssignment> asTheyAre)
    {
        if (triages.Count == 0)
        {
            return None;
        }

        var visible = triages.Where(triage => sites.Contains(triage.Site)).ToList();
        var acknowledged = visible.FindAll(triage => triage.IsAcknowledgedAt(now));
        var silenced = visible.FindAll(triage => triage.IsSilencedAt(now));
        return new()
        {
            Acknowledgement = acknowledged.Count == sites.Count ? acknowledged.MinBy(triage => triage.Acknowledgement!.Until)?.Acknowledgement : null,
            IsPartlyAcknowledged = acknowledged.Count > 0 && acknowledged.Count < sites.Count,
            Assignments =
            [
                .. visible.Where(triage => triage.Assignment is not null)
                    .GroupBy(triage => triage.Assignment!.PersonId)
                    .Select(same => asTheyAre(same.First().Assignment!, [.. same.Select(triage => triage.Site)]))
                    .OrderBy(assignment => assignment.Name, StringComparer.OrdinalIgnoreCase),
            ],
            Silence = silenced.Count == sites.Count ? silenced.MinBy(triage => triage.Silence!.Until)?.Silence : null,
            Revision = ProblemTriage.RevisionOf(visible.Select(triage => triage.Revision)),
        };
    }
}
