using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.Snapshot ToWire(this Snapshot snapshot) => new()
    {
        Revision = snapshot.Revision,
        Agent = snapshot.Agent.ToWire(),
        Sections =
        {
            snapshot.Iis.ToWire(),
            snapshot.Services.ToWire(),
            snapshot.Wsus.ToWire(),
            snapshot.ConfigMgr.ToWire(),
            snapshot.Events.ToWire(),
            snapshot.Host.ToWire(),
            snapshot.Client.ToWire(),
            snapshot.Posture.ToWire(),
        },
    };

    /// <summary>A section that the peer did not send is pending; one that this build does not know is passed over.</summary>
    public static Snapshot ToDomain(this Wire.Snapshot snapshot)
    {
        var agent = (snapshot.Agent ?? new Wire.AgentInfo()).ToDomain();
        var result = snapshot.Sections.Aggregate(Snapshot.Empty(agent), WithSection);

        return result with { Revision = snapshot.Revision };
    }

    /// <summary>The snapshot with the section of that name replaced, and its revision one higher; unchanged where the name is not known.</summary>
    public static Snapshot ApplySection(this Snapshot snapshot, Wire.Section section)
    {
        var result = WithSection(snapshot, section);

        return ReferenceEquals(result, snapshot) ? snapshot : result with { Revision = snapshot.Revision + 1 };
    }

    public static Wire.Section ToWire(this Section<IisState> section)
    {
        var wire = ToEnvelope(section);
        wire.Iis = section.Value?.ToWire();
        return wire;
    }

    public static Wire.Section ToWire(this Section<ServicesState> section)
    {
        var wire = ToEnvelope(section);
        wire.Services = section.Value?.ToWire();
        return wire;
    }

    public static Wire.Section ToWire(this Section<WsusState> section)
    {
        var wire = ToEnvelope(section);
        wire.Wsus = section.Value?.ToWire();
        return wire;
    }

    public static Wire.Section ToWire(this Section<ConfigMgrState> section)
    {
        var wire = ToEnvelope(section);
        wire.ConfigMgr = section.Value?.ToWire();
        return wire;
    }

    public static Wire.Section ToWire(this Section<EventsState> section)
    {
        var wire = ToEnvelope(section);
        wire.Events = section.Value?.ToWire();
        return wire;
    }

    public static Wire.Section ToWire(this Section<HostState> section)
    {
        var wire = ToEnvelope(section);
        wire.Host = section.Value?.ToWire();
        return wire;
    }

    public static Wire.Section ToWire(this Section<ClientState> section)
    {
        var wire = ToEnvelope(section);
        wire.Client = section.Value?.ToWire();
        return wire;
    }

    public static Wire.Section ToWire(this Section<PostureState> section)
    {
        var wire = ToEnvelope(section);
        wire.Posture = section.Value?.ToWire();
        return wire;
    }

    /// <summary>The section of that kind, whatever its name.</summary>
    public static Section<ClientState> ToClientSection(this Wire.Section section) => FromEnvelope(section, section.Client?.ToDomain());

    private static Snapshot WithSection(Snapshot snapshot, Wire.Section section) => section.Name switch
    {
        SectionNames.Iis => snapshot with { Iis = FromEnvelope(section, section.Iis?.ToDomain()) },
        SectionNames.Services => snapshot with { Services = FromEnvelope(section, section.Services?.ToDomain()) },
        SectionNames.Wsus => snapshot with { Wsus = FromEnvelope(section, section.Wsus?.ToDomain()) },
        SectionNames.ConfigMgr => snapshot with { ConfigMgr = FromEnvelope(section, section.ConfigMgr?.ToDomain()) },
        SectionNames.Events => snapshot with { Events = FromEnvelope(section, section.Events?.ToDomain()) },
        SectionNames.Host => snapshot with { Host = FromEnvelope(section, section.Host?.ToDomain()) },
        SectionNames.Client => snapshot with { Client = section.ToClientSection() },
        SectionNames.Posture => snapshot with { Posture = FromEnvelope(section, section.Posture?.ToDomain()) },
        _ => snapshot,
    };

    private static Wire.Section ToEnvelope<T>(Section<T> section)
        where T : class
    {
        var wire = new Wire.Section
        {
            Name = section.Name,
            Revision = section.Revision,
            Status = (Wire.SectionStatus)section.Status,
            ReadAt = ToTimestamp(section.ReadAt),
            AttemptedAt = ToTimestamp(section.AttemptedAt),
            FailingSince = ToTimestamp(section.FailingSince),
            Duration = ToDuration(section.Duration),
            Interval = ToDuration(section.Interval),
            Failure = (Wire.ReadFailure)section.Failure,
            Slowed = section.Slowed,
        };
        if (section.Error is not null)
        {
            wire.Error = section.Error;
        }

        return wire;
    }

    private static Section<T> FromEnvelope<T>(Wire.Section section, T? value)
        where T : class => new()
        {
            Name = section.Name,
            Revision = section.Revision,
            Status = ToKnown((int)section.Status, SectionStatus.Unreadable),
            ReadAt = ToTime(section.ReadAt),
            AttemptedAt = ToTime(section.AttemptedAt),
            FailingSince = ToTime(section.FailingSince),
            Duration = ToSpanOrZero(section.Duration),
            Interval = ToSpanOrZero(section.Interval),
            Failure = ToKnown((int)section.Failure, ReadFailure.Other),
            Error = section.HasError ? section.Error : null,
            Slowed = section.Slowed,
            Value = value,
        };
}
