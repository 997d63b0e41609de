using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Wall;

/// <summary>What a screen shows of the fleet. Pure; equal where a person would see no difference.</summary>
public sealed record WallView
{
    /// <summary>Groups beyond that are counted, not shown.</summary>
    private const int MaximumGroups = 6;

    /// <summary>Cells beyond that are too small to see from five metres: sites then are one cell each.</summary>
    private const int MaximumCells = 400;

    private static readonly TimeSpan FreshSync = TimeSpan.FromHours(24);

    /// <summary>Servers that need someone: critical, warning, or silent.</summary>
    public required int NeedSomeone { get; init; }

    public required int Critical { get; init; }

    public required int Silent { get; init; }

    public required int Total { get; init; }

    /// <summary>Servers with a good sync in the last 24 hours, in percent; null where there are no servers.</summary>
    public required int? FreshPercent { get; init; }

    /// <summary>Causes, the most frequent first.</summary>
    public required ValueList<CauseCount> Groups { get; init; }

    public required int MoreGroups { get; init; }

    /// <summary>Sites in alphabetical order.</summary>
    public required ValueList<WallSite> Sites { get; init; }

    public static WallView Of(IReadOnlyList<LiveServer> servers, DateTimeOffset now)
    {
        var counts = FleetCounts.Of(servers);
        var causes = CauseCount.Of(servers);
        var fresh = servers.Count(server => now - new DateTimeOffset(server.Status.LastGoodSyncAt ?? DateTime.UnixEpoch, TimeSpan.Zero) <= FreshSync);
        return new()
        {
            NeedSomeone = counts.Critical.Count + counts.Warning.Count + counts.Unreachable.Count,
            Critical = counts.Critical.Count,
            Silent = counts.Unreachable.Count,
            Total = counts.Total,
            FreshPercent = servers.Count == 0 ? null : (int)Math.Floor(100.0 * fresh / servers.Count),
            Groups = [.. causes.Take(MaximumGroups)],
            MoreGroups = Math.Max(0, causes.Count - MaximumGroups),
            Sites = [.. servers.GroupBy(server => server.Site).OrderBy(site => site.Key, StringComparer.Ordinal).Select(site => WallSite.Of(site.Key, [.. site], isWhole: servers.Count > MaximumCells))],
        };
    }
}

/// <summary>A site's row of the map.</summary>
/// <param name="Name">The site.</param>
/// <param name="Servers">How many it has.</param>
/// <param name="Cells">One a server, worst first; one for all of them where the fleet is large.</param>
public sealed record WallSite(string Name, int Servers, ValueList<WallCell> Cells)
{
    internal static WallSite Of(string name, IReadOnlyList<LiveServer> servers, bool isWhole)
    {
        var worstFirst = servers.OrderByDescending(server => server.Status.Health == Health.Unreachable ? Health.Critical : server.Status.Health).ThenBy(server => server.Name, StringComparer.OrdinalIgnoreCase).Select(server => new WallCell(server.Name, StateDisplay.Of(server)));
        return new(name, servers.Count, [.. isWhole ? worstFirst.Take(1) : worstFirst]);
    }
}

/// <summary>A server on the map.</summary>
public sealed record WallCell(string Name, StateDisplay State);
