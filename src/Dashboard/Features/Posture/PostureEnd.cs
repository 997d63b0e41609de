using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>How near an end is.</summary>
public enum PostureNotice
{
    /// <summary>More than 180 days ahead.</summary>
    Later = 0,

    Within180Days = 1,
    Within90Days = 2,
    Within30Days = 3,
}

/// <summary>A day on which support for a product, or a certificate, ends for some servers.</summary>
public sealed record PostureEnd
{
    public const int LongestMonths = 24;

    /// <summary>Servers that are named.</summary>
    private const int ListedServers = 5;

    /// <summary>End of support or certificate.</summary>
    public required PostureKind Kind { get; init; }

    /// <summary>The product's name; for certificates of WSUS's site empty.</summary>
    public required string Name { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>Until then paid updates may go on, as the source says; null where there are none.</summary>
    public DateTimeOffset? ExtendedUntil { get; init; }

    /// <summary>Whole days from now; 0 = today.</summary>
    public required int DaysLeft { get; init; }

    public PostureNotice Notice => DaysLeft switch
    {
        <= 30 => PostureNotice.Within30Days,
        <= 90 => PostureNotice.Within90Days,
        <= 180 => PostureNotice.Within180Days,
        _ => PostureNotice.Later,
    };

    /// <summary>How many servers it concerns.</summary>
    public required int Servers { get; init; }

    /// <summary>The first of them, by name; at most 5.</summary>
    public required IReadOnlyList<PostureEndServer> First { get; init; }

    public Certainty Certainty { get; init; }

    public string Source { get; init; } = "";

    public string Note { get; init; } = "";

    /// <summary>What ends from today on within so many months, soonest first.</summary>
    /// <param name="servers">Whose.</param>
    /// <param name="now">UTC.</param>
    /// <param name="months">At most <see cref="LongestMonths"/>.</param>
    /// <param name="withPast">Also what has ended already.</param>
    internal static IReadOnlyList<PostureEnd> Of(IReadOnlyList<LiveServer> servers, DateTimeOffset now, int months, bool withPast = false)
    {
        var limit = now.AddMonths(Math.Clamp(months, 1, LongestMonths));
        return
        [
            .. servers
                .SelectMany(server => OfServer(server, now), (server, end) => (server, end))
                .Where(found => (withPast || found.end.DaysLeft >= 0) && found.end.Ends <= limit)
                .GroupBy(found => (found.end.Kind, found.end.Name, Day: found.end.Ends.UtcDateTime.Date))
                .Select(group => group.First().end with
                {
                    Ends = group.Min(found => found.end.Ends),
                    Servers = group.Select(found => found.server.Id).Distinct().Count(),
                    First = [.. group.DistinctBy(found => found.server.Id).OrderBy(found => found.server.Name, StringComparer.OrdinalIgnoreCase).Take(ListedServers).Select(found => new PostureEndServer(found.server.Id, found.server.Name, found.server.Site))],
                })
                .OrderBy(end => end.Ends)
                .ThenBy(end => end.Name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<PostureEnd> OfServer(LiveServer server, DateTimeOffset now)
    {
        if (server.Snapshot is not { } snapshot)
        {
            yield break;
        }

        foreach (var support in PostureRules.Calendar(snapshot, now))
        {
            yield return new()
            {
                Kind = PostureKind.EndOfLife,
                Name = support.Name,
                Ends = support.Ends,
                ExtendedUntil = support.ExtendedUntil,
                DaysLeft = DaysUntil(support.Ends, now),
                Servers = 1,
                First = [],
                Certainty = support.Certainty,
                Source = support.Source,
                Note = support.Note,
            };
        }

        if (snapshot.Posture.Value?.Site.Certificate?.NotAfter is { } notAfter)
        {
            yield return new() { Kind = PostureKind.Certificate, Name = "", Ends = notAfter, DaysLeft = DaysUntil(notAfter, now), Servers = 1, First = [], Certainty = Certainty.Measured };
        }
    }

    private static int DaysUntil(DateTimeOffset end, DateTimeOffset now) => (int)(end.UtcDateTime.Date - now.UtcDateTime.Date).TotalDays;
}

/// <summary>A server that an end concerns.</summary>
public sealed record PostureEndServer(int ServerId, string ServerName, string Site);
