using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Reads Configuration Manager: the state of the software update points each time, the number of updates when it may have changed, wsyncmgr.log always.</summary>
/// <remarks>Threading: one read at a time; the host sees to it.</remarks>
internal sealed class ConfigMgrCollector(SiteReader site, SyncLogReader syncLog, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    /// <summary>Counting is heavy on a real site, so several who wait share one count.</summary>
    private static readonly TimeSpan ShortestCountInterval = TimeSpan.FromSeconds(5);

    private ConfigMgrState _last = new();
    private DateTimeOffset? _countedAt;
    private bool _countIsOwed = true;

    public string SectionName => SectionNames.ConfigMgr;

    public TimeSpan IdleInterval => options.IdleInterval;

    public TimeSpan Timeout => TimeSpan.FromMinutes(2);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        // The log is read even where WMI fails: it is the only witness of a run while the provider is down.
        var log = await syncLog.ReadAsync(cancellationToken).ConfigureAwait(false);
        _countIsOwed |= log.HasEnded;
        _last = _last with { SyncLog = log.Log, Progress = log.Progress };
        try
        {
            if (await site.FindAsync(cancellationToken).ConfigureAwait(false) is not { } provider)
            {
                return Reading.NotInstalled("This is not a site server of Configuration Manager.");
            }

            _last = _last with
            {
                SiteCode = provider.SiteCode,
                ProviderComputer = provider.Computer,
                SoftwareUpdatePoints = await site.ReadSyncStatusAsync(provider, cancellationToken).ConfigureAwait(false),
            };
            await CountAsync(provider, depth, cancellationToken).ConfigureAwait(false);
            return Reading.Ok(_last);
        }
        catch (EdgeException exception)
        {
            return Reading.Unreadable(exception, _last);
        }
    }

    private async Task CountAsync(SiteProvider provider, ReadDepth depth, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var interval = depth == ReadDepth.Everything ? ShortestCountInterval : options.CountsInterval;
        if (!_countIsOwed && _countedAt is { } last && now - last < interval)
        {
            return;
        }

        _last = _last with { SoftwareUpdateCount = await site.CountUpdatesAsync(provider, cancellationToken).ConfigureAwait(false) };
        _countedAt = now;
        _countIsOwed = false;
    }
}
