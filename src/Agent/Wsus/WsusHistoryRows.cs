using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Wsus;

/// <summary>Makes synchronizations out of start and end events.</summary>
internal static class WsusHistoryRows
{
    /// <summary>Each start is paired with the next end. A start without an end is running where it is the newest, else unknown.</summary>
    /// <returns>Oldest first.</returns>
    public static IReadOnlyList<SyncRun> Pair(IEnumerable<WsusHistoryEvent> events)
    {
        List<SyncRun> runs = [];
        SyncRun? open = null;

        // Within one moment an end comes before the start of the next run.
        foreach (var item in events.OrderBy(item => item.At).ThenBy(item => IsStart(item) ? 1 : 0))
        {
            if (IsStart(item))
            {
                if (open is not null)
                {
                    runs.Add(open with { Result = SyncResult.Unknown });
                }

                open = Begin(item);
            }
            else if (open is not null)
            {
                runs.Add(End(open, item));
                open = null;
            }
        }

        if (open is not null)
        {
            runs.Add(open);
        }

        return runs;
    }

    private static bool IsStart(WsusHistoryEvent item) => item.EventId is WsusEventIds.ScheduledStart or WsusEventIds.ManualStart;

    private static SyncRun Begin(WsusHistoryEvent start) => new()
    {
        Id = "wsus-" + start.InstanceId.ToString("N"),
        Source = SyncSource.Wsus,
        Trigger = start.EventId == WsusEventIds.ScheduledStart ? SyncTrigger.Scheduled : SyncTrigger.Manual,
        StartedAt = start.At,
        Result = SyncResult.Running,
    };

    private static SyncRun End(SyncRun open, WsusHistoryEvent end) => open with
    {
        EndedAt = end.At,
        Result = end.EventId switch
        {
            WsusEventIds.Succeeded => SyncResult.Succeeded,
            WsusEventIds.Failed => SyncResult.Failed,
            WsusEventIds.Cancelled => SyncResult.Cancelled,
            _ => SyncResult.Unknown,
        },
        ErrorCode = end.EventId == WsusEventIds.Succeeded ? 0 : end.ErrorCode,
        ErrorText = end.EventId == WsusEventIds.Failed ? end.ErrorText : "",
    };
}
