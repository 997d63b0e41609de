using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Where the SMS Provider of this site is.</summary>
/// <param name="SiteCode">Three characters.</param>
/// <param name="Computer">The computer that runs it.</param>
/// <param name="Scope">The WMI namespace to ask.</param>
public sealed record SiteProvider(string SiteCode, string Computer, string Scope);

/// <summary>A row of SMS_SUPSyncStatus.</summary>
/// <param name="Status">What it says.</param>
/// <param name="RawStateTime">LastSyncStateTime, character by character.</param>
/// <param name="RawSuccessTime">LastSuccessfulSyncTime, character by character; empty where there is none.</param>
public sealed record SupStatusRow(SupSyncStatus Status, string RawStateTime, string RawSuccessTime);

/// <summary>Asks the SMS Provider (configmgr.md, 2a to 2e).</summary>
public sealed class SiteReader(IWmi wmi, AgentOptions options)
{
    private const string SyncManager = "SMS_WSUS_SYNC_MANAGER";

    /// <summary>
    /// "Since 12:00 AM", the first of the sixteen intervals that a site is installed with. The summarizer wants one of the site's own intervals to be named; with
    /// another it answers with objects that hold no data (Microsoft: About Configuration Manager tally intervals).
    /// </summary>
    private const string SinceMidnight = "0001128000100008";

    private const string StatusSummarizer = "SMS_COMPONENT_STATUS_SUMMARIZER";

    /// <summary>The provider for the local site; null where this is no site server.</summary>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<SiteProvider?> FindAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<WmiRow> rows;
        try
        {
            rows = await wmi.QueryAsync(@"root\SMS", "SELECT * FROM SMS_ProviderLocation WHERE ProviderForLocalSite = TRUE", cancellationToken).ConfigureAwait(false);
        }
        catch (EdgeException exception) when (exception.Failure == ReadFailure.NotFound)
        {
            return null;
        }

        if (rows.Count == 0)
        {
            return null;
        }

        var siteCode = WmiValues.Text(rows[0]["SiteCode"]);
        var computer = WmiValues.Text(rows[0]["Machine"]);
        var path = WmiValues.Text(rows[0]["NamespacePath"]);
        var local = $@"root\SMS\site_{siteCode}";

