using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>Causes 19 to 27, 30 and 31: the way from the site to WSUS, its set-up, and what it imports.</summary>
internal static class WebServiceCases
{
    private const string NotConfigured = "WSUS server not configured. Please refer to WCM.log for configuration error details.. Source: CWSyncMgr::DoSync";

    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("HTTP 500 although the pool runs", FindingIds.WsusUnavailable,
            story => story.SiteFailed("System.Net.WebException: The request failed with HTTP status 500: Internal Server Error. Source: AdminProxy.CreateUpdateServer", 500).WsusEvent(12012, -10, "The API Remoting Web Service is not working."),
            Without: story => story.SiteFailed("Failed")),
        new("HTTP 503 although the pool runs and its queue is empty", FindingIds.WsusUnavailable,
            story => story.SiteFailed("The request failed with HTTP status 503: Service Unavailable.", 503).WsusEvent(12012, -10).WsusEvent(12022, -10).WsusSilent()),
        new("the site asks on port 80, WSUS listens on 8530", FindingIds.PortMismatch,
            story => story.SiteFailed("Unable to connect to the remote server. Source: AdminProxy.CreateUpdateServer").SiteSettings(new SiteSyncSettings { Port = 80, TlsPort = 443, UsesTls = false }),
            Without: story => story.SiteFailed("Failed")),
        new("the site's log shows the wrong port", FindingIds.PortMismatch,
            story => story.SiteFailed(NotConfigured).Line("WCM", -8, "Attempting connection to WSUS server: BRN-WSUS02, port: 80, useSSL: False").Line("WCM", -8, "System.Net.WebException: The request failed with HTTP status 404: Not Found.")),
        new("401 on ApiRemoting30", FindingIds.SyncAccessDenied,
            story => story.SiteFailed("The request failed with HTTP status 401: Unauthorized. Source: AdminProxy.CreateUpdateServer", 401), Without: story => story.SiteFailed("Failed")),
        new("403 on ApiRemoting30, the pool at its defaults", FindingIds.SyncAccessDenied,
            story => story.PoolAtDefaults().SiteFailed(NotConfigured).Line("WCM", -20, "System.Net.WebException: The request failed with HTTP status 403: Forbidden. at ApiRemoting30")),
        new("the site uses TLS, WSUS does not", FindingIds.WsusTlsSetup,
            story => story.SiteFailed(NotConfigured).SiteSettings(new SiteSyncSettings { Port = 8530, TlsPort = 8531, UsesTls = true }).Line("WCM", -8, "Attempting connection to WSUS server: BRN-WSUS02.corp.example, port: 8531, useSSL: True")),
        new("the certificate of WSUS has expired", FindingIds.WsusTlsSetup,
            story => story.SiteFailed("Could not establish trust relationship for the SSL/TLS secure channel. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer").Wsus(state => state with { UsesTls = true, Port = 8531 })
                .Line("WCM", -5, "System.Security.Authentication.AuthenticationException: The remote certificate is invalid according to the validation procedure.")
                .Line("WCM", -5, "The certificate of BRN-WSUS02.corp.example has expired."),
            Without: story => story.SiteFailed("Failed").Wsus(state => state with { UsesTls = true, Port = 8531 })),
        new("the certificate carries the short name", FindingIds.WsusTlsSetup,
            story => story.SiteFailed(NotConfigured).Wsus(state => state with { UsesTls = true, Port = 8531 }).Line("WCM", -5, "The remote certificate is invalid: RemoteCertificateNameMismatch")),
        new("the WSUS console is missing on the site server", FindingIds.WsusConsoleMissing,
            story => story.NoWsusHere().SiteFailed(NotConfigured).Line("WCM", -30, "Supported WSUS version not found").Line("WCM", -30, "System.IO.FileNotFoundException: Could not load file or assembly 'Microsoft.UpdateServices.Administration'"),
            Without: story => story.NoWsusHere().SiteFailed("Failed")),
        new("WSUS is not configured: post-install was never run", FindingIds.WsusNotConfigured,
            story => story.SiteFailed(NotConfigured).PoolIs(pool => pool with { ApplicationCount = 0 }).Line("WCM", -9, "WSUS is not configured. Post-install tasks have not been run.")),
        new("6703, WSUS server not configured, nothing more", FindingIds.WsusNotConfigured,
            story => story.PoolAtDefaults().SiteFailed(NotConfigured).Line("wsyncmgr", 0, "STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\"")),
        new("no pool: WSUS was half removed", FindingIds.PoolMissing,
            story => story.SiteFailed("The request failed with HTTP status 404: Not Found.", 404).PoolIs(pool => pool with { Name = "DefaultAppPool" })),
        new("remote update point: healthy, not reachable from the site", FindingIds.UpdatePointUnreachable,
            story => story.NoWsusHere().SiteFailed(NotConfigured).Line("WCM", -9, "System.Net.WebException: The remote name could not be resolved: 'sup02.corp.example'").Line("WSUSCtrl", -9, "There are no unhealthy WSUS Server components on WSUS Server sup02.corp.example"),
            Without: story => story.NoWsusHere().SiteFailed("Failed")),
        new("remote update point: its pool is stopped, the site is told 503", FindingIds.UpdatePointFailing,
            story => story.NoWsusHere().Point("Pool stopped").SiteFailed("The request failed with HTTP status 503: Service Unavailable. Source: AdminProxy.CreateUpdateServer", 503),
            Without: story => story.NoWsusHere().Point().SiteFailed("Failed")),
        new("remote update point: its web server is stopped, the site can't connect", FindingIds.UpdatePointFailing,
            story => story.NoWsusHere().Point("World Wide Web Publishing Service stopped").SiteFailed("Unable to connect to the remote server. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer"), Also: FindingIds.UpdatePointUnreachable),
        new("remote update point: well as its own agent sees it, not reachable from the site", FindingIds.UpdatePointUnreachable,
            story => story.NoWsusHere().Point().SiteFailed("Unable to connect to the remote server. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer")),
        new("remote update point behind a firewall", FindingIds.UpdatePointUnreachable,
            story => story.NoWsusHere().SiteFailed("Unable to connect to the remote server. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer")),
        new("licence terms pending: 6708", FindingIds.LicenseTermsPending,
            story => story.Failed().UpdatePoint(point => point with { LastSyncState = 6708, LastSyncStateAt = Story.End }).Line("SoftwareDistribution", -1, "Failed to download EULA 1f2a.txt"),
            Without: story => story.Failed()),
        new("licence terms pending, the pool at its defaults", FindingIds.LicenseTermsPending,
            story => story.PoolAtDefaults().Failed().Line("wsyncmgr", 0, "STATMSG: ID=6708 SEV=W LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\"")),
        new("import of Surface drivers fails", FindingIds.DriverImport,
            story => story.SiteFailed("ImportUpdateFromCatalogSite failed. Arg = 5f1c0d1e-2b5b-4a27-8df5-0f6e3a0c9f10. Error =An existing connection was forcibly closed by the remote host"), Without: story => story.SiteFailed("Failed")),
        new("arithmetic error in WSUS", FindingIds.ArithmeticOverflow,
            story => story.Failed().Line("wsyncmgr", -1, "SoapException: Overflow or underflow in the arithmetic operation. Source: ApiRemoting30"), Without: story => story.Failed()),
        new("WsusService is stopped", FindingIds.WsusServiceStopped,
            story => story.SiteFailed("The operation has timed out").Service(ServiceNames.WsusService, ServiceState.Stopped, -300), Without: story => story.SiteFailed("The operation has timed out")),
        new("W3SVC is stopped", FindingIds.WorldWideWebStopped,
            story => story.SiteFailed("Unable to connect to the remote server", 0).Service(ServiceNames.WorldWideWeb, ServiceState.Stopped, -60)),
    ];
}
