namespace WsusDashboard.Agent.Snapshots;

/// <summary>Reads one section of the snapshot. The host owns schedule, timeout, isolation and measures; a collector only reads.</summary>
public interface ICollector
{
    /// <summary>One of <see cref="Shared.Snapshots.SectionNames"/>.</summary>
    string SectionName { get; }

    /// <summary>Time between two reads while nothing goes on.</summary>
    TimeSpan IdleInterval { get; }

    /// <summary>Time between two reads during a repair, for a section that is not read more often for a synchronization alone; null = it is read at the busy interval like the others, during both.</summary>
    TimeSpan? RepairInterval => null;

    /// <summary>After this time a read is given up.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Reads the section. An expected failure is a returned reading or an <see cref="Windows.EdgeException"/>.</summary>
    Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken);
}
