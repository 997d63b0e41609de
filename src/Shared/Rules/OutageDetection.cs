using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Rules;

/// <summary>One server's synchronization against its update source, as far as it says something about that source.</summary>
/// <param name="ServerId">The server.</param>
/// <param name="Site">Its site; empty where it has none.</param>
/// <param name="Proxy">Name of the proxy that it goes through; empty where it uses none.</param>
/// <param name="Source">Where it takes its updates from: "Microsoft Update", or the name of an upstream server.</param>
/// <param name="At">UTC time of its end.</param>
/// <param name="Result">How it ended.</param>
public sealed record SourceAttempt(int ServerId, string Site, string Proxy, string Source, DateTimeOffset At, SyncResult Result)
{
    /// <summary>What its error says about the way to the source, each as one word: a kind of failure ("TimedOut"), or a number ("0x80072EE2"). Empty where it says nothing.</summary>
    public IReadOnlyList<string> Signs { get; init; } = [];
}

/// <summary>Microsoft Update does not answer.</summary>
/// <param name="Sign">What the servers' errors have in common.</param>
/// <param name="Since">UTC time of the first failure.</param>
/// <param name="LastAt">UTC time of the last one.</param>
/// <param name="ServerIds">The servers that failed, in ascending order.</param>
/// <param name="SiteCount">Sites that they belong to.</param>
public sealed record Outage(string Sign, DateTimeOffset Since, DateTimeOffset LastAt, IReadOnlyList<int> ServerIds, int SiteCount)
{
    /// <summary>The two sources of one run end it at slightly different times.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(10);

    /// <summary>UTC time of the first success after it; null while nobody has succeeded since.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>True where a run of this server that ended then is one of its failures.</summary>
    public bool Holds(int serverId, DateTimeOffset endedAt) => ServerIds.Contains(serverId) && endedAt >= Since - Tolerance && endedAt <= LastAt + Tolerance;
}

/// <summary>Tells whether Microsoft Update failed, or the way there of one server. Pure: the same attempts give the same answer.</summary>
/// <remarks>
/// An outage is said where at least three servers of at least two sites fail with the same sign within an hour, on at least two ways (proxies; a server without one
/// takes the way of its site), and nobody succeeds from the first of these failures to the last. Then every later failure with that sign belongs to it, until someone succeeds.
/// Fewer servers, one site or one proxy can't tell: what they have in common may be at fault.
/// </remarks>
public static class OutageDetection
{
    public const int FewestServers = 3;
    public const int FewestSites = 2;
    public const int FewestWays = 2;

    /// <summary>So close together, both ends included, have the failures to be that tell of an outage.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(60);

    /// <summary>So long after its last failure an outage is said at most: by then each server has tried again, or nobody knows.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromHours(24);

    /// <summary>How the source is called that is Microsoft's.</summary>
    public const string MicrosoftUpdate = "Microsoft Update";

    public static bool IsMicrosoft(string source) => string.Equals(source, MicrosoftUpdate, StringComparison.OrdinalIgnoreCase);

    /// <summary>Every outage, in the order of time; of one time the largest first.</summary>
    /// <param name="attempts">In any order; those against another source than Microsoft's say nothing.</param>
    public static IReadOnlyList<Outage> FindAll(IEnumerable<SourceAttempt> attempts)
    {
        var known = attempts.Where(attempt => IsMicrosoft(attempt.Source)).OrderBy(attempt => attempt.At).ToList();
        var successes = known.FindAll(attempt => attempt.Result is SyncResult.Succeeded).ConvertAll(attempt => attempt.At);
        var failures = known.FindAll(attempt => attempt.Result is SyncResult.Failed or SyncResult.Cancelled);

        return
        [
            .. failures.SelectMany(attempt => attempt.Signs.Select(sign => (Sign: sign, Attempt: attempt)))
                .GroupBy(item => item.Sign, item => item.Attempt, StringComparer.OrdinalIgnoreCase)
                .SelectMany(group => Split([.. group], successes).Select(between => FindIn(group.Key, between)).OfType<Outage>())
                .Select(outage => outage with { EndedAt = successes.Find(at => at > outage.LastAt) is var ended && ended != default ? ended : null })
                .OrderBy(outage => outage.Since).ThenByDescending(outage => outage.ServerIds.Count).ThenBy(outage => outage.Sign, StringComparer.Ordinal),
        ];
    }

    /// <summary>Of these the one that goes on; null where none does: someone succeeded since, or nobody has failed for a day.</summary>
    public static Outage? FindCurrent(IEnumerable<Outage> outages, DateTimeOffset now) =>
        outages.Where(outage => outage.EndedAt is null && now - outage.LastAt <= LongestSilence).MaxBy(outage => outage.ServerIds.Count);

    /// <summary>Failures between which nobody succeeded.</summary>
    private static IEnumerable<List<SourceAttempt>> Split(List<SourceAttempt> failures, List<DateTimeOffset> successes)
    {
        var between = new List<SourceAttempt>();
        var next = 0;
        foreach (var failure in failures)
        {
            var isCut = false;
            while (next < successes.Count && successes[next] <= failure.At)
            {
                isCut = true;
                next++;
            }

            if (isCut && between.Count > 0)
            {
                yield return between;
                between = [];
            }

            between.Add(failure);
        }

        yield return between;
    }

    private static Outage? FindIn(string sign, List<SourceAttempt> failures)
    {
        var within = new Counts();
        for (int first = 0, end = 0; first < failures.Count; within.Remove(failures[first++]))
        {
            while (end < failures.Count && failures[end].At - failures[first].At <= Window)
            {
                within.Add(failures[end++]);
            }

            if (within.AreEnough)
            {
                var all = failures.GetRange(first, failures.Count - first);
                return new(sign, all[0].At, all[^1].At, [.. all.Select(attempt => attempt.ServerId).Distinct().Order()], Sites(all));
            }
        }

        return null;
    }

    private static int Sites(IEnumerable<SourceAttempt> attempts) => attempts.Select(attempt => attempt.Site).Distinct(StringComparer.OrdinalIgnoreCase).Count();

    /// <summary>What the failures of an hour are of; the hour moves on, and nothing is counted twice.</summary>
    private sealed class Counts
    {
        private readonly Dictionary<int, int> _servers = [];
        private readonly Dictionary<string, int> _sites = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, int> _ways = new(StringComparer.OrdinalIgnoreCase);

        public bool AreEnough => _servers.Count >= FewestServers && _sites.Count >= FewestSites && _ways.Count >= FewestWays;

        public void Add(SourceAttempt attempt)
        {
            _servers[attempt.ServerId] = _servers.GetValueOrDefault(attempt.ServerId) + 1;
            _sites[attempt.Site] = _sites.GetValueOrDefault(attempt.Site) + 1;
            _ways[WayOf(attempt)] = _ways.GetValueOrDefault(WayOf(attempt)) + 1;
        }

        public void Remove(SourceAttempt attempt)
        {
            Remove(_servers, attempt.ServerId);
            Remove(_sites, attempt.Site);
            Remove(_ways, WayOf(attempt));
        }

        private static void Remove<T>(Dictionary<T, int> counts, T key)
            where T : notnull
        {
            if (--counts[key] == 0)
            {
                counts.Remove(key);
            }
        }

        private static string WayOf(SourceAttempt attempt) => attempt.Proxy.Length > 0 ? $"proxy {attempt.Proxy}" : $"site {attempt.Site}";
    }
}
