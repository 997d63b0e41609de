using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Features.History;

namespace WsusDashboard.Dashboard.Features.Timelines;

/// <summary>The last days of a server on one axis: its syncs, what happened to its pool, memory against the limit, and refused requests.</summary>
public static class WeekChart
{
    public const int Days = 7;

    /// <summary>A click as near to a synchronization as this is meant for it; on a long axis, nearer than a two-hundredth of it.</summary>
    private static readonly TimeSpan ClickNear = TimeSpan.FromMinutes(3);

    /// <param name="timeline">What is kept.</param>
    /// <param name="items">The same, as <see cref="TimelineItems.Of"/> makes them.</param>
    /// <param name="time">Writes a time in the viewer's zone.</param>
    public static ChartModel Draw(Timeline timeline, IReadOnlyList<TimelineItem> items, Func<DateTimeOffset, string> time) =>
        TimelineChart.Draw(timeline, [.. items.Where(item => TimelineShape.Compact.Lanes.Contains(item.Lane))], focus: null, time, TimelineShape.Compact);

    /// <summary>The synchronization at a place of a timeline that was clicked; null where there is none.</summary>
    public static TimelineSync? FindSync(Timeline timeline, ChartPlace place)
    {
        if ((int)Math.Round(place.Y) != (int)TimelineLane.Syncs || double.IsNaN(place.X))
        {
            return null;
        }

        var at = DateTimeOffset.FromUnixTimeMilliseconds((long)place.X);
        var near = Math.Max(ClickNear.TotalSeconds, (timeline.To - timeline.From).TotalSeconds / 200);
        return timeline.Syncs
            .Where(sync => sync.IsShown && (sync.StartedAt - at).TotalSeconds <= near && (at - (sync.EndedAt ?? sync.StartedAt)).TotalSeconds <= near)
            .MinBy(sync => (sync.StartedAt - at).Duration());
    }
}
