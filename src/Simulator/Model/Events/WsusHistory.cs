using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Model.Events;

/// <summary>One row of WSUS's own event history (wsus.md, 2.2).</summary>
/// <param name="Number">Rises by one with each row.</param>
/// <param name="InstanceId">Identifies the row.</param>
/// <param name="EventId">381 or 382 start, 384 success, 386 failure, 387 cancelled.</param>
/// <param name="At">UTC.</param>
/// <param name="Text">The reason of a failure, or who started or cancelled.</param>
internal sealed record WsusEventRow(long Number, Guid InstanceId, short EventId, DateTimeOffset At, string Text)
{
    public const short ScheduledStart = 381;
    public const short ManualStart = 382;
    public const short Succeeded = 384;
    public const short Failed = 386;
    public const short Cancelled = 387;

    public bool IsStart => EventId is ScheduledStart or ManualStart;
}

/// <summary>WSUS's own history of synchronizations. Callers hold the model's gate.</summary>
internal sealed class WsusHistory(SeededDraw draw)
{
    // WSUS purges its server events after 90 days; this is three months of one an hour.
    private const int Capacity = 4_400;
    private readonly List<WsusEventRow> _rows = [];
    private long _next = 1;

    public IReadOnlyList<WsusEventRow> Rows => _rows;

    public DateTimeOffset? LastSuccess { get; private set; }

    public void Restore(IEnumerable<WsusEventRow> rows)
    {
        foreach (var row in rows)
        {
            Keep(row);
            _next = Math.Max(_next, row.Number + 1);
        }
    }

    public void Add(short eventId, DateTimeOffset at, string text)
    {
        Keep(new(_next, draw.Identifier("event", _next), eventId, at, text));
        _next++;
        if (_rows.Count > Capacity)
        {
            _rows.RemoveRange(0, Capacity / 10);
        }
    }

    private void Keep(WsusEventRow row)
    {
        _rows.Add(row);
        if (row.EventId == WsusEventRow.Succeeded)
        {
            LastSuccess = row.At;
        }
    }
}
