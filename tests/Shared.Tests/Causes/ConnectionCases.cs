using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>Causes 13 to 18: the way to the update source.</summary>
internal static class ConnectionCases
{
    private const string Http407 = "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.";

    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("proxy asks for a password, the pool is at its defaults", FindingIds.ProxyRefused,
            story => story.PoolAtDefaults().Wsus(state => state with { UsesProxy = true, ProxyName = "proxy.corp.example" }).Failed(Http407),
            Without: story => story.PoolAtDefaults().Wsus(state => state with { UsesProxy = true, ProxyName = "proxy.corp.example" }).Failed()),
        new("407, and a recycle at the limit in the same hour", FindingIds.ProxyRefused,
            story => story.PoolAtDefaults().Failed(Http407).Event(WindowsEvents.PrivateMemoryRecycle, -5)),
        new("WSUS hides its error, WCM.log has the 407", FindingIds.ProxyRefused,
            story => story.PoolAtDefaults().Failed().Line("WCM", -3, "System.Net.WebException: The request failed with HTTP status 407: Proxy Authentication Required."),
            Without: story => story.PoolAtDefaults().Failed()),
        new("proxy gives 502", FindingIds.ProxyRefused,
            story => story.Wsus(state => state with { UsesProxy = true, ProxyName = "proxy.corp.example" }).Failed("The remote server returned an error: (502) Bad Gateway.")),
        new("WSUS itself says ProxyError", FindingIds.ProxyRefused, story => story.Failed("ProxyError")),
        new("the proxy closes the stream", FindingIds.ProxyRefused,
            story => story.Wsus(state => state with { UsesProxy = true, ProxyName = "proxy.corp.example" }).Failed("System.IO.IOException: Authentication failed because the remote party has closed the transport stream.")),
        new("dead endpoint fe2", FindingIds.EndpointRetired,
            story => story.Failed("SoapException: Fault occurred. Source: GetUpdateData").Line("SoftwareDistribution", -1, "USS ThrowException: Actor = https://fe2.update.microsoft.com/v6/ServerSyncWebService/serversyncwebservice.asmx, Method = \"GetUpdateData\""),
            Without: story => story.Failed("SoapException: Fault occurred.")),
        new("no common algorithm", FindingIds.Tls12Missing,
            story => story.Failed("The client and server cannot communicate, because they do not possess a common algorithm"),
            Without: story => story.Failed()),
        new("connection reset in the handshake, TLS 1.0 disabled", FindingIds.Tls12Missing,
            story => story.Failed("WebException: The underlying connection was closed: An existing connection was forcibly closed by the remote host").Line("SoftwareDistribution", -2, "SCHANNEL Protocol 'TLS 1.0' disabled")),
        new("chain not trusted: 800B0109", FindingIds.SecureChannelFailed,
            story => story.Failed("A certificate chain processed, but terminated in a root certificate which is not trusted by the trust provider. 800B0109", 0x800B0109),
            Without: story => story.Failed()),
        new("trust relationship with Microsoft Update, TLS inspection", FindingIds.SecureChannelFailed,
            story => story.PoolAtDefaults().Failed().SiteSaid("Sync Failed: USSCommunicationError: WebException: The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.")),
        new("not a Microsoft root", FindingIds.SecureChannelFailed,
            story => story.Failed("Verification of signed file failed: not Microsoft Root CA signed root")),
        new("connection aborted on the way: 0x80072EFE", FindingIds.SourceUnreachable,
            story => story.Failed("", 0x80072EFE), Without: story => story.Failed()),
        new("the other side did not respond", FindingIds.SourceUnreachable,
            story => story.Failed("A connection attempt failed because the connected party did not properly respond after a period of time")),
        new("name not resolved", FindingIds.SourceUnreachable,
            story => story.PoolAtDefaults().Failed("WebException: The remote name could not be resolved: 'sws.update.microsoft.com'")),
        new("Microsoft is down: everybody times out", FindingIds.MicrosoftOutage,
            story => story.Failed("The operation has timed out").Fleet(16, 15), Without: story => story.Failed("The operation has timed out").Fleet(16, 1)),
        new("Microsoft is down, the pools are at their defaults", FindingIds.MicrosoftOutage,
            story => story.PoolAtDefaults().Failed("WebException: The operation has timed out").Fleet(40, 38)),
        new("proxy refuses and the disk is nearly full", FindingIds.ProxyRefused,
            story => story.Failed(Http407).Host(host => host with { ContentVolumeFreeKilobytes = 900_000 }).WsusEvent(10041, -60, "The server is low on available disk space for content."), Also: FindingIds.DiskFull),
    ];
}
