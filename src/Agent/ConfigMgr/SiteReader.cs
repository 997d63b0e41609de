using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Where the SMS Provider of this site is.</summary>
/// <param name="SiteCode">Three characters.</param>
/// <param name="Computer">The computer that runs it.</param>
/// <param name="Scope">The WMI namespace to ask.</param>
public sealed record SiteProvider(string SiteCode, string Computer, string Scope);

/// <summary>Asks the SMS Provider (configmgr.md, 2a to 2c).</summary>
public sealed class SiteReader(IWmi wmi, AgentOptions options)
{
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

    /// <summary>One row a software update point.</summary>
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

    private bool IsThisComputer(string computer) =>
        string.Equals(computer.Split('.')[0], options.ComputerName.Split('.')[0], StringComparison.OrdinalIgnoreCase);
}
