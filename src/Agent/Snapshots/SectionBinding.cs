using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>A named state inside a section, for example of one pool.</summary>
/// <param name="Subject">As in <see cref="Shared.StateChange.Subject"/>.</param>
/// <param name="State">The state now.</param>
internal sealed record ObservedState(string Subject, string State);

/// <summary>One place of the snapshot: how its section is taken out, put in and compared.</summary>
internal abstract class SectionBinding(string name)
{
    public string Name { get; } = name;

    /// <summary>Values that only tremble (memory, durations) are sent at most this often.</summary>
    public TimeSpan NoiseInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The snapshot with this reading in its section. The revision stays; the store raises it where something changed.</summary>
    public abstract Snapshot Apply(Snapshot snapshot, Reading reading, ReadTiming timing);

    /// <summary>The section's value, or null.</summary>
    public abstract object? ValueOf(Snapshot snapshot);

    public abstract SectionStatus StatusOf(Snapshot snapshot);

    public abstract Snapshot WithRevision(Snapshot snapshot, long revision);

    public abstract long RevisionOf(Snapshot snapshot);

    /// <summary>The whole section as it goes over the wire.</summary>
    public abstract Wire.Section ToWire(Snapshot snapshot);

    /// <summary>Age only.</summary>
    public abstract Wire.SectionRead ToSectionRead(Snapshot snapshot);

    /// <summary>The section without times that move with every read: equal means that nothing changed.</summary>
    public abstract object ContentOf(Snapshot snapshot);

    /// <summary>The content with trembling numbers rounded: equal means that nothing changed that a person would act on.</summary>
    /// <param name="snapshot">What is known.</param>
    /// <param name="published">The meaning that was sent last: numbers near enough to its numbers count as the same. Null = none was sent.</param>
    public abstract object MeaningOf(Snapshot snapshot, object? published);

    /// <summary>True where this section says that a synchronization goes on.</summary>
    public abstract bool IsBusy(Snapshot snapshot);

    /// <summary>The states whose changes become events.</summary>
    public abstract IReadOnlyList<ObservedState> StatesOf(object value);

    /// <summary>The value with the times since which its states were seen.</summary>
    public abstract object WithSince(object value, Func<string, DateTimeOffset?> since);
}

/// <summary>When and how long a section was read.</summary>
/// <param name="At">UTC time of the attempt.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Pace">How often it is read.</param>
internal sealed record ReadTiming(DateTimeOffset At, TimeSpan Duration, Pace Pace);

/// <inheritdoc cref="SectionBinding"/>
internal sealed class SectionBinding<T>(string name) : SectionBinding(name)
    where T : class
{
    public required Func<Snapshot, Section<T>> Get { get; init; }

    public required Func<Snapshot, Section<T>, Snapshot> Set { get; init; }

    public required Func<Section<T>, Wire.Section> Map { get; init; }

    public Func<T, T> Round { get; init; } = value => value;

    /// <summary>The second value with those numbers of the first, which was sent, that it is near enough to. Rounding alone would flicker where a number trembles about a step.</summary>
    public Func<T, T, T> Hold { get; init; } = (_, value) => value;

    public Func<T, bool> Busy { get; init; } = _ => false;

    public Func<T, IEnumerable<ObservedState>> States { get; init; } = _ => [];

    public Func<T, Func<string, DateTimeOffset?>, T> Since { get; init; } = (value, _) => value;

    public override Snapshot Apply(Snapshot snapshot, Reading reading, ReadTiming timing)
    {
        var section = Get(snapshot) with
        {
            Status = reading.Status,
            AttemptedAt = timing.At,
            Duration = timing.Duration,
            Interval = timing.Pace.Interval,
            Slowed = timing.Pace.Slowed,
            Failure = reading.Failure,
            Error = reading.Error,
        };
        section = reading.Status == SectionStatus.Unreadable
            ? section with { FailingSince = section.FailingSince ?? timing.At, Value = (T?)reading.Value ?? section.Value }
            : section with { FailingSince = null, ReadAt = timing.At, Value = (T?)reading.Value };

        return Set(snapshot, section);
    }

    public override object? ValueOf(Snapshot snapshot) => Get(snapshot).Value;

    public override SectionStatus StatusOf(Snapshot snapshot) => Get(snapshot).Status;

    public override Snapshot WithRevision(Snapshot snapshot, long revision) => Set(snapshot, Get(snapshot) with { Revision = revision });

    public override long RevisionOf(Snapshot snapshot) => Get(snapshot).Revision;

    public override Wire.Section ToWire(Snapshot snapshot) => Map(Get(snapshot));

    public override Wire.SectionRead ToSectionRead(Snapshot snapshot) => Shared.Contract.Mapping.WireMapping.ToSectionRead(Get(snapshot));

    public override object ContentOf(Snapshot snapshot) => Timeless(Get(snapshot));

    public override object MeaningOf(Snapshot snapshot, object? published)
    {
        var section = Timeless(Get(snapshot));
        if (section.Value is not { } value)
        {
            return section;
        }

        var rounded = Round(value);
        return section with { Value = published is Section<T> { Value: { } sent } ? Hold(sent, rounded) : rounded };
    }

    public override bool IsBusy(Snapshot snapshot) => Get(snapshot) is { Status: SectionStatus.Ok, Value: { } value } && Busy(value);

    public override IReadOnlyList<ObservedState> StatesOf(object value) => [.. States((T)value)];

    public override object WithSince(object value, Func<string, DateTimeOffset?> since) => Since((T)value, since);

    private static Section<T> Timeless(Section<T> section) =>
        section with { Revision = 0, ReadAt = null, AttemptedAt = null, Duration = TimeSpan.Zero };
}
