using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>The sites of some servers, both by index.</summary>
internal sealed class SiteOfServers
{
    public SiteOfServers(IReadOnlyList<ScopedServer> servers)
    {
        Names = [.. servers.Select(server => server.Site).Distinct(StringComparer.Ordinal).OrderBy(site => site, StringComparer.OrdinalIgnoreCase)];
        var indices = Names.Select((site, index) => (site, index)).ToDictionary(entry => entry.site, entry => entry.index, StringComparer.Ordinal);
        OfServer = [.. servers.Select(server => indices[server.Site])];
        Sizes = new int[Names.Count];
        foreach (var site in OfServer)
        {
            Sizes[site]++;
        }

        // The order of the servers and the site of each: what a summary's indices mean.
        Fingerprint = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', servers.Select(server => $"{server.Id} {server.Site}")))));
    }

    /// <summary>By name.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Index of each server's site.</summary>
    public int[] OfServer { get; }

    /// <summary>Servers of each site.</summary>
    public int[] Sizes { get; }

    /// <summary>Equal where the same servers stand in the same order, each in the same site.</summary>
    public string Fingerprint { get; }
}

/// <summary>Something made of all runs of one month (UTC), not changed after that.</summary>
internal interface IMonthOfRuns : ISyncVisitor
{
    /// <summary>About what it takes of memory.</summary>
    int Bytes { get; }
}

/// <summary>The runs of one month of some servers, unpacked: showing them takes a tenth of reading them.</summary>
internal sealed class MonthRuns(int month) : IMonthOfRuns
{
    private const int BytesOfRun = 20;

    private readonly long _start = Month.SecondsOf(month);
    private readonly List<Run> _runs = [];

    public int Bytes => (_runs.Capacity * BytesOfRun) + 64;

    public void Visit(int server, in PackedRun run) =>
        _runs.Add(new(server, (int)(run.StartedAt - _start), run.Seconds, run.Cause, (byte)run.Result, (byte)run.Source, run.IsCounted));

    /// <summary>Shows those that started in a time, in the order in which they were read.</summary>
    /// <param name="from">Seconds from 1970.</param>
    /// <param name="to">Seconds from 1970, exclusive.</param>
    /// <param name="visitor">Sees them.</param>
    public void Show(long from, long to, ISyncVisitor visitor)
    {
        foreach (var kept in CollectionsMarshal.AsSpan(_runs))
        {
            var startedAt = _start + kept.Offset;
            if (startedAt >= from && startedAt < to)
            {
                visitor.Visit(kept.Server, new(startedAt, kept.Seconds, (SyncResult)kept.Result, (SyncSource)kept.Source, kept.IsCounted, kept.Cause));
            }
        }
    }

    /// <param name="Offset">Seconds from the beginning of the month.</param>
    private readonly record struct Run(int Server, int Offset, int Seconds, int Cause, byte Result, byte Source, bool IsCounted);
}

/// <summary>What the charts need of one whole month (UTC) of some servers: its packed runs read once, counted in the clock of one zone.</summary>
internal sealed class MonthSummary : IMonthOfRuns
{
    public MonthSummary(int month, SiteOfServers sites, TimeZoneInfo zone)
    {
        // The viewer's days that the month touches: one more than it has, or the same.
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(Month.StartOf(month), zone));
        var last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(Month.StartOf(month + 1).AddSeconds(-1), zone));
        FirstDay = first;
        Statistics = new(new(first, last.DayNumber - first.DayNumber + 1, zone), sites);
    }

    public DateOnly FirstDay { get; }

    /// <summary>Of the counted runs.</summary>
    public StatisticsTally Statistics { get; }

    /// <summary>Of all runs.</summary>
    public KindTally Kinds { get; } = new();

    public int Bytes => Statistics.Bytes + 8_192;

    public void Visit(int server, in PackedRun run)
    {
        Kinds.Visit(server, run);
        Statistics.Visit(server, run);
    }
}
