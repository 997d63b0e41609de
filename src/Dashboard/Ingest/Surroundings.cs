using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>How the servers around one fared when a run of it failed.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">UTC time of the look.</param>
/// <param name="Upstream">The server that it takes its updates from, where that is watched.</param>
/// <param name="Fleet">Servers that synchronize from the same place by themselves.</param>
internal sealed record Surroundings(string RunId, DateTimeOffset At, UpstreamView? Upstream, OtherServers? Fleet)
{
    private static readonly TimeSpan SameHour = TimeSpan.FromHours(1);

    /// <summary>Where more than so many fail, their number speaks for an outage.</summary>
    private const double MostThatAreNoOutage = 0.5;

    /// <summary>A problem may be seen a little later than the run that it ended.</summary>
    private static readonly TimeSpan SeenLate = TimeSpan.FromMinutes(2);

    /// <summary>The update point of its site, where that is another server that is watched.</summary>
    public UpdatePointView? UpdatePoint { get; init; }

    public static Surroundings None { get; } = new("", default, null, null);

    /// <summary>Looks at the other servers at the time of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="own">Its server.</param>
    /// <param name="all">The fleet.</param>
    /// <param name="outages">Outages of Microsoft Update that the whole fleet tells of.</param>
    /// <param name="now">UTC.</param>
    public static Surroundings Of(SyncRun run, Live.LiveServer own, IEnumerable<Live.LiveServer> all, IReadOnlyList<Outage> outages, DateTimeOffset now)
    {
        var end = run.EndedAt ?? run.StartedAt;
        var source = own.Snapshot?.Wsus.Value?.Source ?? "";
        var others = all.Where(server => server.Id != own.Id).ToList();
        if (FindUpdatePoint(own, others, end) is { } point)
        {
            return new(run.Id, now, null, null) { UpdatePoint = point };
        }

        if (source.Length > 0 && !OutageDetection.IsMicrosoft(source))
        {
            return new(run.Id, now, others.Find(server => IsNamed(server, source)) is { } upstream ? ViewOf(upstream, source, end) : null, null);
        }

        return new(run.Id, now, null, FleetOf(others, outages.Where(outage => outage.Holds(own.Id, end)).MaxBy(outage => outage.ServerIds.Count), end));
    }

    /// <summary>
    /// How the others say it: all of an outage, this one among them; else how many failed. Where nearly all did, but not in enough places or on enough ways, they can't tell
    /// whether Microsoft is at fault: what they have in common may be.
    /// </summary>
    private static OtherServers? FleetOf(List<Live.LiveServer> others, Outage? outage, DateTimeOffset end)
    {
        if (outage is not null)
        {
            return new(outage.ServerIds.Count, outage.ServerIds.Count);
        }

        var near = others.Where(server => OutageDetection.IsMicrosoft(server.Snapshot?.Wsus.Value?.Source ?? ""))
            .Select(server => server.RecentSyncs.FirstOrDefault(other => other.Result is SyncResult.Succeeded or SyncResult.Failed && ((other.EndedAt ?? other.StartedAt) - end).Duration() <= SameHour) is { } other
                ? (IsFailing: other.Result is SyncResult.Failed, WasWell: server.RecentSyncs.FirstOrDefault(before => before.StartedAt < other.StartedAt)?.Result is SyncResult.Succeeded)
                : ((bool IsFailing, bool WasWell)?)null)
            .OfType<(bool IsFailing, bool WasWell)>()
            .ToList();

        var failing = near.Count(server => server.IsFailing && server.WasWell);
        return near.Count == 0 || failing > near.Count * MostThatAreNoOutage ? null : new(near.Count, failing);
    }

    private static UpstreamView ViewOf(Live.LiveServer upstream, string name, DateTimeOffset end)
    {
        var last = upstream.RecentSyncs.FirstOrDefault(run => run.EndedAt <= end);
        var cause = last?.Result is SyncResult.Failed or SyncResult.Cancelled ? upstream.Status.CauseTitle : null;

        return new UpstreamView(name, last?.Result ?? SyncResult.Unknown, last?.EndedAt, upstream.Link.State is Live.LinkState.Up, cause);
    }

    /// <summary>Of several the one that has a problem.</summary>
    private static UpdatePointView? FindUpdatePoint(Live.LiveServer own, List<Live.LiveServer> others, DateTimeOffset end) => own.Snapshot is not { } snapshot
        ? null
        : RemoteUpdatePoints.Of(snapshot)
            .Select(name => others.Find(server => server.Snapshot is { Agent: var agent } && RemoteUpdatePoints.IsNamed(name, agent.FullyQualifiedName, agent.ComputerName)))
            .OfType<Live.LiveServer>()
            .Select(server => ViewOfPoint(server, end))
            .OrderByDescending(view => view.CauseTitle is not null).ThenBy(view => view.IsReachable)
            .FirstOrDefault();

    /// <summary>What is wrong there now says something about a run only where it was so at its end.</summary>
    private static UpdatePointView ViewOfPoint(Live.LiveServer point, DateTimeOffset end)
    {
        var since = point.Status.HealthSince?.ToOffset();
        var leading = point.Assessment?.Leading is { IsCause: true, Id: not FindingIds.UnknownCause } cause && since <= end + SeenLate ? cause : null;
        return new(point.Name, point.Link.State is Live.LinkState.Up, leading?.Title, leading is null ? null : since);
    }

    private static bool IsNamed(Live.LiveServer server, string source) => server.Snapshot?.Agent is { } agent
        && (string.Equals(agent.FullyQualifiedName, source, StringComparison.OrdinalIgnoreCase) || string.Equals(agent.ComputerName, source.Split('.')[0], StringComparison.OrdinalIgnoreCase));
}
