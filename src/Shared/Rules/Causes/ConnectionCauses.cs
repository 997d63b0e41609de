using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 13 to 18: the way from WSUS to its update source.</summary>
internal static class ConnectionCauses
{
    /// <summary>Words of a connection that does not come about, to whomever.</summary>
    internal const string NotReachable =
        "could not be resolved|NameResolutionFailure|UssNotFound|UssCommunicationError(?!: WebException)|actively refused|ConnectFailure|unable to connect to the remote|did not properly respond|80072E(?:FE|FD|E7|E2)|8007274[CD]";

    internal static readonly uint[] NotReachableCodes = [0x80072EE7, 0x80072EFD, 0x80072EFE, 0x80072EE2, 0x8007274C, 0x8007274D];

    private const double MostOfTheFleet = 0.7;
    private const int FewestServers = 3;

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 13, Id = FindingIds.EndpointRetired, Precedence = 123, Name = "WSUS asks an address that Microsoft retired", Source = "Microsoft, WSUS synchronization fails with SoapException",
            Meaning = "WSUS still asks fe2 or sws1 at Microsoft Update; those addresses were switched off.",
            Because = "WSUS asks an address of Microsoft Update that no longer exists",
            Helps = "On the top server only: set MUUrl to https://sws.update.microsoft.com and RedirectorChangeNumber to 4002, run iisreset, restart WSUS.",
            LookNext = "The configuration row of WSUS: MUUrl.",
            Signs = [new(@"Actor\s*=\s*https?://(?:fe2|sws1)\.", "It talks to a retired address"), new("SoapException.*GetUpdateData|GetUpdateData.*SoapException", "The fault comes from GetUpdateData", Weight.Supports)],
        },
        new()
        {
            Number = 14, Id = FindingIds.Tls12Missing, Precedence = 121, Name = "TLS 1.2 is missing", Source = "Microsoft, troubleshooting WSUS import and sync issues",
            Meaning = "The two sides have no TLS version in common: the update source takes TLS 1.2 and newer, this server does not offer it.",
            Because = "this server offers no TLS version that the update source takes",
            Helps = "Allow TLS 1.2 for .NET on the server (strong crypto keys), then restart it.",
            LookNext = "The lines \"SCHANNEL Protocol\" in SoftwareDistribution.log: which versions are enabled.",
            ErrorCodes = [0x80072F7D],
            Signs =
            [
                new("common algorithm", "The two sides share no algorithm"),
                new("forcibly closed", "The other side closed the connection in the handshake", Weight.Strong),
                new("SCHANNEL Protocol 'TLS 1\\.[0-2]' disabled", "A TLS version is disabled", Weight.Supports),
            ],
        },
        new()
        {
            Number = 15, Id = FindingIds.SecureChannelFailed, Precedence = 122, Name = "No trusted connection", Source = "Microsoft, WSUS does not sync with certificate error 800B0109",
            Meaning = "No trusted TLS connection to {source} can be made: its certificate is not trusted here, or something on the way inspects TLS.",
            Because = "no trusted TLS connection to {source} can be made",
            Helps = "Install the update that brings the root certificate, or exempt the addresses of {source} from TLS inspection.",
            LookNext = "Check that the root certificate is trusted on the server, and that no proxy inspects the traffic to the update source.",
            ErrorCodes = [0x80072F8F, 0x800B0109, 0x800B0101, 0x800B010A, 0x80072F0D, 0x80072F05, 0x80072F06],
            Signs = [new("trust relationship|TrustFailure|SecureChannelFailure|800B01(?:09|0A|01)|Root CA signed|remote certificate is invalid", "The certificate of the other side is not trusted", Place: SignPlace.WsusToSource)],
        },
        new()
        {
            Number = 16, Id = FindingIds.ProxyRefused, Precedence = 126, Name = "Proxy refuses", Source = Sources.Troubleshooting,
            Meaning = "The proxy{proxy} refuses the connection of WSUS to its update source. The application pool is not the cause, and repairing it does not help.",
            Because = "the proxy{proxy} refuses the connection; the pool is not the cause",
            Helps = "Correct the proxy account, its password, or its rights on the proxy{proxy}.",
            LookNext = "Check the proxy account: its name and password in the options of WSUS (or of the software update point), and its rights on the proxy{proxy}. Then start a synchronization.",
            ErrorCodes = [407, 0x80190197, 0x8024401B],
            Signs =
            [
                new(@"\(407\)|status(?: code)?:? 407\b|\b407 proxy|\bproxyerror\b|\bproxy authentication\b|ProxyNameResolutionFailure", "The proxy refused"),
                new(@"\(502\)|status(?: code)?:? 502\b", "A proxy or gateway got no proper answer", Weight.Strong),
            ],
            Look = Proxy,
        },
        new()
        {
            Number = 17, Id = FindingIds.SourceUnreachable, Precedence = 115, Name = "Update source not reachable", Source = Sources.Troubleshooting,
            Meaning = "Microsoft Update cannot be reached from this server: name resolution, firewall or route.",
            Because = "Microsoft Update cannot be reached",
            Helps = "Mend name resolution, firewall or proxy on the way to the addresses of Microsoft Update.",
            LookNext = "Check name resolution and the firewall's rules for the addresses of Microsoft Update. Where many servers fail at once, wait for Microsoft and change nothing.",
            AppliesTo = reading => !reading.HasUpstream && reading.HasWsus,
            ErrorCodes = NotReachableCodes,
            Signs = [new(NotReachable, "No connection to the update source", Place: SignPlace.WsusToSource)],
            Look = Alone,
        },
        new()
        {
            Number = 18, Id = FindingIds.MicrosoftOutage, Precedence = 127, Name = "Outage at Microsoft", Source = "windowsforum.com, WSUS synchronization outage",
            Meaning = "Many servers that have nothing else in common fail in the same hour and were healthy before: the trouble is at Microsoft.",
            Because = "Microsoft Update does not answer any server at present",
            Helps = "Wait and let the servers try again; change nothing.",
            LookNext = "Microsoft's service health, and whether the servers recover by themselves.",
            AppliesTo = reading => !reading.HasUpstream,
            Signs = [new("operation has timed out|" + NotReachable, "The update source did not answer", Weight.Supports, SignPlace.WsusToSource)],
            Look = Outage,
        },
    ];

    private static IEnumerable<WeightedEvidence> Proxy(SyncRunAnalysis reading)
    {
        if (reading.Wsus is not { } wsus)
        {
            yield break;
        }

        var readAt = reading.File.Snapshot!.Wsus.ReadAt;
        if (!wsus.UsesProxy)
        {
            yield return EvidenceFinder.Of("Proxy of WSUS", "none", "WSUS", readAt, Weight.SpeaksAgainst / 2);
            yield break;
        }

        yield return EvidenceFinder.Of("Proxy of WSUS", wsus.ProxyName, "WSUS", readAt, Weight.Hint);
        foreach (var sign in new[]
        {
            new TextSign(@"\(502\)|status(?: code)?:? 502\b", "", Place: SignPlace.WsusToSource),
            new TextSign("closed the transport stream", "", Place: SignPlace.WsusToSource),
            new TextSign("actively refused", "", Place: SignPlace.WsusToSource),
        })
        {
            if (reading.LoggedStatements.FirstOrDefault(sign.IsIn) is { } saying)
            {
                yield return EvidenceFinder.Of(saying, "The proxy ended the connection", Weight.Strong + Weight.Supports);
            }
        }
    }

    private static IEnumerable<WeightedEvidence> Alone(SyncRunAnalysis reading)
    {
        if (reading.File.Fleet is { Synchronizing: >= FewestServers } fleet && fleet.Failing < fleet.Synchronizing * MostOfTheFleet)
        {
            yield return EvidenceFinder.Of("Other servers in the same hour", $"{fleet.Failing} of {fleet.Synchronizing} failed", "Dashboard", reading.End, Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> Outage(SyncRunAnalysis reading)
    {
        if (reading.File.Fleet is not { Synchronizing: >= FewestServers } fleet)
        {
            yield break;
        }

        var isMost = fleet.Failing >= fleet.Synchronizing * MostOfTheFleet;
        yield return EvidenceFinder.Of("Other servers in the same hour", $"{Wording.Number(fleet.Failing)} of {Wording.Number(fleet.Synchronizing)} failed that were healthy before", "Dashboard", reading.End, isMost ? Weight.Strong + Weight.Hint : Weight.Contradicts);
    }
}
