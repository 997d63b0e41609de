using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>What several servers have in common that have one problem for one reason.</summary>
/// <param name="Key">The same for all of them, and for as long as the reason is the same.</param>
/// <param name="Kind">What they have in common.</param>
/// <param name="Subject">For a person: a server's name, a site, a network.</param>
/// <param name="RootServerId">The upstream server that it comes from, where that is watched.</param>
internal sealed record ProblemGroup(string Key, ProblemKind Kind, string Subject, int? RootServerId = null);

/// <summary>
/// Which problems of a fleet are one: the failure of an upstream server with those below it, an outage of Microsoft, servers that fell silent together.
/// Pure: made from all servers at one moment.
/// </summary>
internal sealed class ProblemGroups
{
    /// <summary>Servers that fall silent further apart than this did not do so for one reason.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMinutes(5);

    private const int FewestServers = 3;

    /// <summary>So large a part of a site or a network is silent that it is the way there, not the servers.</summary>
    private const double MostOfThem = 0.7;

    private static readonly HashSet<string> UpstreamCauses = [FindingIds.UpstreamFailing, FindingIds.UpstreamBehind];

    private readonly Dictionary<(int ServerId, string CauseId), ProblemGroup> _groups = [];

    private ProblemGroups()
    {
    }

    /// <summary>Null where the problem is the server's own.</summary>
    public ProblemGroup? Find(int serverId, string causeId) => _groups.GetValueOrDefault((serverId, causeId));

    public static ProblemGroups Of(IReadOnlyCollection<ServerReading> fleet)
    {
        var groups = new ProblemGroups();
        groups.AddSilent(fleet);
        groups.AddOutage(fleet);
        groups.AddUpstream(fleet);
        return groups;
    }

    private void AddOutage(IReadOnlyCollection<ServerReading> fleet)
    {
        foreach (var reading in fleet.Where(reading => Stands(reading, FindingIds.MicrosoftOutage)))
        {
            _groups[(reading.Server.Id, FindingIds.MicrosoftOutage)] = new("outage:microsoft", ProblemKind.Outage, "Microsoft Update");
        }
    }

    private void AddUpstream(IReadOnlyCollection<ServerReading> fleet)
    {
        // Nearly always nobody is below a failing server: the tree is not worth its price then.
        if (!fleet.Any(reading => reading.Standing.Any(cause => HierarchyTree.IsInherited(cause.Id))))
        {
            return;
        }

        var byId = fleet.ToDictionary(reading => reading.Server.Id);
        foreach (var node in HierarchyTree.Build([.. fleet.Select(reading => LiveHierarchy.ToServer(reading.Server)).OrderBy(server => server.Id)]).All)
        {
            var reading = byId[node.Server.Id];
            var inherited = reading.Standing.Where(cause => HierarchyTree.IsInherited(cause.Id)).ToList();
            if (node.ExplainedBy is { } rootId)
            {
                var group = GroupOf(byId[rootId]);
                inherited.ForEach(cause => _groups.TryAdd((node.Server.Id, cause.Id), group));
            }
            else if (node.Server.Source.Length > 0 && inherited.Find(cause => UpstreamCauses.Contains(cause.Id)) is { } stranger)
            {
                // An upstream server that nobody watches, or one that seems well.
                var name = node.Server.Source.ToLowerInvariant();
                _groups.TryAdd((node.Server.Id, stranger.Id), new($"source:{name}", ProblemKind.Upstream, node.Server.Source));
            }
        }
    }

    /// <summary>The group of a failing upstream server's own problem; that problem is in it too.</summary>
    private ProblemGroup GroupOf(ServerReading root)
    {
        var group = new ProblemGroup(string.Create(CultureInfo.InvariantCulture, $"upstream:{root.Server.Id}"), ProblemKind.Upstream, root.Server.Name, root.Server.Id);
        if (root.Standing.FirstOrDefault(cause => !PostureCauses.IsOne(cause.Id)) is not { } leading)
        {
            return group;
        }

        var key = (root.Server.Id, leading.Id);
        if (_groups.TryGetValue(key, out var known))
        {
            return known;
        }

        _groups[key] = group;
        return group;
    }

    private void AddSilent(IReadOnlyCollection<ServerReading> fleet)
    {
        var silent = fleet.Where(reading => Stands(reading, FindingIds.AgentUnreachable)).ToList();
        if (silent.Count < FewestServers)
        {
            return;
        }

        // The widest reason first: where nearly all are silent, it is this dashboard's own way to them.
        if (!TryAddSegment(fleet, silent, new("segment:all", ProblemKind.Segment, "the network")))
        {
            AddSegments(fleet, silent, reading => reading.Server.Site.Length == 0 ? null : new($"segment:site:{reading.Server.Site}", ProblemKind.Segment, $"site {reading.Server.Site}"));
            AddSegments(fleet, silent, reading => NetworkOf(reading.Server.Address) is { } network ? new($"segment:network:{network}", ProblemKind.Segment, network) : null);
        }
    }

    private void AddSegments(IReadOnlyCollection<ServerReading> fleet, List<ServerReading> silent, Func<ServerReading, ProblemGroup?> segmentOf)
    {
        foreach (var group in silent.Select(segmentOf).OfType<ProblemGroup>().Distinct().ToList())
        {
            TryAddSegment([.. fleet.Where(reading => segmentOf(reading) == group)], [.. silent.Where(reading => segmentOf(reading) == group)], group);
        }
    }

    private bool TryAddSegment(IReadOnlyCollection<ServerReading> all, List<ServerReading> silent, ProblemGroup group)
    {
        var together = LargestCluster(silent);
        if (together.Count < FewestServers || together.Count < all.Count * MostOfThem)
        {
            return false;
        }

        together.ForEach(reading => _groups.TryAdd((reading.Server.Id, FindingIds.AgentUnreachable), group));
        return true;
    }

    /// <summary>The most servers that fell silent within <see cref="Together"/>.</summary>
    private static List<ServerReading> LargestCluster(List<ServerReading> silent)
    {
        var ordered = silent.Where(reading => SilentSince(reading) is not null).OrderBy(SilentSince).ToList();
        var (bestStart, bestCount) = (0, 0);
        for (int start = 0, end = 0; start < ordered.Count; start++)
        {
            while (end < ordered.Count && SilentSince(ordered[end]) - SilentSince(ordered[start]) <= Together)
            {
                end++;
            }

            if (end - start > bestCount)
            {
                (bestStart, bestCount) = (start, end - start);
            }
        }

        return ordered.GetRange(bestStart, bestCount);
    }

    private static DateTimeOffset? SilentSince(ServerReading reading) => reading.Standing.FirstOrDefault(cause => cause.Id == FindingIds.AgentUnreachable)?.Since;

    private static bool Stands(ServerReading reading, string causeId) => reading.Standing.Any(cause => cause.Id == causeId);

    /// <summary>The network that an address names: 24 bits of an IPv4 address, 64 of an IPv6 one; null where it is a name.</summary>
    private static string? NetworkOf(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !IPAddress.TryParse(uri.DnsSafeHost, out var host))
        {
            return null;
        }

        var bits = host.AddressFamily == AddressFamily.InterNetwork ? 24 : 64;
        var bytes = host.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(bytes)}/{bits}");
    }
}
