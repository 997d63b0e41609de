using System.Globalization;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Wsus;

/// <summary>
/// Reads how large SUSDB is, once an hour, from what SQL Server keeps in its catalogue views anyway; and which licence terms are missing, from the one table of files.
/// </summary>
/// <remarks>Threading: one read at a time; the collector's host sees to it.</remarks>
public sealed class SusdbSizeReader(WsusRegistry registry, ISusdb susdb, TimeProvider timeProvider)
{
    private const string Express = "Express";

    /// <summary>Data files of an Express edition may have 10 GB, from version 17 (SQL Server 2025) on 50 GB (the second from memory).</summary>
    private const long ExpressLimitKilobytes = 10L * 1024 * 1024;
    private const long LaterExpressLimitKilobytes = 50L * 1024 * 1024;
    private const int FirstLaterVersion = 17;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LicensePatience = TimeSpan.FromSeconds(5);

    private readonly DueTimer _timer = new(timeProvider);

    /// <summary>Null before the first that could be read.</summary>
    public DatabaseSize? Last { get; private set; }

    /// <summary>Why <see cref="Last"/> is absent or old; empty where it is neither.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Version of the SQL Server of <see cref="Last"/>, for example "15.0.4335.1"; empty before the first that could be read.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Reads it where that is due. One that cannot be read fails nothing else.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (!_timer.IsDue(Interval))
        {
            return;
        }

        _timer.Mark();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = timeProvider.CreateTimer(_ => limited.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            Last = await ReadNowAsync(limited.Token, cancellationToken).ConfigureAwait(false);
            Problem = "";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Problem = string.Create(CultureInfo.InvariantCulture, $"SUSDB didn't say how large it is within {Patience.TotalSeconds:0} s.");
        }
        catch (EdgeException exception)
        {
            // On another system the pipe of the database does not exist, which is no news.
            Problem = exception.Failure == ReadFailure.OnlyOnWindows ? "" : exception.Message;
        }
    }

    /// <param name="cancellationToken">Ends it, also when it has taken too long.</param>
    /// <param name="stopping">Ends it because nobody waits for it.</param>
    private async Task<DatabaseSize?> ReadNowAsync(CancellationToken cancellationToken, CancellationToken stopping)
    {
        if (registry.FindDatabase() is not { } database)
        {
            return null;
        }

        var files = await susdb.QueryAsync(database, SusdbStatement.Files, default, cancellationToken).ConfigureAwait(false);
        if (files is not [[var kilobytes, var edition, var version, ..]] || WmiValues.Number(kilobytes) is not { } size)
        {
            throw new EdgeException(ReadFailure.Malformed, $"SUSDB's answer to the statement {SusdbStatement.Files.Name} can't be understood.");
        }

        var rows = await susdb.QueryAsync(database, SusdbStatement.Rows, default, cancellationToken).ConfigureAwait(false);
        var licenses = await ReadLicensesAsync(database, stopping).ConfigureAwait(false);
        Version = WmiValues.Text(version);
        var counts = rows.Where(row => row.Count > 1).ToLookup(row => WmiValues.Text(row[0]), row => WmiValues.Number(row[1]), StringComparer.OrdinalIgnoreCase);
        return new DatabaseSize
        {
            ReadAt = timeProvider.GetUtcNow(),
            DataKilobytes = size,
            Edition = WmiValues.Text(edition),
            LimitKilobytes = FindLimit(WmiValues.Text(edition), WmiValues.Text(version)),
            Updates = counts["tbUpdate"].FirstOrDefault(),
            Revisions = counts["tbRevision"].FirstOrDefault(),
            Events = counts["tbEventInstance"].FirstOrDefault(),
            LicenseFiles = licenses.Kept,
            MissingLicenseFiles = licenses.Missing,
        };
    }

    /// <summary>A SUSDB without these tables or columns, or one that is at work on them, still says how large it is.</summary>
    private async Task<(long? Kept, long? Missing)> ReadLicensesAsync(SusdbAddress database, CancellationToken stopping)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var timer = timeProvider.CreateTimer(_ => limited.Cancel(), null, LicensePatience, Timeout.InfiniteTimeSpan);
        try
        {
            return await susdb.QueryAsync(database, SusdbStatement.LicenseFiles, default, limited.Token).ConfigureAwait(false) is [[var kept, var missing, ..]]
                ? (WmiValues.Number(kept), WmiValues.Number(missing))
                : (null, null);
        }
        catch (EdgeException)
        {
            return (null, null);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return (null, null);
        }
    }

    /// <summary>Only an Express edition has one; Windows' own database has none (Microsoft, Plan your WSUS deployment).</summary>
    private static long? FindLimit(string edition, string version) =>
        !edition.StartsWith(Express, StringComparison.OrdinalIgnoreCase) ? null
        : int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major >= FirstLaterVersion ? LaterExpressLimitKilobytes
        : ExpressLimitKilobytes;
}
