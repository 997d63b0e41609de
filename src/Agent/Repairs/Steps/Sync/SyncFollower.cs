using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>Finds the synchronization that a run asked for, in WSUS and in Configuration Manager.</summary>
internal sealed class SyncFollower(IServerAccess server, ServerReadings readings, AgentOptions options, TimeProvider timeProvider)
{
    // LastSyncState of SMS_SUPSyncStatus (configmgr.md, 2b).
    private const int SupDone = 6702;
    private const int SupFailed = 6703;
    private const int SupOutOfSync = 6707;
    private const int SupDoneWithoutLicenses = 6708;

    public ServerReadings Readings => readings;

    /// <summary>The newest run of WSUS that began after the request; null while there is none, or WSUS does not answer.</summary>
    /// <param name="askedAt">UTC time of the request.</param>
    /// <param name="known">Ids of runs that were there before it: whatever their times say, they prove nothing.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<SyncRun?> FindWsusRunAsync(DateTimeOffset askedAt, IReadOnlySet<string> known, CancellationToken cancellationToken) =>
        (await ReadWsusRunsAsync(askedAt, cancellationToken)).Where(run => !known.Contains(run.Id)).MaxBy(run => run.StartedAt);

    /// <summary>Right before a request: ids of runs of WSUS that look newer than it, because the clock was set back since.</summary>
    public async Task<IReadOnlySet<string>> ListWsusRunsAsync(DateTimeOffset askedAt, CancellationToken cancellationToken) =>
        (await ReadWsusRunsAsync(askedAt, cancellationToken)).Select(run => run.Id).ToHashSet();

    /// <summary>The newest run of Configuration Manager that began after the request, from its log or else from its status.</summary>
    /// <inheritdoc cref="FindWsusRunAsync" path="/param"/>
    public async Task<SyncRun?> FindConfigMgrRunAsync(DateTimeOffset askedAt, IReadOnlySet<string> known, CancellationToken cancellationToken)
    {
        var snapshot = await readings.FollowAsync(options.BusyInterval, cancellationToken, SectionNames.ConfigMgr);
        return ReadConfigMgrRuns(askedAt).Where(run => !known.Contains(run.Id)).MaxBy(run => run.StartedAt)
            ?? FromStatus(snapshot.ConfigMgr.Value, askedAt, known);
    }

    /// <summary>Right before a request: ids of runs of Configuration Manager, and of states of its update points, that look newer than it.</summary>
    public IReadOnlySet<string> ListConfigMgrRuns(DateTimeOffset askedAt) =>
        ReadConfigMgrRuns(askedAt).Select(run => run.Id).Concat(NewerStates(readings.Current.ConfigMgr.Value, askedAt).Select(StateId)).ToHashSet();

    private async Task<IReadOnlyList<SyncRun>> ReadWsusRunsAsync(DateTimeOffset askedAt, CancellationToken cancellationToken)
    {
        var since = askedAt - SyncNoteKeys.ClockSlack;
        try
        {
            var runs = await WithLimitAsync(token => server.ReadWsusHistoryAsync(since, token), cancellationToken);
            return [.. runs.Where(run => run.Source == SyncSource.Wsus && run.StartedAt >= since)];
        }
        catch (EdgeException)
        {
            return [];
        }
    }

    // What the store cannot tell now, the status may, and the next look will.
    private IReadOnlyList<SyncRun> ReadConfigMgrRuns(DateTimeOffset askedAt)
    {
        var since = askedAt - SyncNoteKeys.ClockSlack;
        try
        {
            return [.. server.ListKnownSyncRuns(since).Where(run => run.Source == SyncSource.ConfigMgr && run.StartedAt >= since)];
        }
        catch (EdgeException)
        {
            return [];
        }
    }

    public async Task<WsusCounts?> ReadCountsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await WithLimitAsync(server.ReadWsusCountsAsync, cancellationToken);
        }
        catch (EdgeException)
        {
            return null;
        }
    }

    /// <summary>One call to WSUS or the store, with a deadline.</summary>
    public async Task<T> WithLimitAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StepTimes.ReadLimit, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await call(linked.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EdgeException(ReadFailure.TimedOut, $"No answer within {StepTimes.ReadLimit.TotalSeconds:0} s.", exception);
        }
    }

    // Times of an unknown zone can make an old success look newer than the request: they say nothing.
    private static IEnumerable<SupSyncStatus> NewerStates(ConfigMgrState? state, DateTimeOffset askedAt) =>
        state?.SoftwareUpdatePoints.Where(point => !point.AreTimesUncertain && point.LastSyncStateAt >= askedAt - SyncNoteKeys.ClockSlack) ?? [];

    private static string StateId(SupSyncStatus point) => string.Create(CultureInfo.InvariantCulture, $"{point.ServerName}@{point.LastSyncStateAt?.UtcTicks}");

    private static SyncRun? FromStatus(ConfigMgrState? state, DateTimeOffset askedAt, IReadOnlySet<string> known)
    {
        var status = NewerStates(state, askedAt)
            .Where(point => !known.Contains(StateId(point)))
            .OrderBy(point => point.LastSyncState is SupFailed or SupOutOfSync ? 0 : point.LastSyncState is SupDone or SupDoneWithoutLicenses ? 2 : 1)
            .FirstOrDefault();
        return status is null ? null : new SyncRun
        {
            Id = $"mecm-status-{status.ServerName}",
            Source = SyncSource.ConfigMgr,
            StartedAt = askedAt,
            EndedAt = status.LastSyncStateAt,
            Result = status.LastSyncState switch
            {
                SupDone or SupDoneWithoutLicenses => SyncResult.Succeeded,
                SupFailed or SupOutOfSync => SyncResult.Failed,
                _ => SyncResult.Running,
            },
            ErrorCode = status.LastSyncErrorCode,
            ErrorText = status.LastSyncErrorCode == 0 ? "" : $"Configuration Manager reports error {status.LastSyncErrorCode} for {status.ServerName}",
        };
    }
}
