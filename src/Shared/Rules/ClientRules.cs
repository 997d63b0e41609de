using System.Globalization;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Do clients get what they need? What the agent, and where configured the dashboard, is answered when it asks as a client does.</summary>
internal static class ClientRules
{
    /// <summary>One bad answer is no news: a recycle brings it, too.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(2);

    /// <summary>A client that scans asks dozens of times: at five seconds each, a scan takes minutes. The product's own limit; Microsoft names none.</summary>
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(5);

    private const string Reader = "Client probe";
    private const string OutsideReader = "Client probe from the dashboard";
    private const int SoonDays = 30;
    private const int VerySoonDays = 7;

    /// <summary>Without these two no client can scan; the others cost it downloads or reports.</summary>
    private static readonly ClientEndpoint[] NeededToScan = [ClientEndpoint.ClientWebService, ClientEndpoint.SimpleAuthWebService];

    public static IEnumerable<RuleFinding> Failing(RuleContext context)
    {
        var failing = OfClients(context).Where(state => context.Now - state.BadSince >= Lasting).ToList();
        if (failing.Count == 0)
        {
            yield break;
        }

        var leading = failing[0];
        var needed = failing.Where(state => NeededToScan.Contains(state.Endpoint)).ToList();
        var what = Words(leading);
        var since = context.Seen(failing.Min(state => state.BadSince));
        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.ClientsFailing,
            Severity = needed.Any(state => !IsDoubtful(state)) ? Severity.Critical : Severity.Warning,
            Title = $"Clients get {what}",
            Explanation = $"Clients {(context.For(since).Length > 0 ? "have been getting" : "get")} {what} from {Names(failing)}{context.For(since)}, so they can't {(needed.Count > 0 ? "scan for updates" : Loss(leading.Endpoint))}.",
            Evidence =
            [
                .. failing.Select(state => EvidenceOf(context, state)),
                .. OfClients(context).Where(state => state.IsGood).Select(state => EvidenceOf(context, state) with { Speaks = EvidenceDirection.Against }),
            ],
            Since = since,
            Source = Sources.ConnectionFailures,
            NextStep = NextStep(context, leading),
            Weight = Weights.Symptom + 10,
        });
    }

    public static IEnumerable<RuleFinding> Slow(RuleContext context)
    {
        var slow = OfClients(context).Where(state => state.Percentile95 >= LongWait && !state.IsFailing).OrderByDescending(state => state.Percentile95).ToList();
        if (slow.Count == 0)
        {
            yield break;
        }

        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.ClientsSlow,
            Severity = Severity.Warning,
            Title = "Slow for clients",
            Explanation = $"WSUS answers clients slowly: in the last 15 minutes, 1 in 20 answers from {Names(slow)} took {Wording.Duration(slow[0].Percentile95!.Value)} or longer.",
            Evidence = [.. slow.Select(state => new Evidence($"95th percentile of {state.Endpoint}", Wording.Duration(state.Percentile95!.Value), Reader, context.Snapshot.Client.ReadAt))],
            Source = Sources.Product,
            NextStep = "Check the pool's processor use, memory and queue on this server. If they're normal, the database is slow: maintain SUSDB (indexes, declined and obsolete updates).",
            Weight = Weights.Symptom + 2,
        });
    }

    public static IEnumerable<RuleFinding> CertificateEnds(RuleContext context)
    {
        if (Endpoints(context).Where(state => state.Answer?.Certificate is not null).MinBy(state => state.Answer!.Certificate!.NotAfter) is not { } soonest)
        {
            yield break;
        }

        var end = soonest.Answer!.Certificate!.NotAfter;
        var days = (long)Math.Ceiling((end - context.Now).TotalDays);
        if (days > SoonDays)
        {
            yield break;
        }

        var isOver = end <= context.Now;
        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.ClientCertificateEnds,
            Severity = days <= VerySoonDays ? Severity.Critical : Severity.Warning,
            Title = isOver ? "Certificate expired" : $"Certificate expires in {Wording.Count(days, "day")}",
            Explanation = isOver
                ? $"WSUS's certificate expired on {Wording.Time(end)}. Clients, consoles and Configuration Manager refuse to connect."
                : $"WSUS's certificate expires on {Wording.Time(end)}. Clients, consoles and Configuration Manager will then refuse to connect.",
            Evidence = [new Evidence($"Certificate of {AuthorityOf(soonest)}", $"valid until {Wording.Time(end)}", Reader, context.Snapshot.Client.ReadAt)],
            Source = Sources.ConnectionFailures,
            NextStep = "Get a new certificate for the same name and bind it to the WSUS site. If the name changes, run \"wsusutil configuressl NAME\" too.",
            Weight = Weights.Reading + 5,
        });
    }

    public static IEnumerable<RuleFinding> CutOff(RuleContext context)
    {
        if (context.Observation.Outside is not { Status: SectionStatus.Ok, Value: { } outside } section || section.IsStale(context.Now) || !context.Observation.IsReachable)
        {
            yield break;
        }

        // A refusal there beside an answer here is a difference, too: an address that the web site does not let in.
        var ways = outside.Endpoints
            .Select(state => (State: state, Own: OfClients(context).FirstOrDefault(own => own.Endpoint == state.Endpoint && own.IsGood)))
            .Where(way => way.State.Class > way.Own?.Class && section.ReadAt >= way.Own.Since)
            .Select(way => (way.State, Own: way.Own!, Since: CutOffSince(context, way.State, way.Own!)))
            .Where(way => context.Now - way.Since >= Lasting)
            .ToList();
        if (ways.Count == 0)
        {
            yield break;
        }

        var cutOff = ways.ConvertAll(way => way.State);
        var what = Words(cutOff[0]);
        var since = ways.Min(way => way.Since);
        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.ClientsCutOff,
            Severity = Severity.Warning,
            Title = "Not reachable over the network",
            Explanation = $"WSUS answers on {context.Observation.ServerName} itself, but the dashboard's computer has been getting {what} from {Names(cutOff)} for {Wording.Duration(context.Now - since!.Value)}. Clients on the same network path get the same.",
            Evidence =
            [
                .. cutOff.Select(state => new Evidence($"GET {state.Address}", state.Answer?.Describe() ?? Wording.Unknown, OutsideReader, section.ReadAt)),
                .. ways.Select(way => EvidenceOf(context, way.Own)),
            ],
            Since = since,
            Source = Sources.ConnectionFailures,
            NextStep = $"Check whether a firewall between the dashboard and {context.Observation.ServerName} blocks port {PortOf(cutOff[0])}, the server's own first. Then check the WSUS site's IP restrictions.",
            Weight = Weights.Symptom + 1,
        });
    }

    /// <summary>Since when an address answers here and not there: a bad answer from before WSUS answered here was no difference.</summary>
    private static DateTimeOffset? CutOffSince(RuleContext context, EndpointState outside, EndpointState own) =>
        RuleContext.Latest(outside.BadSince ?? outside.Since, context.Seen(own.Since));

    private static ValueList<EndpointState> Endpoints(RuleContext context) =>
        context.Snapshot.Client is { Status: SectionStatus.Ok, Value: { } client } ? client.Endpoints : [];

    /// <summary>In the order in which clients need them.</summary>
    private static IEnumerable<EndpointState> OfClients(RuleContext context) => Endpoints(context).Where(state => ClientEndpoints.OfClients.Contains(state.Endpoint));

    /// <summary>A plain error page from an address that never answered well: nobody knows that it should.</summary>
    private static bool IsDoubtful(EndpointState state) =>
        state is { Usual: AnswerClass.NotAsked, Class: AnswerClass.Misplaced or AnswerClass.Failed, Answer.SubStatus: null };

    private static string Words(EndpointState state) => state.Skipped is SkipReason.PoolStopped ? "503" : state.Answer?.Words ?? Wording.Unknown;

    private static string Names(IReadOnlyList<EndpointState> states) => Wording.List([.. states.Select(state => state.Endpoint.ToString())]);

    private static string Loss(ClientEndpoint endpoint) => endpoint is ClientEndpoint.Content ? "download files from this server" : "report their state";

    private static Evidence EvidenceOf(RuleContext context, EndpointState state) => new(
        $"GET {state.Address}",
        state.Skipped switch
        {
            SkipReason.PoolStopped => $"503: pool {state.PoolName} is stopped, so the agent didn't ask",
            SkipReason.PoolIdle => $"not asked: pool {state.PoolName} has no worker and starts on demand",
            _ => state.Answer?.Describe() ?? Wording.Unknown,
        },
        Reader,
        context.Snapshot.Client.ReadAt);

    private static string AuthorityOf(EndpointState state) => Uri.TryCreate(state.Address, UriKind.Absolute, out var address) ? address.Authority : state.Address;

    private static string PortOf(EndpointState state) =>
        Uri.TryCreate(state.Address, UriKind.Absolute, out var address) ? address.Port.ToString(CultureInfo.InvariantCulture) : Wording.Unknown;

    /// <summary>What an answer of each kind points to (care.md, section 6).</summary>
    private static string NextStep(RuleContext context, EndpointState state) => state switch
    {
        { Skipped: SkipReason.PoolStopped } => $"Start {state.PoolName}; the finding about the pool says why it's stopped.",
        { Answer.SubStatus: 19 } => "IIS can't load its configuration for this pool; the error code says which part. 0x8007007E: a 32-bit pool can't load the 64-bit compression library suscomp.dll, so set \"Enable 32-bit applications\" to False. 0x800700B7: remove the site's own MIME entry.",
        { Answer.Status: 503 } => $"IIS refuses the requests. Check that {PoolOf(context, state)} is started and its queue isn't full, and look for WAS events in the System log.",
        { Answer.Failure: ProbeFailure.NotConnected or ProbeFailure.Interrupted } => $"Check that W3SVC is running, that the WSUS site is started, and that it's bound to port {PortOf(state)}.",
        { Answer.Failure: ProbeFailure.TimedOut } => $"The worker of {PoolOf(context, state)} doesn't answer. Check its processor use and memory; recycle the pool if no sync is running.",
        { Answer.Failure: ProbeFailure.NameNotResolved } => $"Add {AuthorityOf(state)} to DNS, or set Agent:WsusHost to the name that clients use.",
        { Answer.Failure: ProbeFailure.TlsFailed or ProbeFailure.CertificateInvalid } => $"Bind a valid certificate to port {PortOf(state)} of the WSUS site, and check that the server still allows TLS 1.2.",
        { Class: AnswerClass.Refused } => "It used to answer without a login. Check anonymous authentication, \"Require SSL\" and the access rights of this part of the WSUS site.",
        { Class: AnswerClass.Misplaced } => "Check that the WSUS site has this application and that its folder exists. \"wsusutil.exe postinstall\" creates the applications again.",
        _ => "Look for the ASP.NET error in the server's Application log. Events from Windows Server Update Services there name the part that fails.",
    };

    private static string PoolOf(RuleContext context, EndpointState state) => state.PoolName.Length > 0 ? state.PoolName : context.PoolName;
}
