using System.Globalization;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>What can be decided about problems.</summary>
public enum TriageAction
{
    Acknowledge = 0,
    Assign = 1,
    Silence = 2,
}

/// <summary>How pages say what people decided about problems.</summary>
internal static class TriageLabels
{
    /// <summary>The choice of a time of one's own.</summary>
    public const string AtTime = "at";

    /// <summary>The choice of the problem's next change.</summary>
    public const string UntilItChanges = "change";

    /// <summary>Ends to choose from: hours, or one of the two words above.</summary>
    public static IReadOnlyList<(string Value, string Word)> EndsOf(TriageAction action) =>
    [
        ("4", "4 hours"), ("24", "1 day"), ("72", "3 days"), ("168", "1 week"), ("720", "30 days"),
        .. action == TriageAction.Acknowledge ? [(UntilItChanges, "until it changes")] : Array.Empty<(string, string)>(),
        (AtTime, "until a time…"),
    ];

    public static string Verb(TriageAction action) => action switch
    {
        TriageAction.Acknowledge => "Acknowledge",
        TriageAction.Assign => "Assign",
        _ => "Silence",
    };

    /// <summary>"Anna, until 2026-01-15 18:00".</summary>
    public static string Acknowledged(ProblemAcknowledgement acknowledgement, Viewer viewer) =>
        $"Acknowledged by {acknowledgement.By} {(acknowledgement.IsUntilChange ? "until it changes" : $"until {viewer.Minute(acknowledgement.Until)}")}";

    /// <summary>"you", or the name with what keeps that person from looking after it.</summary>
    public static string Assignee(ProblemAssignment assignment, string ownId) => (assignment.PersonId == ownId && ownId.Length > 0 ? "you" : assignment.Name) + assignment.State switch
    {
        AssigneeState.Disabled => " (account disabled)",
        AssigneeState.Deleted => " (account deleted)",
        AssigneeState.WithoutAccess => " (can't see it any more)",
        _ => "",
    };

    public static string Assignees(IReadOnlyList<ProblemAssignment> assignments, string ownId) => Wording.List([.. assignments.Select(assignment => Assignee(assignment, ownId))]);

    /// <summary>"BRN, BSL, NEU and 3 more".</summary>
    public static string Sites(CauseGroup group, int most)
    {
        var named = group.Sites.Take(most).Select(site => site.Length == 0 ? "(no site)" : site);
        return string.Join(' ', named) + (group.SiteCount > most ? $" +{Wording.Number(group.SiteCount - most)}" : "");
    }

    /// <summary>"18 Nov"; with the year where that is another one.</summary>
    public static string Day(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (day, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone));
        return day.ToString(day.Year == today.Year ? "d MMM" : "d MMM yyyy", CultureInfo.InvariantCulture);
    }

    /// <summary>"today 07:40", "yesterday 17:40", "18 Nov 17:40".</summary>
    public static string Moment(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var days = (TimeZoneInfo.ConvertTime(now, zone).Date - local.Date).Days;
        var time = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        return days switch
        {
            0 => $"today {time}",
            1 => $"yesterday {time}",
            _ => $"{Day(at, now, zone)} {time}",
        };
    }

    /// <summary>The symbol of a moment of a problem's life.</summary>
    public static string Icon(ProblemEventKind kind) => kind switch
    {
        ProblemEventKind.Opened or ProblemEventKind.Reopened or ProblemEventKind.StillThere => "cross",
        ProblemEventKind.Worsened or ProblemEventKind.Flapping => "warn",
        ProblemEventKind.RepairBegan or ProblemEventKind.RepairEnded => "wrench",
        ProblemEventKind.Awaited => "clock",
        ProblemEventKind.Resolved => "check",
        ProblemEventKind.Named or ProblemEventKind.Merged => "info",
        ProblemEventKind.Silenced or ProblemEventKind.SilenceEnded => "none",
        _ => "person",
    };

    /// <summary>A moment of a problem's life in a few words.</summary>
    public static string Words(ProblemMomentView moment, Viewer viewer)
    {
        var until = moment.Until is { } end ? $" until {viewer.Minute(end)}" : "";
        return moment.Kind switch
        {
            ProblemEventKind.Opened => "Opened",
            ProblemEventKind.Worsened => "Got worse",
            ProblemEventKind.Named => $"Cause named: {moment.Title}",
            ProblemEventKind.RepairBegan => "Repair started",
            ProblemEventKind.RepairEnded => "Repair ended",
            ProblemEventKind.Awaited => "Waiting for proof",
            ProblemEventKind.StillThere => "Still there",
            ProblemEventKind.Resolved => "Resolved",
            ProblemEventKind.Reopened => "Came back",
            ProblemEventKind.Flapping => "Comes and goes",
            ProblemEventKind.Merged => $"Problem {moment.Detail} became part of it",
            ProblemEventKind.Acknowledged => moment.Detail.Length > 0 ? "Acknowledged until it changes" : $"Acknowledged{until}",
            ProblemEventKind.AcknowledgementEnded => moment.Detail switch
            {
                TriageEndReasons.TakenBack => "Acknowledgement taken back",
                TriageEndReasons.Worsened => "Acknowledgement ended: it got worse",
                TriageEndReasons.ServerJoined => "Acknowledgement ended: another server has it",
                TriageEndReasons.CameBack => "Acknowledgement ended: it came back",
                TriageEndReasons.Changed => "Acknowledgement ended: it changed",
                _ => "Acknowledgement ended",
            },
            ProblemEventKind.Assigned => $"Assigned to {moment.Text}",
            ProblemEventKind.Unassigned => "Assignment taken back",
            ProblemEventKind.Silenced => $"Silenced{until}",
            ProblemEventKind.SilenceEnded => moment.Detail == TriageEndReasons.TakenBack ? "Silence taken back" : "Silence ended",
            ProblemEventKind.Commented => "Commented",
            ProblemEventKind.CommentDeleted => "Comment deleted",
            _ => moment.Kind.ToString(),
        };
    }
}
