using System.Globalization;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Host;

/// <summary>What is known of the updates that were installed lately.</summary>
/// <param name="Updates">Of the last 14 days, newest first.</param>
/// <param name="ReadAt">UTC; null before the first read.</param>
/// <param name="Problem">Why they are not known or old; empty where they are neither.</param>
internal sealed record InstalledUpdates(IReadOnlyList<InstalledUpdate> Updates, DateTimeOffset? ReadAt, string Problem);

/// <summary>Reads the updates of Windows that were installed in the last days: a server that fails since yesterday may fail because of one. Windows looks through all of them for an answer, so it is asked rarely.</summary>
/// <remarks>Threading: one read at a time; the collector's host sees to it.</remarks>
internal sealed class InstalledUpdatesReader(IWmi wmi, TimeProvider timeProvider)
{
    private const string Query = "SELECT HotFixID, InstalledOn FROM Win32_QuickFixEngineering";
    private const int Maximum = 50;

    private static readonly TimeSpan Age = TimeSpan.FromDays(14);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);
    private static readonly TimeSpan IntervalAfterFailure = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DueTimer _timer = new(timeProvider);
    private InstalledUpdates _last = new([], null, "");

    /// <summary>What is known, read anew where that is due. One that cannot be read fails nothing else.</summary>
    public async Task<InstalledUpdates> ReadAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (_timer.IsDue(_last.Problem.Length > 0 ? IntervalAfterFailure : Interval))
        {
            _timer.Mark();
            _last = await ReadNowAsync(now, cancellationToken).ConfigureAwait(false);
        }

        return _last with { Updates = [.. _last.Updates.Where(update => update.InstalledOn >= now - Age)] };
    }

    /// <summary>Those of the last 14 days as Windows tells them now, newest first.</summary>
    /// <exception cref="EdgeException">WMI refuses.</exception>
    public async Task<IReadOnlyList<InstalledUpdate>> QueryAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var rows = await wmi.QueryAsync(@"root\cimv2", Query, cancellationToken).ConfigureAwait(false);
        return
        [
            .. rows
                .Select(row => (Id: WmiValues.Text(row["HotFixID"]).Trim(), On: ReadDay(row["InstalledOn"])))
                .Where(update => update.Id.StartsWith("KB", StringComparison.OrdinalIgnoreCase) && update.On >= now - Age && update.On <= now.AddDays(1))
                .OrderByDescending(update => update.On).ThenByDescending(update => update.Id, StringComparer.Ordinal)
                .Take(Maximum)
                .Select(update => new InstalledUpdate(update.Id, update.On!.Value)),
        ];
    }

    private async Task<InstalledUpdates> ReadNowAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = timeProvider.CreateTimer(_ => limited.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            return new(await QueryAsync(limited.Token).ConfigureAwait(false), now, "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return _last with { Problem = string.Create(CultureInfo.InvariantCulture, $"Windows didn't list its installed updates within {Patience.TotalSeconds:0} s.") };
        }
        catch (EdgeException exception)
        {
            return _last with { Problem = exception.Message };
        }
    }

    /// <summary>
    /// The class writes a day as text: month, day and year whatever the server's language, on some systems year, month and day without anything between, on old ones a count of 100 ns since
    /// 1601 in hexadecimal (public outputs of all three). Null where it is none of them.
    /// </summary>
    internal static DateTimeOffset? ReadDay(object? value)
    {
        var text = WmiValues.Text(value).Trim();
        if (DateTime.TryParseExact(text, ["M/d/yyyy", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day))
        {
            return new DateTimeOffset(day);
        }

        return text.Length == 16 && long.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ticks) && ticks > 0 && ticks < DateTime.MaxValue.ToFileTimeUtc()
            ? new DateTimeOffset(DateTime.FromFileTimeUtc(ticks).Date, TimeSpan.Zero)
            : null;
    }
}
