using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.PublicCases;

/// <summary>A sync that went wrong in someone else's estate, and what the report proves it was (README.md).</summary>
internal sealed record PublicCase
{
    public required string Id { get; init; }

    public required string Language { get; init; }

    public CauseQuestion Question { get; init; }

    /// <summary>One of <see cref="FindingIds.Causes"/>.</summary>
    public required string Cause { get; init; }

    public IReadOnlyList<string> AlsoRight { get; init; } = [];

    /// <summary>What it was, where no cause of the product's list is it; empty else.</summary>
    public string OutsideList { get; init; } = "";

    /// <summary>A specialist who sees only lines, events and facts would name it.</summary>
    public bool LinesNameIt { get; init; }

    public required PublicRun Run { get; init; }

    public PublicFacts Facts { get; init; } = new();

    public IReadOnlyList<PublicLine> Lines { get; init; } = [];

    public IReadOnlyList<PublicEvent> Events { get; init; } = [];

    /// <summary>True where this answer is right: the cause, another one that is right too, or "unknown" where nothing names the cause.</summary>
    public bool IsRight(string causeId) => causeId == Cause || AlsoRight.Contains(causeId) || (causeId == FindingIds.UnknownCause && !LinesNameIt);
}

/// <summary>The run as the report shows it.</summary>
/// <param name="Source">Who tells of it.</param>
/// <param name="Result">How it ended; Unknown = no end.</param>
/// <param name="ErrorCode">0 = none.</param>
/// <param name="ErrorText">Empty where there is none.</param>
internal sealed record PublicRun(SyncSource Source, SyncResult Result, long ErrorCode, string ErrorText);

/// <summary>One log line.</summary>
/// <param name="Log">The log's name.</param>
/// <param name="Minute">From the end of the run; negative = before.</param>
/// <param name="Text">As the program wrote it.</param>
/// <param name="GoodRuns">In how many good runs the report shows it too.</param>
internal sealed record PublicLine(string Log, double Minute, string Text, int GoodRuns = 0);

/// <summary>One Windows event.</summary>
internal sealed record PublicEvent(string Log, string Provider, int Id, double Minute, string Text);

/// <summary>What the report tells beside lines and events; what is null or empty is healthy or not known.</summary>
internal sealed record PublicFacts
{
    /// <summary>False: the update point is another server.</summary>
    public bool IsWsusHere { get; init; } = true;

    /// <summary>Null = not told.</summary>
    public PoolState? Pool { get; init; }

    public bool IsPoolMissing { get; init; }

    public double? PoolStoppedMinute { get; init; }

    /// <summary>0 = no limit.</summary>
    public long? PoolPrivateMemoryKilobytes { get; init; }

    public long? PoolQueueLength { get; init; }

    public bool? IsPool32Bit { get; init; }

    public IReadOnlyList<string> StoppedServices { get; init; } = [];

    public string Proxy { get; init; } = "";

    /// <summary>Empty = Microsoft Update.</summary>
    public string Upstream { get; init; } = "";

    public bool IsReplica { get; init; }

    /// <summary>Virtual directories of WSUS's site.</summary>
    public IReadOnlyList<string> RequireTls { get; init; } = [];

    public long? FreeKilobytes { get; init; }

    public long? MemoryKilobytes { get; init; }

    /// <summary>Newest first: S, F or C.</summary>
    public string RunsBefore { get; init; } = "";

    public long? SiteUpdateCount { get; init; }

    public long? WsusUpdateCount { get; init; }

    public OtherServers? Fleet { get; init; }

    public IReadOnlyList<InstalledUpdate> InstalledUpdates { get; init; } = [];
}