        return new SiteProvider(siteCode, computer, IsThisComputer(computer) || path.Length == 0 ? local : path);
    }

    /// <summary>One row a software update point. An account without rights gets fewer rows, or none, and no error.</summary>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<IReadOnlyList<SupSyncStatus>> ReadSyncStatusAsync(SiteProvider site, CancellationToken cancellationToken) =>
        [.. (await ReadSyncStatusRowsAsync(site, cancellationToken).ConfigureAwait(false)).Select(row => row.Status)];

    /// <summary>The same, with the times as the provider writes them.</summary>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<IReadOnlyList<SupStatusRow>> ReadSyncStatusRowsAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        var rows = await wmi.QueryAsync(site.Scope, "SELECT * FROM SMS_SUPSyncStatus", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new SupStatusRow(ReadStatus(row), WmiValues.Text(row["LastSyncStateTime"]), WmiValues.Text(row["LastSuccessfulSyncTime"])))];
    }

    /// <summary>Number of software updates that the provider shows to this account. Rights give a smaller number, not an error.</summary>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public Task<long> CountUpdatesAsync(SiteProvider site, CancellationToken cancellationToken) => CountAsync(site, "CI_ID", "SMS_SoftwareUpdate", cancellationToken);

    /// <summary>What the components that synchronize counted since midnight, or in the first of the site's own intervals; empty where the provider tells nothing.</summary>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<IReadOnlyList<SiteComponent>> ReadComponentsAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        var interval = await FindIntervalAsync(site, cancellationToken).ConfigureAwait(false);
        var rows = await wmi.QueryAsync(
            site.Scope,
            $"""
            SELECT ComponentName, MachineName, Status, State, Errors, Warnings FROM SMS_ComponentSummarizer
            WHERE TallyInterval = '{interval}' AND SiteCode = '{site.SiteCode}'
            AND (ComponentName = '{SyncManager}' OR ComponentName = 'SMS_WSUS_CONFIGURATION_MANAGER' OR ComponentName = 'SMS_WSUS_CONTROL_MANAGER')
            """.ReplaceLineEndings(" "),
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Where(row => WmiValues.Text(row["ComponentName"]).Length > 0).Select(ReadComponent)];
    }

    /// <summary>Whether the site synchronizes on a schedule; null where the provider does not tell. The schedule is a lazy property: it is there only where the object is read by itself.</summary>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<bool?> ReadHasScheduleAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        if (await FindComponentAsync(site, SyncManager, cancellationToken).ConfigureAwait(false) is not { } component)
        {
            return null;
        }

        var properties = component["Props"] as IEnumerable<WmiRow> ?? [];
        return properties.FirstOrDefault(property => string.Equals(WmiValues.Text(property["PropertyName"]), "Sync Schedule", StringComparison.OrdinalIgnoreCase)) is { } schedule
            ? WmiValues.Text(schedule["Value1"]).Trim().Length > 0
            : null;
    }

    /// <summary>An administrator may have changed the intervals, so they are read where the site lists them; where it does not, the one that it was installed with.</summary>
    private async Task<string> FindIntervalAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        WmiRow? component = null;
        try
        {
            component = await FindComponentAsync(site, StatusSummarizer, cancellationToken).ConfigureAwait(false);
        }
        catch (EdgeException)
        {
            // An account that may not read the site control file may still read the counts.
        }

        var intervals = (component?["PropLists"] as IEnumerable<WmiRow> ?? [])
            .Where(list => string.Equals(WmiValues.Text(list["PropertyListName"]), "Summary_Intervals", StringComparison.OrdinalIgnoreCase))
            .SelectMany(list => list["Values"] as IEnumerable<string> ?? [])
            .Select(interval => interval.Trim())
            .Where(interval => interval.Length > 0 && interval.All(char.IsAsciiHexDigit))
            .ToList();

        return intervals.Count == 0 || intervals.Contains(SinceMidnight, StringComparer.OrdinalIgnoreCase) ? SinceMidnight : intervals[0];
    }

    /// <summary>A component of the site control file with its lazy properties, which a query leaves out; null where the provider shows none of that name.</summary>
    private async Task<WmiRow?> FindComponentAsync(SiteProvider site, string name, CancellationToken cancellationToken)
    {
        var rows = await wmi.QueryAsync(
            site.Scope, $"SELECT * FROM SMS_SCI_Component WHERE ComponentName = '{name}' AND SiteCode = '{site.SiteCode}'", cancellationToken).ConfigureAwait(false);
        return rows.Count > 0 && WmiValues.Text(rows[0][WmiRow.RelativePath]) is { Length: > 0 } path
            ? await wmi.GetAsync(site.Scope, path, cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <summary>How the software update point of this server is set up, and how many updates are expired and categories selected; what the provider does not tell is null.</summary>
    /// <remarks>
    /// SMS_SCI_SysResUse with its lazy properties, SMS_SoftwareUpdate.IsExpired: configmgr.md, 2c and 2e; RoleName, and SMS_UpdateCategoryInstance with IsSubscribed, from memory.
    /// Rights give fewer rows, not an error: no selected category counts only where others are seen.
    /// </remarks>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<SiteSyncSettings> ReadSettingsAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        var role = await ReadPointAsync(site, cancellationToken).ConfigureAwait(false);
        var expired = await CountAsync(site, "CI_ID", "SMS_SoftwareUpdate WHERE IsExpired = TRUE", cancellationToken).ConfigureAwait(false);
        var subscribed = await CountAsync(site, "CategoryInstance_UniqueID", "SMS_UpdateCategoryInstance WHERE IsSubscribed = TRUE", cancellationToken).ConfigureAwait(false);
        var isSeen = subscribed > 0 || await CountAsync(site, "CategoryInstance_UniqueID", "SMS_UpdateCategoryInstance", cancellationToken).ConfigureAwait(false) > 0;
        return new()
        {
            Port = ToPort(Number(role, "WSUSIISPort")),
            TlsPort = ToPort(Number(role, "WSUSIISSSLPort")),
            UsesTls = Number(role, "SSLWSUS") is { } tls ? tls != 0 : null,
            ExpiredUpdates = expired,
            SubscribedCategories = isSeen ? (int)subscribed : null,
        };
    }

    /// <summary>COUNT of the provider's extended WQL: one row instead of tens of thousands. Where the provider takes it as no query of its own, or answers otherwise, the keys are counted.</summary>
    /// <remarks>The clause is documented (Microsoft: Configuration Manager extended WMI query language); the form and the property "Count" of its answer are those of a public program.</remarks>
    private async Task<long> CountAsync(SiteProvider site, string key, string from, CancellationToken cancellationToken)
    {
        try
        {
            var counted = await wmi.QueryAsync(site.Scope, $"SELECT COUNT({key}) FROM {from}", cancellationToken).ConfigureAwait(false);
            if (counted.Count == 1 && WmiValues.Number(counted[0]["Count"]) is { } count)
            {
                return count;
            }
        }
        catch (EdgeException exception) when (exception.Failure == ReadFailure.Fault)
        {
            // "Invalid query": counted in the other way.
        }

        return (await wmi.QueryAsync(site.Scope, $"SELECT {key} FROM {from}", cancellationToken).ConfigureAwait(false)).Count;
    }

    /// <summary>The properties of the role on this server; empty where it has none: the ports of another server say nothing about this one's.</summary>
    private async Task<IReadOnlyList<WmiRow>> ReadPointAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        var rows = await wmi.QueryAsync(
            site.Scope, $"SELECT * FROM SMS_SCI_SysResUse WHERE RoleName = 'SMS Software Update Point' AND SiteCode = '{site.SiteCode}'", cancellationToken).ConfigureAwait(false);
        var own = rows.FirstOrDefault(row => IsThisComputer(WmiValues.Text(row["NetworkOSPath"]).TrimStart('\\')));
        if (own is null || WmiValues.Text(own[WmiRow.RelativePath]) is not { Length: > 0 } path)
        {
            return [];
        }

        var role = await wmi.GetAsync(site.Scope, path, cancellationToken).ConfigureAwait(false);
        return [.. role["Props"] as IEnumerable<WmiRow> ?? []];
    }

    private static long? Number(IReadOnlyList<WmiRow> properties, string name) =>
        properties.FirstOrDefault(property => string.Equals(WmiValues.Text(property["PropertyName"]), name, StringComparison.OrdinalIgnoreCase)) is { } found ? WmiValues.Number(found["Value"]) : null;

    private static int? ToPort(long? number) => number is >= 1 and <= 65535 ? (int)number : null;

    private static SupSyncStatus ReadStatus(WmiRow row) => new()
    {
        ServerName = WmiValues.Text(row["WSUSServerName"]),
        SiteCode = WmiValues.Text(row["SiteCode"]),
        Source = WmiValues.Text(row["WSUSSourceServer"]),
        LastSyncState = (int)(WmiValues.Number(row["LastSyncState"]) ?? 0),
        LastSyncStateAt = WmiValues.Time(row["LastSyncStateTime"]),
        LastSyncErrorCode = WmiValues.Number(row["LastSyncErrorCode"]) ?? 0,
        LastSuccessfulSyncAt = WmiValues.Time(row["LastSuccessfulSyncTime"]),
        CatalogVersion = WmiValues.Number(row["SyncCatalogVersion"]) ?? 0,
        ReplicationLinkStatus = (int?)WmiValues.Number(row["ReplicationLinkStatus"]),
        AreTimesUncertain = !WmiValues.HasZone(row["LastSyncStateTime"]) || !WmiValues.HasZone(row["LastSuccessfulSyncTime"]),
    };

    // Status: 0 green, 1 yellow, 2 red. State: 1 started (configmgr.md, 2d).
    private static SiteComponent ReadComponent(WmiRow row) => new()
    {
        Name = WmiValues.Text(row["ComponentName"]),
        Computer = WmiValues.Text(row["MachineName"]),
        Health = WmiValues.Number(row["Status"]) switch
        {
            0 => ComponentHealth.Ok,
            1 => ComponentHealth.Warning,
            2 => ComponentHealth.Critical,
            _ => ComponentHealth.Unknown,
        },
        IsStarted = WmiValues.Number(row["State"]) == 1,
        Errors = (int)(WmiValues.Number(row["Errors"]) ?? 0),
        Warnings = (int)(WmiValues.Number(row["Warnings"]) ?? 0),
    };

    private bool IsThisComputer(string computer) =>
        string.Equals(computer.Split('.')[0], options.ComputerName.Split('.')[0], StringComparison.OrdinalIgnoreCase);
}
