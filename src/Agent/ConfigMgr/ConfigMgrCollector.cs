using WsusDashboard.Agent.ConfigMgr.Status;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Reads Configuration Manager: the state of the software update points each time, the number of updates when it may have changed, wsyncmgr.log always.</summary>
/// <remarks>Threading: one read at a time; the host sees to it.</remarks>
internal sealed class ConfigMgrCollector(
    SiteReader site, SyncLogReader syncLog, WcmLogReader wcmLog, ConfigMgrFolder folder, IServiceControl services, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    private const string NoRows =
        "The SMS Provider shows the agent's account no software update point. Either the site has none, or the account lacks rights (too few rights hide rows without an error): make it an administrative user of the site (Read-only Analyst).";

    /// <summary>Counting is heavy on a real site, so several who wait share one count.</summary>
    private static readonly TimeSpan ShortestCountInterval = TimeSpan.FromSeconds(5);

    private readonly DueTimer _countTimer = new(timeProvider);
    private readonly DueTimer _detailsTimer = new(timeProvider);
    private readonly SupTimes _times = new(timeProvider);
    private ConfigMgrState _last = new();
    private bool _countIsOwed = true;

    public string SectionName => SectionNames.ConfigMgr;

    public TimeSpan IdleInterval => options.IdleInterval;

    public TimeSpan Timeout => TimeSpan.FromMinutes(2);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        // The log is read even where WMI fails: it is the only witness of a run while the provider is down.
        var log = await syncLog.ReadAsync(cancellationToken).ConfigureAwait(false);
        _countIsOwed |= log.HasEnded;
        _last = _last with { SyncLog = log.Log, Progress = log.Progress, WsusConfiguration = wcmLog.Read() };
        try
        {
            if (await site.FindAsync(cancellationToken).ConfigureAwait(false) is not { } provider)
            {
                return await DescribeWithoutProviderAsync(cancellationToken).ConfigureAwait(false);
            }

            var points = _times.Settle(await site.ReadSyncStatusAsync(provider, cancellationToken).ConfigureAwait(false), provider.SiteCode, log.LastMessage);
            _last = _last with
            {
                SiteCode = provider.SiteCode,
                ProviderComputer = provider.Computer,
                SoftwareUpdatePoints = [.. points],
                Note = points.Count == 0 ? NoRows : "",
            };
            await CountAsync(provider, depth, cancellationToken).ConfigureAwait(false);
            await ReadDetailsAsync(provider, cancellationToken).ConfigureAwait(false);
            return Reading.Ok(_last);
        }
        catch (EdgeException exception)
        {
            // The code of the site is needed to ask for a synchronization in another way.
            _last = _last.SiteCode.Length == 0 ? _last with { SiteCode = folder.FindSite() ?? "" } : _last;
            return Reading.Unreadable(exception, _last);
        }
    }

    /// <summary>Without a provider in WMI this is no site server, unless the registry and a service say that it is one.</summary>
    private async Task<Reading> DescribeWithoutProviderAsync(CancellationToken cancellationToken)
    {
        if (folder.FindSite() is not { } siteCode
            || (await services.ReadAsync(ServiceNames.SiteComponentManager, cancellationToken).ConfigureAwait(false)).State == ServiceState.NotInstalled)
        {
            return Reading.NotInstalled("This isn't a Configuration Manager site server.");
        }

        _last = _last with { SiteCode = siteCode };
        return Reading.Unreadable(
            ReadFailure.NotFound,
            $@"This is a server of site {siteCode}, but WMI has no provider for it (root\SMS): the provider runs on another computer, or its WMI registration is gone. wsyncmgr.log is still read.",
            _last);
    }

    private async Task CountAsync(SiteProvider provider, ReadDepth depth, CancellationToken cancellationToken)
    {
        if (!_countIsOwed && !_countTimer.IsDue(depth == ReadDepth.Everything ? ShortestCountInterval : options.CountsInterval))
        {
            return;
        }

        var count = await site.CountUpdatesAsync(provider, cancellationToken).ConfigureAwait(false);

        // Zero updates is the very symptom that people look for: it is not told where a lack of rights may be the reason.
        _last = _last with { SoftwareUpdateCount = count == 0 && _last.Note.Length > 0 ? null : count };
        _countTimer.Mark();
        _countIsOwed = false;
    }

    /// <summary>What changes rarely, and is worth showing but nothing to fail for.</summary>
    private async Task ReadDetailsAsync(SiteProvider provider, CancellationToken cancellationToken)
    {
        if (!_detailsTimer.IsDue(options.CountsInterval))
        {
            return;
        }

        _detailsTimer.Mark();
        try
        {
            _last = _last with { Components = [.. await site.ReadComponentsAsync(provider, cancellationToken).ConfigureAwait(false)] };
            _last = _last with { HasSyncSchedule = await site.ReadHasScheduleAsync(provider, cancellationToken).ConfigureAwait(false) };
        }
        catch (EdgeException)
        {
            _last = _last with { Components = [], HasSyncSchedule = null };
        }

        try
        {
            _last = _last with { Settings = await site.ReadSettingsAsync(provider, cancellationToken).ConfigureAwait(false) };
        }
        catch (EdgeException)
        {
            _last = _last with { Settings = null };
        }
    }
}
