using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.HostState ToWire(this HostState state)
    {
        var wire = new Wire.HostState
        {
            OperatingSystem = state.OperatingSystem,
            ProcessorCount = state.ProcessorCount,
            TotalMemoryKilobytes = state.TotalMemoryKilobytes,
            AvailableMemoryKilobytes = state.AvailableMemoryKilobytes,
            BootedAt = ToTimestamp(state.BootedAt),
            AgentMemoryKilobytes = state.AgentMemoryKilobytes,
            AgentProcessorPercent = state.AgentProcessorPercent,
            Collectors = { state.Collectors.Select(ToWire) },
            InstalledUpdates = { state.InstalledUpdates.Select(ToWire) },
            InstalledUpdatesReadAt = ToTimestamp(state.InstalledUpdatesReadAt),
            InstalledUpdatesProblem = state.InstalledUpdatesProblem,
        };
        if (state.ContentVolumeFreeKilobytes is { } free)
        {
            wire.ContentVolumeFreeKilobytes = free;
        }

        if (state.ProcessorPercent is { } percent)
        {
            wire.ProcessorPercent = percent;
        }

        return wire;
    }

    public static HostState ToDomain(this Wire.HostState state) => new()
    {
        OperatingSystem = state.OperatingSystem,
        ProcessorCount = state.ProcessorCount,
        TotalMemoryKilobytes = state.TotalMemoryKilobytes,
        AvailableMemoryKilobytes = state.AvailableMemoryKilobytes,
        BootedAt = ToTime(state.BootedAt),
        ContentVolumeFreeKilobytes = state.HasContentVolumeFreeKilobytes ? state.ContentVolumeFreeKilobytes : null,
        ProcessorPercent = state.HasProcessorPercent ? state.ProcessorPercent : null,
        AgentMemoryKilobytes = state.AgentMemoryKilobytes,
        AgentProcessorPercent = state.AgentProcessorPercent,
        Collectors = Map(state.Collectors, ToDomain),
        InstalledUpdates = Map(state.InstalledUpdates, ToDomain),
        InstalledUpdatesReadAt = ToTime(state.InstalledUpdatesReadAt),
        InstalledUpdatesProblem = state.InstalledUpdatesProblem,
    };

    public static Wire.InstalledUpdate ToWire(this InstalledUpdate update) => new() { Id = update.Id, InstalledOn = ToTimestamp(update.InstalledOn) };

    public static InstalledUpdate ToDomain(this Wire.InstalledUpdate update) => new(update.Id, ToTimeOrDefault(update.InstalledOn));

    public static Wire.CollectorMeasure ToWire(this CollectorMeasure measure) => new()
    {
        Name = measure.Name,
        Reads = measure.Reads,
        Failures = measure.Failures,
        LastDuration = ToDuration(measure.LastDuration),
        LastAt = ToTimestamp(measure.LastAt),
    };

    public static CollectorMeasure ToDomain(this Wire.CollectorMeasure measure) =>
        new(measure.Name, measure.Reads, measure.Failures, ToSpanOrZero(measure.LastDuration), ToTime(measure.LastAt));
}
