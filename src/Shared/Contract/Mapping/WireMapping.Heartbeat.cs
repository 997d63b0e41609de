using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    /// <summary>What a heartbeat says of a section that was read again and in which nothing changed.</summary>
    public static Wire.SectionRead ToSectionRead<T>(this Section<T> section)
        where T : class => new()
        {
            Name = section.Name,
            ReadAt = ToTimestamp(section.ReadAt),
            AttemptedAt = section.AttemptedAt == section.ReadAt ? null : ToTimestamp(section.AttemptedAt),
        };

    /// <summary>The snapshot with the ages that a heartbeat tells; revisions stay, because nothing else changed.</summary>
    public static Snapshot ApplyHeartbeat(this Snapshot snapshot, Wire.Heartbeat heartbeat) =>
        heartbeat.Reads.Aggregate(snapshot, WithRead);

    private static Snapshot WithRead(Snapshot snapshot, Wire.SectionRead read) => read.Name switch
    {
        SectionNames.Iis => snapshot with { Iis = WithRead(snapshot.Iis, read) },
        SectionNames.Services => snapshot with { Services = WithRead(snapshot.Services, read) },
        SectionNames.Wsus => snapshot with { Wsus = WithRead(snapshot.Wsus, read) },
        SectionNames.ConfigMgr => snapshot with { ConfigMgr = WithRead(snapshot.ConfigMgr, read) },
        SectionNames.Events => snapshot with { Events = WithRead(snapshot.Events, read) },
        SectionNames.Host => snapshot with { Host = WithRead(snapshot.Host, read) },
        SectionNames.Client => snapshot with { Client = WithRead(snapshot.Client, read) },
        SectionNames.Posture => snapshot with { Posture = WithRead(snapshot.Posture, read) },
        _ => snapshot,
    };

    private static Section<T> WithRead<T>(Section<T> section, Wire.SectionRead read)
        where T : class
    {
        var readAt = ToTime(read.ReadAt) ?? section.ReadAt;

        return section with { ReadAt = readAt, AttemptedAt = ToTime(read.AttemptedAt) ?? readAt };
    }
}
