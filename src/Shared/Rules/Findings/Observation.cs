using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Rules.Findings;

/// <summary>All that the rules look at, for one server at one moment.</summary>
public sealed record Observation
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>The name that a person gave the server.</summary>
    public required string ServerName { get; init; }

    /// <summary>Null where the agent has never answered.</summary>
    public Snapshot? Snapshot { get; init; }

    /// <summary>Newest first; at least the last 14 where there are as many.</summary>
    public IReadOnlyList<SyncRun> RecentSyncs { get; init; } = [];

    public required Baseline Baseline { get; init; }

    /// <summary>What the agent found around runs that did not succeed.</summary>
    public IReadOnlyList<RunEvidence> Evidence { get; init; } = [];

    /// <summary>State changes of the last days, as far as they are known.</summary>
    public IReadOnlyList<RecentChange> Changes { get; init; } = [];

    /// <summary>What people did to the server through this product, as far as it is known here.</summary>
    public IReadOnlyList<PersonAction> Actions { get; init; } = [];

    /// <summary>Repairs of the last days and the one that goes on: what they cause is no failure of the server.</summary>
    public IReadOnlyList<RepairPeriod> Repairs { get; init; } = [];

    /// <summary>The newest synchronization, where a repair started it and it did not succeed; it is not among the recent ones then. The rules fill it in.</summary>
    internal SyncRun? FailedProof { get; init; }

    /// <summary>Ids of the causes that were named for runs when they ended, by the id of the run.</summary>
    public IReadOnlyDictionary<string, string> RunCauses { get; init; } = new Dictionary<string, string>();

    /// <summary>The server that this one takes its updates from, where it is watched too.</summary>
    public UpstreamView? Upstream { get; init; }

    /// <summary>The update point of its site, where that is another server that is watched too.</summary>
    public UpdatePointView? UpdatePoint { get; init; }

    /// <summary>How other servers fared around the newest run; null where that is not known.</summary>
    public OtherServers? Fleet { get; init; }

    /// <summary>How WSUS answers the dashboard's own computer; null where the dashboard does not ask.</summary>
    public Section<ClientState>? Outside { get; init; }

    /// <summary>True while the link to the agent is up.</summary>
    public bool IsReachable { get; init; } = true;

    /// <summary>UTC time since which the agent has not answered; null while it does.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>What the link said last; null while all is well.</summary>
    public string? LinkError { get; init; }

    /// <summary>True where the agent would answer, but isn't listened to: <see cref="LinkError"/> says what it did.</summary>
    public bool IsQuarantined { get; init; }
}

/// <summary>What the rules say about one observation.</summary>
/// <param name="Health">Worst of the findings, or Unreachable.</param>
/// <param name="Findings">Most important first.</param>
/// <param name="Sentence">Health in one sentence, for the header of a server's page.</param>
public sealed record Assessment(Health Health, IReadOnlyList<Finding> Findings, string Sentence)
{
    /// <summary>The ranked causes of the newest synchronization that did not succeed, with what is merely possible; empty where there is nothing to explain.</summary>
    public IReadOnlyList<RankedCause> Causes { get; init; } = [];

    /// <summary>Id of the run that <see cref="Causes"/> explain.</summary>
    public string? ExplainedRunId { get; init; }

    /// <summary>
    /// The finding that every page names for this server: the first that names a cause, else that the cause is unknown or its proof awaited, else the first that is more than
    /// information. Null where all is well. What a repair causes never leads.
    /// </summary>
    public Finding? Leading => Findings.FirstOrDefault(finding => finding.IsCause)
        ?? Findings.FirstOrDefault(finding => finding is { Id: FindingIds.UnknownCause or FindingIds.SyncAwaited, Severity: not Severity.Information })
        ?? Findings.FirstOrDefault(finding => finding.Severity is not Severity.Information)
        ?? Findings.FirstOrDefault(finding => finding.Repair is null);
}
