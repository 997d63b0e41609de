using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Snapshots;

/// <summary>The computer, and the agent's own cost on it.</summary>
public sealed record HostState
{
    public string OperatingSystem { get; init; } = "";

    public int ProcessorCount { get; init; }

    /// <summary>Physical memory in KB; 0 where unknown.</summary>
    public long TotalMemoryKilobytes { get; init; }

    /// <summary>Memory in KB that can be given to a process now; 0 where unknown.</summary>
    public long AvailableMemoryKilobytes { get; init; }

    public DateTimeOffset? BootedAt { get; init; }

    /// <summary>Free KB on the volume of the WSUS content, where known.</summary>
    public long? ContentVolumeFreeKilobytes { get; init; }

    /// <summary>Use of all processors of the server, 0 to 100; null where it cannot be read.</summary>
    public double? ProcessorPercent { get; init; }

    /// <summary>The agent's own resident memory in KB.</summary>
    public long AgentMemoryKilobytes { get; init; }

    /// <summary>The agent's own processor use since the last read, in percent of one core.</summary>
    public double AgentProcessorPercent { get; init; }

    public ValueList<CollectorMeasure> Collectors { get; init; } = [];

    /// <summary>Updates of Windows that were installed in the last 14 days, newest first; at most 50.</summary>
    public ValueList<InstalledUpdate> InstalledUpdates { get; init; } = [];

    /// <summary>UTC time of the read of <see cref="InstalledUpdates"/>, which is rarer than the section's own; null before the first.</summary>
    public DateTimeOffset? InstalledUpdatesReadAt { get; init; }

    /// <summary>Why <see cref="InstalledUpdates"/> are not known or old, for a person; empty where they are neither.</summary>
    public string InstalledUpdatesProblem { get; init; } = "";
}

/// <summary>An update of Windows.</summary>
/// <param name="Id">"KB5070884".</param>
/// <param name="InstalledOn">The day at 00:00 UTC; Windows tells no hour.</param>
public sealed record InstalledUpdate(string Id, DateTimeOffset InstalledOn);

/// <summary>What a collector costs.</summary>
/// <param name="Name">The section it fills.</param>
/// <param name="Reads">Reads since the agent started.</param>
/// <param name="Failures">Reads that failed.</param>
/// <param name="LastDuration">Duration of the last read.</param>
/// <param name="LastAt">UTC time of the last read.</param>
public sealed record CollectorMeasure(string Name, long Reads, long Failures, TimeSpan LastDuration, DateTimeOffset? LastAt);
