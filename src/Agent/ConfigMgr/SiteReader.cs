using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Where the SMS Provider of this site is.</summary>
/// <param name="SiteCode">Three characters.</param>
/// <param name="Computer">The computer that runs it.</param>
/// <param name="Scope">The WMI namespace to ask.</param>
public sealed record SiteProvider(string SiteCode, string Computer, string Scope);

/// <summary>Asks the SMS Provider (configmgr.md, 2a to 2e).</summary>
public sealed class SiteReader(IWmi wmi, AgentOptions options)
{
    private const string SyncManager = "SMS_WSUS_SYNC_MANAGER";

    /// <summary>"Since midnight". The summarizer gives rows only where an interval is named; this token is from memory, and a wrong one gives no rows.</summary>
    private const string SinceMidnight = "0001128000100008";

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
    public async Task<IReadOnlyList<SupSyncStatus>> ReadSyncStatusAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        var rows = await wmi.QueryAsync(site.Scope, "SELECT * FROM SMS_SUPSyncStatus", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(ReadStatus)];
    }

    /// <summary>Number of software updates that the provider shows to this account.</summary>
    /// <remarks>Counted by keys: COUNT(*) is an extension of the provider that no source confirms. Rights give fewer rows, not an error.</remarks>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<long> CountUpdatesAsync(SiteProvider site, CancellationToken cancellationToken) =>
        (await wmi.QueryAsync(site.Scope, "SELECT CI_ID FROM SMS_SoftwareUpdate", cancellationToken).ConfigureAwait(false)).Count;

    /// <summary>What the components that synchronize counted since midnight; empty where the provider tells nothing.</summary>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<IReadOnlyList<SiteComponent>> ReadComponentsAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        var rows = await wmi.QueryAsync(
            site.Scope,
            $"""
            SELECT ComponentName, MachineName, Status, State, Errors, Warnings FROM SMS_ComponentSummarizer
            WHERE TallyInterval = '{SinceMidnight}' AND SiteCode = '{site.SiteCode}'
            AND (ComponentName = '{SyncManager}' OR ComponentName = 'SMS_WSUS_CONFIGURATION_MANAGER' OR ComponentName = 'SMS_WSUS_CONTROL_MANAGER')
            """.ReplaceLineEndings(" "),
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(ReadComponent)];
    }

    /// <summary>Whether the site synchronizes on a schedule; null where the provider does not tell. The schedule is a lazy property: it is there only where the object is read by itself.</summary>
    /// <exception cref="EdgeException">WMI refuses or fails.</exception>
    public async Task<bool?> ReadHasScheduleAsync(SiteProvider site, CancellationToken cancellationToken)
    {
        var rows = await wmi.QueryAsync(
            site.Scope, $"SELECT * FROM SMS_SCI_Component WHERE ComponentName = '{SyncManager}' AND SiteCode = '{site.SiteCode}'", cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0 || WmiValues.Text(rows[0][WmiRow.RelativePath]) is not { Length: > 0 } path)
        {
            return null;
        }

        var component = await wmi.GetAsync(site.Scope, path, cancellationToken).ConfigureAwait(false);
        var properties = component["Props"] as IEnumerable<WmiRow> ?? [];
        return properties.FirstOrDefault(property => string.Equals(WmiValues.Text(property["PropertyName"]), "Sync Schedule", StringComparison.OrdinalIgnoreCase)) is { } schedule
            ? WmiValues.Text(schedule["Value1"]).Trim().Length > 0
            : null;
    }

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
