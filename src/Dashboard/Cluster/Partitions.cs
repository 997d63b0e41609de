namespace WsusDashboard.Dashboard.Cluster;

/// <summary>How the fleet is divided: each server belongs to one partition, and each partition to one dashboard.</summary>
internal static class Partitions
{
    public const int Count = 64;

    /// <summary>What is one for all servers, such as the problems that several of them share.</summary>
    public const int WholeFleet = Count;

    public static int Of(int serverId) => serverId % Count;

    /// <summary>So many partitions a dashboard has at most, where so many share them.</summary>
    public static int FairShare(int dashboards) => (Count + Math.Max(1, dashboards) - 1) / Math.Max(1, dashboards);
}

/// <summary>The partitions that a dashboard owns at one moment, each with its term. Immutable.</summary>
internal sealed class OwnedPartitions
{
    private readonly long[] _terms;

    private OwnedPartitions(long[] terms) => _terms = terms;

    public static OwnedPartitions None { get; } = new(new long[Partitions.Count + 1]);

    /// <summary>Of the only dashboard there is.</summary>
    public static OwnedPartitions All { get; } = new([.. Enumerable.Repeat(1L, Partitions.Count + 1)]);

    /// <summary>Partitions of servers.</summary>
    public int Count => _terms.Take(Partitions.Count).Count(term => term > 0);

    public bool OwnsFleet => _terms[Partitions.WholeFleet] > 0;

    public bool Owns(int serverId) => TermOf(serverId) > 0;

    /// <summary>The term under which a server is owned; 0 where it isn't.</summary>
    public long TermOf(int serverId) => _terms[Partitions.Of(serverId)];

    /// <summary>The terms of servers that are owned, by partition.</summary>
    public IReadOnlyDictionary<int, long> TermsOf(IEnumerable<int> serverIds) =>
        serverIds.Select(Partitions.Of).Distinct().Where(partition => _terms[partition] > 0).ToDictionary(partition => partition, partition => _terms[partition]);

    /// <summary>The term of what is one for all servers.</summary>
    public IReadOnlyDictionary<int, long> TermsOfFleet() => new Dictionary<int, long> { [Partitions.WholeFleet] = _terms[Partitions.WholeFleet] };

    public OwnedPartitions With(IEnumerable<KeyValuePair<int, long>> taken)
    {
        var terms = (long[])_terms.Clone();
        foreach (var (partition, term) in taken)
        {
            terms[partition] = term;
        }

        return new(terms);
    }

    public OwnedPartitions Without(IEnumerable<int> partitions) => With(partitions.Select(partition => KeyValuePair.Create(partition, 0L)));
}
