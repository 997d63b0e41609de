using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 13 to 18: the way from WSUS to its update source.</summary>
internal static class ConnectionCauses
{
    /// <summary>Words of a connection that does not come about, to whomever.</summary>
    internal const string NotReachable =
        "could not be resolved|NameResolutionFailure|UssNotFound|UssCommunicationError(?:$|[^:]|:(?:$|[^ ])|: (?:$|[^W])|: W(?:$|[^e]))|actively refused|ConnectFailure|unable to connect to the remote|did not properly respond|80072E(?:FE|FD|E7|E2)|8007274[CD]";

    internal static readonly uint[] NotReachableCodes = [0x80072EE7, 0x80072EFD, 0x80072EFE, 0x80072EE2, 0x8007274C, 0x8007274D];

    private const double MostOfTheFleet = 0.7;
    private const int FewestServers = 3;

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 13, Id = FindingIds.EndpointRetired, Precedence = 123, Name = "WSUS uses an address Microsoft retired", Source = "Microsoft, WSUS synchronization fails with SoapException",
            Meaning = "WSUS still uses fe2 or sws1 at Microsoft Update. Those addresses were switched off.",
            Because = "WSUS uses a Microsoft Update address that no longer exists",
            Helps = "On the top server only: set MUUrl to https://sws.update.microsoft.com and RedirectorChangeNumber to 4002, run iisreset, and restart WSUS.",
            LookNext = "Check MUUrl in WSUS's configuration row.",
            Signs = [new(@"Actor\s*=\s*https?://(?:fe2|sws1)\.", "WSUS contacts a retired address"), new("SoapException.*GetUpdateData|GetUpdateData.*SoapException", "The error comes from GetUpdateData", Weight.Supports)],
        },
        new()
        {
            Number = 14, Id = FindingIds.Tls12Missing, Precedence = 121, Name = "TLS 1.2 is missing", Source = "Microsoft, troubleshooting WSUS import and sync issues",
            Meaning = "The two sides have no TLS version in common: the update source requires TLS 1.2 or newer, and this server doesn't offer it.",
            Because = "this server offers no TLS version that the update source accepts",
            Helps = "Allow TLS 1.2 for .NET on the server (strong crypto keys), then restart it.",
            LookNext = "Check the \"SCHANNEL Protocol\" lines in SoftwareDistribution.log: they show which versions are enabled.",
            ErrorCodes = [0x80072F7D],
            Signs =
            [
                new("common algorithm", "The two sides share no algorithm"),
                new("forcibly closed", "The other side closed the connection during the handshake", Weight.Strong),
                new("SCHANNEL Protocol 'TLS 1\\.[0-2]' disabled", "A TLS version is disabled", Weight.Supports),
            ],
        },
        new()
        {
            Number = 15, Id = FindingIds.SecureChannelFailed, Precedence = 122, Name = "No trusted connection", Source = "Microsoft, WSUS does not sync with certificate error 800B0109",
            Meaning = "WSUS can't make a trusted TLS connection to {source}: its certificate isn't trusted here, or something on the way inspects TLS.",
            Because = "WSUS can't make a trusted TLS connection to {source}",
            Helps = "Install the update that brings the root certificate, or exempt {source}'s addresses from TLS inspection.",
            LookNext = "Check that the server trusts the root certificate, and that no proxy inspects traffic to the update source.",
            ErrorCodes = [0x80072F8F, 0x800B0109, 0x800B0101, 0x800B010A, 0x80072F0D, 0x80072F05, 0x80072F06],
            Signs = [new("trust relationship|TrustFailure|SecureChannelFailure|800B01(?:09|0A|01)|Root CA signed|remote certificate is invalid", "The other side's certificate isn't trusted", Place: SignPlace.WsusToSource)],
        },
        new()
        {
            Number = 16, Id = FindingIds.ProxyRefused, Precedence = 126, Name = "Proxy refuses the connection", Source = Sources.Troubleshooting,
            Meaning = "The proxy{proxy} refuses WSUS's connection to its update source. The application pool isn't the cause, and repairing it won't help.",
            Because = "the proxy{proxy} refuses the connection; the pool isn't the cause",
            Helps = "Fix the proxy account, its password, or its rights on the proxy{proxy}.",
            LookNext = "Check the proxy account: its name and password in the options of WSUS (or the software update point), and its rights on the proxy{proxy}. Then start a sync.",
            ErrorCodes = [407, 0x80190197, 0x8024401B],
            Signs =
            [
                new(@"\(407\)|status(?: code)?:? 407\b|\b407 proxy|\bproxyerror\b|\bproxy authentication\b|ProxyNameResolutionFailure", "The proxy refused the connection"),
                new(@"\(502\)|status(?: code)?:? 502\b", "A proxy or gateway got no valid response", Weight.Strong),
            ],
            Look = Proxy,
        },
        new()
        {
            Number = 17, Id = FindingIds.SourceUnreachable, Precedence = 115, Name = "Update source unreachable", Source = Sources.Troubleshooting,
            Meaning = "This server can't reach Microsoft Update because of name resolution, a firewall or routing.",
            Because = "this server can't reach Microsoft Update",
            Helps = "Fix name resolution, the firewall or the proxy on the way to Microsoft Update's addresses.",
            LookNext = "Check name resolution and the firewall rules for Microsoft Update's addresses. If many servers fail at once, wait for Microsoft and change nothing.",
            AppliesTo = reading => !reading.HasUpstream && reading.HasWsus,
            ErrorCodes = NotReachableCodes,
            Signs = [new(NotReachable, "No connection to the update source", Place: SignPlace.WsusToSource)],
            Look = Alone,
        },
        new()
        {
            Number = 18, Id = FindingIds.MicrosoftOutage, Precedence = 127, Name = "Outage at Microsoft", Source = "windowsforum.com, WSUS synchronization outage",
            Meaning = "Many servers with nothing else in common fail in the same hour and were healthy before, so the problem is at Microsoft.",
            Because = "Microsoft Update isn't answering any server right now",
            Helps = "Wait and let the servers try again. Change nothing.",
            LookNext = "Check Microsoft's service health, and whether the servers recover on their own.",
            AppliesTo = reading => !reading.HasUpstream,
            Signs = [new("operation has timed out|" + NotReachable, "The update source didn't answer", Weight.Supports, SignPlace.WsusToSource)],
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
            yield return EvidenceFinder.Of("WSUS proxy", "none", "WSUS", readAt, Weight.SpeaksAgainst / 2);
            yield break;
        }

        yield return EvidenceFinder.Of("WSUS proxy", wsus.ProxyName, "WSUS", readAt, Weight.Hint);
        foreach (var sign in new[]
        {
            new TextSign(@"\(502\)|status(?: code)?:? 502\b", "", Place: SignPlace.WsusToSource),
            new TextSign("closed the transport stream", "", Place: SignPlace.WsusToSource),
            new TextSign("actively refused", "", Place: SignPlace.WsusToSource),
        })
        {
            if (reading.LoggedStatements.FirstOrDefault(sign.IsIn) is { } saying)
            {
                yield return EvidenceFinder.Of(saying, "The proxy closed the connection", Weight.Strong + Weight.Supports);
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
        yield return EvidenceFinder.Of("Other servers in the same hour", $"{Wording.Number(fleet.Failing)} of {Wording.Number(fleet.Synchronizing)} failed that had been healthy", "Dashboard", reading.End, isMost ? Weight.Strong + Weight.Hint : Weight.Contradicts);
    }
}
