using System.Globalization;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Timelines;

/// <summary>Makes of what is kept the things that stand on the timeline. Pure.</summary>
public static class TimelineItems
{
    /// <summary>Where the pool is stopped its own lane says so; a refusal may be usual.</summary>
    private static readonly string[] NoUse = [nameof(AnswerClass.Misplaced), nameof(AnswerClass.Failed), nameof(AnswerClass.Unavailable), nameof(AnswerClass.NoAnswer)];

    private static readonly string[] Down = ["Stopped", "StopPending", "Paused", "Stopping", "NotInstalled", "Removed"];

    /// <summary>In the order of time.</summary>
    public static IReadOnlyList<TimelineItem> Of(Timeline timeline) =>
    [
        .. timeline.Syncs.Where(sync => sync.IsShown).Select(Sync)
            .Concat(timeline.Repairs.Select(repair => Repair(repair, timeline.To)))
            .Concat(timeline.Actions.Select(Action))
            .Concat(timeline.Events.Where(entry => entry.Kind != ServerEventKind.Other || entry.Level is EventLevel.Critical or EventLevel.Error).Select(Event))
            .Concat(timeline.Changes.Where(change => change.Kind == ChangeKind.Setting).Select(Setting))
            .Concat(timeline.Changes.Where(change => change.Kind == ChangeKind.SoftwareUpdatePoint).Select(UpdatePoint))
            .Concat(Spans(timeline, ChangeKind.Pool, TimelineLane.Pool, change => Down.Contains(change.To), (subject, by) => $"{subject} was stopped{By(by)}"))
            .Concat(Spans(timeline, ChangeKind.Service, TimelineLane.Services, change => Down.Contains(change.To), (subject, by) => $"{subject} was stopped{By(by)}"))
            .Concat(Spans(timeline, ChangeKind.Client, TimelineLane.Errors, change => NoUse.Contains(change.To), (subject, _) => $"Clients got no useful answer from {subject}"))
            .Concat(Spans(timeline, ChangeKind.Outside, TimelineLane.Errors, change => NoUse.Contains(change.To), (subject, _) => $"The dashboard's computer got no useful answer from {subject}"))
            .Concat(Spans(timeline, ChangeKind.Agent, TimelineLane.Agent, change => change.To is not ("Answers" or ""), (_, _) => "The agent didn't answer"))
            .OrderBy(item => item.From),
    ];

    public static string Words(TimelineEvent entry) => entry.Kind switch
    {
        ServerEventKind.MemoryRecycle => $"The pool's worker was recycled because it reached a memory limit (event {entry.EventId})",
        ServerEventKind.PlannedRecycle => $"The pool's worker was recycled or shut down as planned (event {entry.EventId})",
        ServerEventKind.WorkerDied => $"The pool's worker ended unexpectedly (event {entry.EventId})",
        ServerEventKind.PoolDisabled => $"Rapid-fail protection stopped the pool (event {entry.EventId})",
        ServerEventKind.ServerRestart => $"A server restart was requested (event {entry.EventId}){(entry.Message.Length > 0 ? $": {entry.Message}" : "")}",
        ServerEventKind.WebServiceFailing => $"A WSUS web service isn't working (event {entry.EventId})",
        _ => $"{entry.Provider}, event {entry.EventId}{(entry.Message.Length > 0 ? $": {entry.Message}" : "")}",
    };

    private static TimelineItem Sync(TimelineSync sync)
    {
        var look = StateDisplay.Of(sync.Result);
        var duration = sync.EndedAt is { } end ? $" after {Wording.Duration(end - sync.StartedAt)}" : "";
        var cause = sync.CauseTitle is { } title ? $": {title}" : SyncLabels.Repair(sync.RepairTrace) is { } repair ? $" ({repair})" : "";
        return new(TimelineLane.Syncs, sync.StartedAt, sync.EndedAt ?? sync.StartedAt, sync.IsCounted ? look.Tone : Tone.Quiet, $"Sync {look.Word.ToLowerInvariant()}{duration}{cause}{(sync.StoppedBy is { } who ? $" (stopped by {who} with WsusDashboard)" : "")}", sync.RunId);
    }

    private static TimelineItem Repair(TimelineRepair repair, DateTimeOffset end)
    {
        var look = StateDisplay.Of(repair.State);
        return new(TimelineLane.Repairs, repair.StartedAt, repair.EndedAt ?? end, repair.State == RepairState.Succeeded ? Tone.Busy : look.Tone, $"{RepairLabels.Title(repair.Playbook, repair.UndoOf)} by {repair.RequestedBy}: {look.Word.ToLowerInvariant()}{(repair.Reason.Length > 0 ? $" ({repair.Reason})" : "")}", repair.RepairId);
    }

    private static TimelineItem Action(PersonAction action) => new(TimelineLane.Repairs, action.At, null, Tone.Busy, ActionLabels.Of(action));

    private static TimelineItem Event(TimelineEvent entry) => new(
        entry.Kind switch
        {
            ServerEventKind.ServerRestart => TimelineLane.Services,
            ServerEventKind.WebServiceFailing or ServerEventKind.Other => TimelineLane.Errors,
            _ => TimelineLane.Pool,
        },
        entry.At,
        null,
        entry.Kind switch
        {
            ServerEventKind.WorkerDied or ServerEventKind.PoolDisabled or ServerEventKind.WebServiceFailing => Tone.Bad,
            ServerEventKind.PlannedRecycle => Tone.Quiet,
            _ => Tone.Warning,
        },
        Words(entry));

    private static TimelineItem Setting(TimelineChange change)
    {
        var key = change.Subject[(change.Subject.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return new(TimelineLane.Settings, change.At, null, change.By is null ? Tone.Warning : Tone.Busy, $"{RepairLabels.Setting(key)}: {RepairLabels.Value(key, change.From)} → {RepairLabels.Value(key, change.To)}{(change.By is null ? ", not by WsusDashboard" : By(change.By))}");
    }

    private static TimelineItem UpdatePoint(TimelineChange change) => new(TimelineLane.Errors, change.At, null, Tone.Quiet, $"Configuration Manager reports {change.Subject}: {State(change.From)} → {State(change.To)}");

    /// <summary>The agent tells the number that the site gave; a person reads what it means.</summary>
    private static string State(string state) => int.TryParse(state, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? ErrorNumbers.DescribeState(number) : state;

    private static string By(string? who) => who is null ? "" : $" by {who}";

    /// <summary>From the change that begins a state to the next one of the same subject that ends it; a state that goes on ends with the timeline.</summary>
    private static IEnumerable<TimelineItem> Spans(Timeline timeline, ChangeKind kind, TimelineLane lane, Func<TimelineChange, bool> begins, Func<string, string?, string> words)
    {
        foreach (var subject in timeline.Changes.Where(change => change.Kind == kind).GroupBy(change => change.Subject))
        {
            TimelineChange? open = null;
            foreach (var change in subject)
            {
                if (begins(change))
                {
                    open ??= change;
                }
                else if (open is not null)
                {
                    yield return Close(open, change.At);
                    open = null;
                }
            }

            if (open is not null)
            {
                yield return Close(open, timeline.To);
            }
        }

        TimelineItem Close(TimelineChange open, DateTimeOffset end) => new(lane, open.At, end, open.By is null ? Tone.Bad : Tone.Busy, $"{words(open.Subject, open.By)} for {Wording.Duration(end - open.At)}{(open.Detail.Length > 0 ? $" ({open.Detail})" : "")}");
    }
}
