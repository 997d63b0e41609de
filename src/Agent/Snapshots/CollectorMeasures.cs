using System.Collections.Concurrent;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>What the collectors cost, since the agent started, and how busy the server is that pays for it.</summary>
public sealed class CollectorMeasures
{
    private readonly ConcurrentDictionary<string, CollectorMeasure> _measures = [];

    /// <summary>How busy the server is.</summary>
    public ServerLoad Load { get; } = new();

    /// <summary>In the order of the sections.</summary>
    public IReadOnlyList<CollectorMeasure> Read() =>
        [.. SectionNames.All.Where(_measures.ContainsKey).Select(name => _measures[name])];

    internal void Record(string name, bool failed, TimeSpan duration, DateTimeOffset at) => _measures.AddOrUpdate(
        name,
        _ => new CollectorMeasure(name, 1, failed ? 1 : 0, duration, at),
        (_, measure) => measure with { Reads = measure.Reads + 1, Failures = measure.Failures + (failed ? 1 : 0), LastDuration = duration, LastAt = at });
}
