using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Features.Timelines;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>What the page of one server shows: the server, and what the tab that is open reads of its history; what belongs to other tabs is null.</summary>
public sealed record ServerPageModel(ServerDetail Detail)
{
    /// <summary>Of the overview.</summary>
    public ServerWeek? Week { get; init; }

    public Paged<PairedSync>? Syncs { get; init; }

    public Paged<RepairDetail>? Repairs { get; init; }

    /// <summary>The last day of answers to clients, drawn.</summary>
    public ChartModel? Clients { get; init; }
}

/// <summary>The last days of a server.</summary>
/// <param name="Chart">Drawn: made once a reading.</param>
public sealed record ServerWeek(Timeline Timeline, ChartModel Chart)
{
    /// <param name="timeline">What is kept.</param>
    /// <param name="time">Writes a time in the viewer's zone.</param>
    internal static ServerWeek Of(Timeline timeline, Func<DateTimeOffset, string> time) => new(timeline, WeekChart.Draw(timeline, TimelineItems.Of(timeline), time));
}
