using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Rules;

/// <summary>Does the error of the synchronization itself name a reason that lies outside the pool? Then no playbook is offered.</summary>
internal static class OutsideCauseRules
{
    private const string MicrosoftUpdate = "Microsoft Update";

    /// <summary>LastSyncState of an update point that is behind its upstream server (configmgr.md, 2b).</summary>
    private const int OutOfSyncWithUpstream = 6707;

    public static IEnumerable<RuleFinding> Named(RuleContext context)
    {
        if (!context.HasOutsideCause)
        {
            yield break;
        }

        var (finding, because) = context.Failure switch
        {
            SyncFailureKind.Proxy => Proxy(context),
            SyncFailureKind.SecureChannel => SecureChannel(context),
            SyncFailureKind.Network => Network(context),
            SyncFailureKind.Upstream => Upstream(context),
            SyncFailureKind.Database => Database(),
            _ => AccessDenied(),
        };
        yield return new RuleFinding(
            finding with
            {
                Severity = Severity.Critical,
                IsCause = true,
                Weight = Weights.NamedByError,
                Evidence = [.. finding.Evidence, .. Common(context)],
            },
            because);
    }

    /// <summary>The site says that this update point is behind its upstream server, and no error text says more.</summary>
    public static IEnumerable<RuleFinding> BehindUpstream(RuleContext context)
    {
        if (context.HasOutsideCause || context.OwnUpdatePoint is not { LastSyncState: OutOfSyncWithUpstream } point)
        {
            yield break;
        }

        var (finding, because) = Upstream(context);
        yield return new RuleFinding(
            finding with
            {
                Severity = context.SyncsFail ? Severity.Critical : Severity.Warning,
                IsCause = context.SyncsFail,
                Weight = Weights.NamedByError - 1,
                Evidence = [new Evidence($"Synchronization state of {point.ServerName}", "6707, content out of sync with the upstream server", "WMI, SMS_SUPSyncStatus", point.LastSyncStateAt ?? context.Snapshot.ConfigMgr.ReadAt)],
            },
            because);
    }

    private static (Finding Finding, string Because) Proxy(RuleContext context)
    {
        var name = context.Snapshot.Wsus.Value is { UsesProxy: true, ProxyName: { Length: > 0 } proxyName } ? $" {proxyName}" : "";

        return (
            new Finding
            {
                Id = FindingIds.ProxyRefused,
                Title = "Proxy refuses",
                Explanation = $"The proxy{name} refuses the connection of WSUS to its update source. The application pool is not the cause, and repairing it does not help.",
                Source = Sources.Troubleshooting,
                NextStep = $"Check the proxy account: its name and password in the options of WSUS (or of the software update point), and its rights on the proxy{name}. Then start a synchronization.",
            },
            $"the proxy{name} refuses the connection; the pool is not the cause");
    }

    private static (Finding Finding, string Because) SecureChannel(RuleContext context) => (
        new Finding
        {
            Id = FindingIds.SecureChannelFailed,
            Title = "No trusted connection",
            Explanation = $"No trusted TLS connection to {SourceName(context)} can be made: its certificate is not trusted here, the two sides have no protocol in common, or something on the way inspects TLS.",
            Source = Sources.Troubleshooting,
            NextStep = "Check that TLS 1.2 is allowed for .NET on the server, that the root certificate is trusted, and that no proxy inspects the traffic to the update source.",
        },
        $"no trusted TLS connection to {SourceName(context)} can be made");

    private static (Finding Finding, string Because) Network(RuleContext context) => HasUpstream(context)
        ? (
            new Finding
            {
                Id = FindingIds.UpstreamFailing,
                Title = "Upstream not reachable",
                Explanation = $"This server takes its updates from {SourceName(context)}, and that server cannot be reached.",
                Source = Sources.Troubleshooting,
                NextStep = $"Look at {SourceName(context)} first: is its WSUS reachable under the name and port that this server uses?",
            },
            $"its upstream server {SourceName(context)} cannot be reached")
        : (
            new Finding
            {
                Id = FindingIds.SourceUnreachable,
                Title = "Update source not reachable",
                Explanation = "Microsoft Update cannot be reached from this server: name resolution, firewall or route.",
                Source = Sources.Troubleshooting,
                NextStep = "Check name resolution and the firewall's rules for the addresses of Microsoft Update. Where many servers fail at once, wait for Microsoft and change nothing.",
            },
            "Microsoft Update cannot be reached");

    private static (Finding Finding, string Because) Upstream(RuleContext context) => (
        new Finding
        {
            Id = FindingIds.UpstreamFailing,
            Title = "Upstream fails",
            Explanation = $"This server takes its updates from {SourceName(context)}, and that server answers with a fault or is itself behind.",
            Source = Sources.Troubleshooting,
            NextStep = $"Repair {SourceName(context)} first and let it synchronize; then synchronize this server.",
        },
        $"its upstream server {SourceName(context)} does not deliver");

    private static (Finding Finding, string Because) Database() => (
        new Finding
        {
            Id = FindingIds.DatabaseFailing,
            Title = "WSUS database fails",
            Explanation = "WSUS cannot use its database SUSDB, or the database is too busy.",
            Source = Sources.ConnectionFailures,
            NextStep = "Check that the SQL service or the Windows Internal Database runs, that its disk is not full, and that SUSDB is maintained (reindexed, superseded updates declined).",
        },
        "WSUS cannot use its database");

    private static (Finding Finding, string Because) AccessDenied() => (
        new Finding
        {
            Id = FindingIds.SyncAccessDenied,
            Title = "WSUS refuses the account",
            Explanation = "The WSUS web service refuses the account that asks for the synchronization (401 or 403).",
            Source = Sources.Troubleshooting,
            NextStep = "Check the connection account of the software update point, and that Administrators and the site server's computer account may use /ApiRemoting30.",
        },
        "the WSUS web service refuses the account that asks");

    private static IEnumerable<Evidence> Common(RuleContext context)
    {
        yield return RuleContext.AttemptEvidence(context.ToldBy!);
        if (context.Snapshot.Wsus is { Value: { } wsus } section)
        {
            if (context.Failure is SyncFailureKind.Proxy or SyncFailureKind.SecureChannel or SyncFailureKind.Network)
            {
                var isProxyMissing = context.Failure is SyncFailureKind.Proxy && !wsus.UsesProxy;
                yield return new Evidence("Proxy of WSUS", wsus.UsesProxy ? wsus.ProxyName : "none", "WSUS", section.ReadAt, isProxyMissing ? EvidenceDirection.Against : EvidenceDirection.For);
            }

            if (wsus.Source.Length > 0)
            {
                yield return new Evidence("Update source", wsus.IsReplica ? $"{wsus.Source} (replica)" : wsus.Source, "WSUS", section.ReadAt);
            }
        }

        if (context.Pool is { State: PoolState.Started })
        {
            yield return context.PoolStateEvidence();
        }

        var recycles = context.PoolEvents(WindowsEvents.PrivateMemoryRecycle);
        if (recycles.Count > 0)
        {
            yield return RuleContext.EventEvidence(recycles, "Worker recycled at its private memory limit") with { Speaks = EvidenceDirection.Against };
        }
    }

    private static bool HasUpstream(RuleContext context) =>
        context.Snapshot.Wsus.Value is { } wsus && (wsus.IsReplica || (wsus.Source.Length > 0 && !string.Equals(wsus.Source, MicrosoftUpdate, StringComparison.OrdinalIgnoreCase)));

    private static string SourceName(RuleContext context) => context.Snapshot.Wsus.Value is { Source: { Length: > 0 } source } ? source : "the update source";
}
