using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 13 to 18: the way from WSUS to its update source.</summary>
internal static class ConnectionCauses
{
    /// <summary>Beside its signs: a connection that got no answer (Winsock 10060), or was cut while it was made. A time-out of an open one is another thing, which a busy server gives too.</summary>
    private static readonly PhraseSet NotReachableNames = new("did not properly respond", Phrase.Word("10060"), "80072EFE", "80072EE2", "8007274C");

    /// <summary>What WSUS calls each failure to reach its source, whatever the reason; alone it is a wrapper.</summary>
    private static readonly PhraseSet UnnamedFailures = new(Phrase.Word("UssNotFound"), Phrase.Word("UssCommunicationError"));

    internal static readonly uint[] NotReachableCodes = [0x80072EE7, 0x80072EFD, 0x80072EFE, 0x80072EE2, 0x8007274C, 0x8007274D];

    /// <summary>The other side can't be reached.</summary>
    /// <param name="what">What it is, for a person.</param>
    /// <param name="weight">As in <see cref="Weight"/>.</param>
    /// <param name="place">On which way.</param>
    public static TextSign NotReachable(string what, int weight, SignPlace place) =>
        new(NotReachableNames, what, weight, place) { Signs = FailureSign.NameResolution | FailureSign.ConnectionRefused | FailureSign.Unreachable };

