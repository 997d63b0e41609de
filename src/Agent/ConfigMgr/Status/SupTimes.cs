using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr.Status;

/// <summary>
/// Finds out whether the times of SMS_SUPSyncStatus are UTC or the site server's local time: they come without a zone (+***), and no source says which. The status
/// message that ended a synchronization has its time in UTC, so both are laid side by side. Until that was possible, or where neither fits, the times are uncertain.
/// </summary>
/// <remarks>Threading: one caller at a time. Learned again after a start: what it takes is in the log's state and in the site.</remarks>
internal sealed class SupTimes(TimeProvider timeProvider)
{
    private const int Done = 6702;
    private const int Failed = 6703;

    /// <summary>After this time the site has written the state that the message tells.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    /// <summary>Message and state are written one after the other.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(3);

    private Zone _zone;

    /// <summary>What the times without a zone are.</summary>
    private enum Zone
    {
        Unknown,
        Utc,
        Local,

        /// <summary>Either, because local time was UTC when it was looked at: known only as long as that is so.</summary>
        Either,
    }

    /// <summary>The rows with their times in UTC, or marked as uncertain.</summary>
    /// <param name="points">As the site tells them, times without a zone read as UTC and marked as uncertain.</param>
    /// <param name="siteCode">The site whose messages the log has.</param>
    /// <param name="newest">The newest status message of the log; null where it has none.</param>
    public IReadOnlyList<SupSyncStatus> Settle(IReadOnlyList<SupSyncStatus> points, string siteCode, SyncStatusMessage? newest)
    {
        if (newest is { Id: Done or Failed } ended && timeProvider.GetUtcNow() - ended.At >= Settled)
        {
            var seen = points.Where(point => point.AreTimesUncertain && point.SiteCode == siteCode && point.LastSyncState == ended.Id)
                .Select(point => Compare(point.LastSyncStateAt, ended.At))
                .Where(zone => zone != Zone.Unknown)
                .Distinct()
                .ToList();
            _zone = seen is [var only] ? only : _zone;
        }

        return [.. points.Select(point => point.AreTimesUncertain ? Settle(point) : point)];
    }

    private Zone Compare(DateTimeOffset? told, DateTimeOffset at) => (IsNear(told, at), IsNear(FromLocal(told), at)) switch
    {
        (true, true) => Zone.Either,
        (true, false) => Zone.Utc,
        (false, true) => Zone.Local,
        _ => Zone.Unknown,
    };

    private SupSyncStatus Settle(SupSyncStatus point) => _zone switch
    {
        Zone.Utc => point with { AreTimesUncertain = false },
        Zone.Local when !IsAmbiguous(point.LastSyncStateAt) && !IsAmbiguous(point.LastSuccessfulSyncAt) => point with
        {
            AreTimesUncertain = false,
            LastSyncStateAt = FromLocal(point.LastSyncStateAt),
            LastSuccessfulSyncAt = FromLocal(point.LastSuccessfulSyncAt),
        },
        Zone.Either when IsSameEitherWay(point.LastSyncStateAt) && IsSameEitherWay(point.LastSuccessfulSyncAt) => point with { AreTimesUncertain = false },
        _ => point,
    };

    private static bool IsNear(DateTimeOffset? told, DateTimeOffset at) => told is { } time && (time - at).Duration() <= Tolerance;

    private bool IsSameEitherWay(DateTimeOffset? told) => FromLocal(told) == told;

    /// <summary>The hour that a change of the clocks repeats.</summary>
    private bool IsAmbiguous(DateTimeOffset? told) => told is { } time && timeProvider.LocalTimeZone.IsAmbiguousTime(Clock(time));

    private DateTimeOffset? FromLocal(DateTimeOffset? told) =>
        told is { } time ? new DateTimeOffset(Clock(time), timeProvider.LocalTimeZone.GetUtcOffset(Clock(time))).ToUniversalTime() : null;

    private static DateTime Clock(DateTimeOffset time) => DateTime.SpecifyKind(time.UtcDateTime, DateTimeKind.Unspecified);
}
