using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Rules.Findings;

/// <summary>What a case asks.</summary>
public enum CauseQuestion
{
    /// <summary>Why did this synchronization not succeed?</summary>
    RunFailed = 0,

    /// <summary>The synchronization succeeded: why are there no updates?</summary>
    UpdatesMissing = 1,

    /// <summary>Why has none begun since this one?</summary>
    NoRun = 2,
}

/// <summary>All that is known about one synchronization: what the causes are looked for in.</summary>
public sealed record SyncRunContext
{
    public CauseQuestion Question { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The synchronization in question.</summary>
    public required SyncRun Run { get; init; }

    /// <summary>The same synchronization as the other source saw it; null where only one did.</summary>
    public SyncRun? OtherView { get; init; }

    /// <summary>The server as it was read nearest to the end of the run; null where it never was.</summary>
    public Snapshot? Snapshot { get; init; }

    /// <summary>What the pool is compared with; null = not compared.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>Synchronizations before and after, in any order; the one in question may be among them.</summary>
    public IReadOnlyList<SyncRun> History { get; init; } = [];

    /// <summary>Log lines around the run.</summary>
    public IReadOnlyList<LoggedLine> Lines { get; init; } = [];


    /// <summary>Windows events around the run; those of the snapshot count too.</summary>
    public IReadOnlyList<WindowsEvent> Events { get; init; } = [];

    /// <summary>State changes around the run.</summary>
    public IReadOnlyList<RecentChange> Changes { get; init; } = [];

    /// <summary>What people did to the server through this product around the run.</summary>
    public IReadOnlyList<PersonAction> Actions { get; init; } = [];

    /// <summary>The server that this one takes its updates from, where it is watched too.</summary>
    public UpstreamView? Upstream { get; init; }

    /// <summary>The update point of its site, where that is another server that is watched too.</summary>
    public UpdatePointView? UpdatePoint { get; init; }

    /// <summary>How the other servers fared in the same hour; null where that is not known.</summary>
    public OtherServers? Fleet { get; init; }

    /// <summary>The case of one run, out of all that is known of its server.</summary>
    /// <param name="observation">What is known of the server.</param>
    /// <param name="snapshot">As it is read now; what the agent kept of the time of the run goes before it.</param>
    /// <param name="run">The run.</param>
    /// <param name="otherView">The same run as the other source saw it.</param>
    public static SyncRunContext Of(Observation observation, Snapshot? snapshot, SyncRun run, SyncRun? otherView)
    {
        var evidence = observation.Evidence.Where(item => item.RunId == run.Id || item.RunId == otherView?.Id).ToList();
        var past = evidence.Find(item => item.Snapshot is not null)?.Snapshot;

        return new SyncRunContext
        {
            Now = observation.Now,
            Run = run,
            OtherView = otherView,
            Snapshot = past ?? snapshot,
            Baseline = observation.Baseline,
            History = observation.RecentSyncs,
            Lines = [.. evidence.SelectMany(item => item.Lines).GroupBy(line => (line.Log, line.At, line.Text)).Select(same => same.MaxBy(line => line.GoodRuns)!)],
            Events = [.. evidence.SelectMany(item => item.Events), .. past is null ? [] : snapshot?.Events.Value?.Recent ?? []],
            Changes = observation.Changes,
            Actions = observation.Actions,
            Upstream = observation.Upstream,
            UpdatePoint = observation.UpdatePoint,
            Fleet = observation.Fleet,
        };
    }
}

/// <summary>One state change.</summary>
/// <param name="At">UTC time.</param>
/// <param name="Change">What changed.</param>
public sealed record RecentChange(DateTimeOffset At, StateChange Change);

/// <summary>What a person did to a server through this product.</summary>
/// <param name="At">UTC time at which it was answered; of a repair, at which it began.</param>
/// <param name="Who">Who asked.</param>
/// <param name="What">"sync.stop", "service.restart", "pool.recycle" and so on; "repair" for a repair.</param>
/// <param name="Subject">The service, the pool or the playbook; empty where it is none.</param>
/// <param name="Reason">As the person gave it.</param>
public sealed record PersonAction(DateTimeOffset At, string Who, string What, string Subject, string Reason)
{
    public const string StopSync = "sync.stop";
    public const string Repair = "repair";

    /// <summary>True for a single verb on a service, a pool or a synchronization.</summary>
    public static bool IsVerb(string what) =>
        what.StartsWith("service.", StringComparison.Ordinal) || what.StartsWith("pool.", StringComparison.Ordinal) || what.StartsWith("sync.", StringComparison.Ordinal);
}

/// <summary>The upstream server at the time of the run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LastResult">How its last synchronization before the end of the run ended; Unknown where none is known.</param>
/// <param name="LastEndedAt">UTC time of that end.</param>
/// <param name="IsReachable">False where its agent did not answer at that time.</param>
/// <param name="CauseTitle">Why its synchronization did not succeed, where that is known.</param>
public sealed record UpstreamView(string Name, SyncResult LastResult, DateTimeOffset? LastEndedAt, bool IsReachable = true, string? CauseTitle = null);

/// <summary>The update point of a site whose WSUS is on another server, at the end of the run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsReachable">False where its agent does not answer.</param>
/// <param name="CauseTitle">What keeps it from serving; null where nothing is known that does.</param>
/// <param name="Since">UTC time since which that is so.</param>
public sealed record UpdatePointView(string Name, bool IsReachable = true, string? CauseTitle = null, DateTimeOffset? Since = null);

/// <summary>Other servers that synchronize from the same source by themselves.</summary>
/// <param name="Synchronizing">How many of them tried within an hour of the run.</param>
/// <param name="Failing">How many of those failed although they had been healthy before.</param>
public sealed record OtherServers(int Synchronizing, int Failing);