    /// <summary>No answer in time.</summary>
    public static TextSign TimedOut(string what, int weight, SignPlace place) => new(FailureSign.TimedOut, what, weight, place);

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
            Signs =
            [
                new(NamesRetiredActor, "WSUS contacts a retired address"),
                new([new("fe2.update.microsoft.com") { BeginsWord = true }, new("sws1.update.microsoft.com") { BeginsWord = true }], "The error names a retired address", Weight.Supports),
                new([Phrase.InOrder("SoapException", "GetUpdateData"), Phrase.InOrder("GetUpdateData", "SoapException")], "The error comes from GetUpdateData", Weight.Supports),
            ],
        },
        new()
        {
            Number = 14, Id = FindingIds.Tls12Missing, Precedence = 121, Name = "TLS 1.2 is missing", Source = "Microsoft, troubleshooting WSUS import and sync issues",
            Meaning = "The two sides have no TLS version or cipher in common: the update source requires TLS 1.2 or newer, and this server doesn't offer it, or none of its ciphers.",
            Because = "this server offers no TLS version or cipher that the update source accepts",
            Helps = "Allow TLS 1.2 for .NET on the server (strong crypto keys), and check the policy for the order of cipher suites. Then restart it.",
            LookNext = "Check the \"SCHANNEL Protocol\" lines in SoftwareDistribution.log, which show the enabled versions, and Schannel's events in the System log.",
            ErrorCodes = [0x80072F7D],
            Signs =
            [
                new(FailureSign.NoCommonTls, "The two sides share no TLS version or cipher"),
                new(["create SSL/TLS secure channel", "SecureChannelFailure"], "No TLS connection could be made", Weight.Supports, SignPlace.WsusToSource),
                new(FailureSign.SecureChannel, "No TLS connection could be made", Weight.Supports, SignPlace.WsusToSource),
                new([Phrase.InOrder("error occurred on a send", "forcibly closed"), Phrase.InOrder("handshake", "forcibly closed")], "The other side closed the connection during the handshake", Weight.Suggests, SignPlace.WsusToSource),
                new(FailureSign.ConnectionReset, "The other side closed the connection", Weight.Supports, SignPlace.WsusToSource),
                new(["SCHANNEL Protocol 'TLS 1.0' disabled", "SCHANNEL Protocol 'TLS 1.1' disabled", "SCHANNEL Protocol 'TLS 1.2' disabled"], "A TLS version is disabled", Weight.Supports),
            ],
            Look = EventSigns.TlsFailed,
        },
        new()
        {
            Number = 15, Id = FindingIds.SecureChannelFailed, Precedence = 122, Name = "No trusted connection", Source = "Microsoft, WSUS does not sync with certificate error 800B0109",
            Meaning = "WSUS can't make a trusted TLS connection to {source}: its certificate isn't trusted here, or something on the way inspects TLS.",
            Because = "WSUS can't make a trusted TLS connection to {source}",
            Helps = "Install the update that brings the root certificate, or exempt {source}'s addresses from TLS inspection.",
            LookNext = "Check that the server trusts the root certificate, and that no proxy inspects traffic to the update source.",
            ErrorCodes = [0x80072F8F, 0x800B0109, 0x800B0101, 0x800B010A, 0x80072F0D, 0x80072F05, 0x80072F06],
            Signs = [new(["Root CA signed"], "The other side's certificate isn't trusted", place: SignPlace.WsusToSource) { Signs = FailureSign.Untrusted }, new(FailureSign.SecureChannel, "No TLS connection could be made", Weight.Supports, SignPlace.WsusToSource)],
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
                new([Phrase.Word("proxyerror"), "ProxyNameResolutionFailure"], "The proxy refused the connection") { Signs = FailureSign.Http407 },
                new(["HTTP status 502: Proxy Error"], "The proxy answered that it failed", Weight.Supports),
                new(FailureSign.Http502 | FailureSign.Http504, "A proxy or gateway got no valid response", Weight.Suggests),
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
            Signs =
            [
                NotReachable("No connection to the update source", Weight.Names, SignPlace.WsusToSource),
                new(FailureSign.ConnectionReset, "The connection to the update source was cut", Weight.Supports, SignPlace.WsusToSource),
                new(UnnamedFailures, "WSUS can't work with its update source", Weight.Supports, SignPlace.WsusToSource),
            ],
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
            Signs =
            [
                TimedOut("The update source didn't answer in time", Weight.Supports, SignPlace.WsusToSource),
                NotReachable("The update source can't be reached", Weight.Supports, SignPlace.WsusToSource),
            ],
            Look = OtherServers,
        },
    ];

    private static IEnumerable<WeightedEvidence> Proxy(SyncRunAnalysis reading)
    {
        // Microsoft refuses nobody, and an upstream server's 403 stands beside its name: the rest is a filter on the way.
        if (!reading.HasUpstream && reading.LoggedStatements.FirstOrDefault(statement => statement.Route is StatementRoute.WsusToSource && statement.Signs.HasFlag(FailureSign.Http403)) is { } forbidden)
        {
            yield return EvidenceFinder.Of(forbidden, "Something on the way to the update source forbids it", Weight.Strong);
        }

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

        // A proxy that is set explains an answer that only a proxy gives; alone it says nothing.
        var isTold = reading.LoggedStatements.Any(ProxyAnswer.IsIn);
        yield return EvidenceFinder.Of("WSUS proxy", wsus.ProxyName, "WSUS", readAt, isTold ? Weight.Supports : Weight.Hint);
        foreach (var sign in ProxyCuts)
        {
            if (reading.LoggedStatements.FirstOrDefault(sign.IsIn) is { } statement)
            {
                yield return EvidenceFinder.Of(statement, "The proxy closed the connection", Weight.Strong + Weight.Hint);
            }
        }
    }

    private static readonly TextSign ProxyAnswer = new(["closed the transport stream"], "", place: SignPlace.WsusToSource)
    {
        Signs = FailureSign.Http407 | FailureSign.Http403 | FailureSign.Http502 | FailureSign.Http504 | FailureSign.ConnectionRefused,
    };

    private static readonly TextSign[] ProxyCuts =
    [
        new(["closed the transport stream"], "", place: SignPlace.WsusToSource),
        new(FailureSign.ConnectionRefused, "", place: SignPlace.WsusToSource),
    ];

    private static IEnumerable<WeightedEvidence> Alone(SyncRunAnalysis reading)
    {
        if (reading.File.Fleet is { Synchronizing: >= FewestServers } fleet && fleet.Failing < fleet.Synchronizing * MostOfTheFleet)
        {
            yield return EvidenceFinder.Of("Other servers in the same hour", $"{fleet.Failing} of {fleet.Synchronizing} failed", "Dashboard", reading.End, Weight.Hint);
        }
    }

    private static IEnumerable<WeightedEvidence> OtherServers(SyncRunAnalysis reading)
    {
        if (reading.File.Fleet is not { Synchronizing: >= FewestServers } fleet)
        {
            yield break;
        }

        var isMost = fleet.Failing >= fleet.Synchronizing * MostOfTheFleet;
        yield return EvidenceFinder.Of("Other servers in the same hour", $"{Wording.Number(fleet.Failing)} of {Wording.Number(fleet.Synchronizing)} failed that had been healthy", "Dashboard", reading.End, isMost ? Weight.Strong + Weight.Hint : Weight.Contradicts);
    }

    /// <summary>"Actor = https://fe2.update.microsoft.com/…".</summary>
    private static bool NamesRetiredActor(string text)
    {
        for (var scanner = new TextScanner(text); scanner.Find("Actor");)
        {
            if (scanner.SkipSpace() && scanner.Take("=") && scanner.SkipSpace() && (scanner.Take("https://") || scanner.Take("http://")) && (scanner.Take("fe2.") || scanner.Take("sws1.")))
            {
                return true;
            }
        }

        return false;
    }
}
