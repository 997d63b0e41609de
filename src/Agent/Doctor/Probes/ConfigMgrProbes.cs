using System.Globalization;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.ConfigMgr.Status;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>Configuration Manager: its set-up, the SMS Provider, the state of its software update points, its logs.</summary>
internal sealed class ConfigMgrProbes(IRegistry registry, SiteReader site, LogReader logs, ConfigMgrFolder folder, TimeProvider timeProvider)
{
    private const string NoRole = "This isn't a Configuration Manager site server.";
    private const string SetupKey = @"SOFTWARE\Microsoft\SMS\Setup";

    /// <summary>Some days of a log: the newest status message is among them.</summary>
    private const int LinesLookedAt = 2000;

    public IEnumerable<Probe> All() =>
    [
        new(ProbeAreas.ConfigMgr, "setup in the registry", _ => Task.FromResult(ReadSetup())),
        new(ProbeAreas.ConfigMgr, "SMS Provider (WMI)", ReadProviderAsync),
        new(ProbeAreas.ConfigMgr, "software update points (WMI)", ReadPointsAsync),
        new(ProbeAreas.ConfigMgr, "times of the update points", ReadTimesAsync),
        .. LogNames.All.Select(name => new Probe(ProbeAreas.ConfigMgr, $"{name}.log", token => ReadLogAsync(name, token))),
    ];

    private ProbeOutcome ReadSetup()
    {
        if (registry.Read(SetupKey, "Installation Directory") is not string directory)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        var version = registry.Read(SetupKey, "Full Version") as string ?? registry.Read(SetupKey, "UI Version") as string;
        return ProbeOutcome.Works($"{(version is null ? "version unknown" : $"version {version}")}, in {directory}, logs in {folder.FindLogs()}");
    }

    private async Task<ProbeOutcome> ReadProviderAsync(CancellationToken cancellationToken) => await site.FindAsync(cancellationToken) is { } provider
        ? ProbeOutcome.Works($"site {provider.SiteCode}, provider on {provider.Computer}, namespace {provider.Scope}", provider)
        : ProbeOutcome.NotInstalled(NoRole);

    private async Task<ProbeOutcome> ReadPointsAsync(CancellationToken cancellationToken)
    {
        if (await site.FindAsync(cancellationToken) is not { } provider)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        var points = await site.ReadSyncStatusAsync(provider, cancellationToken);
        return points.Count == 0
            ? ProbeOutcome.Attention(
                "no software update point is shown",
                "The provider hides what an account isn't allowed to see, without an error: give the agent's account read rights on the site, or run the agent as Local System. A site without an update point shows none either.")
            : ProbeOutcome.Works($"{Wording.List([.. points.Select(point => point.ServerName)])}; last state {points[0].LastSyncState}", points);
    }

    /// <summary>The times as the provider writes them, beside the one time that is known to be UTC.</summary>
    private async Task<ProbeOutcome> ReadTimesAsync(CancellationToken cancellationToken)
    {
        if (await site.FindAsync(cancellationToken) is not { } provider)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        var rows = await site.ReadSyncStatusRowsAsync(provider, cancellationToken);
        if (rows.Count == 0)
        {
            return ProbeOutcome.NotInstalled("no software update point is shown");
        }

        var message = await FindMessageAsync(cancellationToken);
        var beside = message is null
            ? "wsyncmgr.log has no status message to compare with"
            : string.Create(CultureInfo.InvariantCulture, $"wsyncmgr.log: {message.Id} at {message.At:yyyy-MM-dd HH:mm:ss} (GMTDATE)");
        var settled = new SupTimes(timeProvider).Settle([.. rows.Select(row => row.Status)], provider.SiteCode, message);
        var told = rows.Select(row => $"{row.Status.ServerName}: {row.Status.LastSyncState} at {row.RawStateTime}{(row.RawSuccessTime.Length == 0 ? "" : $", last success {row.RawSuccessTime}")}");
        var summary = $"{string.Join("; ", told)}; {beside}{Verdict([.. rows.Zip(settled).Where(pair => pair.First.Status.AreTimesUncertain)])}";
        return ProbeOutcome.Works(summary, new { rows, message });
    }

    /// <summary>What the times without a zone are; nothing where all of them have one.</summary>
    private static string Verdict(IReadOnlyList<(SupStatusRow Row, SupSyncStatus Settled)> uncertain) =>
        uncertain.Count == 0 ? ""
        : uncertain.Any(pair => pair.Settled.AreTimesUncertain) ? "; the end of the next sync will show whether the site's times are UTC or local"
        : uncertain.Any(pair => pair.Row.Status.LastSyncStateAt != pair.Settled.LastSyncStateAt) ? "; so the site's times are local"
        : "; so the site's times are UTC";

    private async Task<SyncStatusMessage?> FindMessageAsync(CancellationToken cancellationToken)
    {
        if (logs.FindFile(LogNames.SyncManager) is not { } path || !File.Exists(path))
        {
            return null;
        }

        SyncStatusMessage? newest = null;
        await foreach (var line in logs.ReadAsync(path, LinesLookedAt, follow: false, cancellationToken))
        {
            if (SyncLogMarkers.StatusMessage(line.Text) is not 0 and var id && SyncLogMarkers.StatusMessageTime(line.Text) is { } at)
            {
                newest = new(id, at);
            }
        }

        return newest;
    }

    private async Task<ProbeOutcome> ReadLogAsync(string name, CancellationToken cancellationToken)
    {
        if (logs.FindFile(name) is not { } path)
        {
            return ProbeOutcome.NotInstalled(NoRole);
        }

        if (!File.Exists(path))
        {
            return ProbeOutcome.NotInstalled($"there is no {path}");
        }

        LogLine? last = null;
        await foreach (var line in logs.ReadAsync(path, tailLines: 1, follow: false, cancellationToken))
        {
            last = line;
        }

        var size = Wording.Size(new FileInfo(path).Length / 1024);
        return last is { } entry
            ? ProbeOutcome.Works($"{path}, {size}, last entry {(entry.At is { } at ? Wording.Time(at) : "without a readable time")}")
            : ProbeOutcome.Attention($"{path}, {size}, has no entry the agent understands", "Attach the file to a bug report: its format isn't one of the two the agent knows.");
    }
}
