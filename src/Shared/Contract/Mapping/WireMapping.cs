using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Contract.Mapping;

/// <summary>The one mapping between the domain records and the messages of the contract, each way.</summary>
/// <remarks>
/// A peer may be newer or damaged: a number that this build does not know becomes the enum's "unknown" value, an absent message
/// the record's default, a time outside the years 1 to 9999 an absent one. Nothing here throws because of what a peer sent.
/// </remarks>
public static partial class WireMapping
{
    /// <summary>The longest time that a Duration of the contract may hold: 10,000 years of seconds.</summary>
    private const long MaximumDurationSeconds = 315_576_000_000;

    private const long MaximumTimestampSeconds = 253_402_300_799;

    private const long MinimumTimestampSeconds = -62_135_596_800;

    private const int NanosecondsPerTick = 100;

    private static Timestamp ToTimestamp(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    private static Timestamp? ToTimestamp(DateTimeOffset? time) => time is { } known ? Timestamp.FromDateTimeOffset(known) : null;

    private static DateTimeOffset? ToTime(Timestamp? timestamp) =>
        timestamp is { Seconds: >= MinimumTimestampSeconds and <= MaximumTimestampSeconds, Nanos: >= 0 and < 1_000_000_000 }
            ? DateTimeOffset.UnixEpoch.AddSeconds(timestamp.Seconds).AddTicks(timestamp.Nanos / NanosecondsPerTick)
            : null;

    private static DateTimeOffset ToTimeOrDefault(Timestamp? timestamp) => ToTime(timestamp) ?? default;

    private static Duration ToDuration(TimeSpan span)
    {
        var seconds = span.Ticks / TimeSpan.TicksPerSecond;

        return seconds is > MaximumDurationSeconds or < -MaximumDurationSeconds
            ? new Duration { Seconds = seconds > 0 ? MaximumDurationSeconds : -MaximumDurationSeconds }
            : new Duration { Seconds = seconds, Nanos = (int)(span.Ticks % TimeSpan.TicksPerSecond) * NanosecondsPerTick };
    }

    private static Duration? ToDuration(TimeSpan? span) => span is { } known ? ToDuration(known) : null;

    private static TimeSpan? ToSpan(Duration? duration) =>
        duration is { Seconds: >= -MaximumDurationSeconds and <= MaximumDurationSeconds }
            ? new TimeSpan((duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / NanosecondsPerTick))
            : null;

    private static TimeSpan ToSpanOrZero(Duration? duration) => ToSpan(duration) ?? TimeSpan.Zero;

    /// <summary>The domain's enum with the same number; <paramref name="otherwise"/> where this build does not know the number.</summary>
    private static TDomain ToKnown<TDomain>(int number, TDomain otherwise = default)
        where TDomain : struct, System.Enum
    {
        var value = (TDomain)System.Enum.ToObject(typeof(TDomain), number);

        return System.Enum.IsDefined(value) ? value : otherwise;
    }

    private static ValueList<TTarget> Map<TSource, TTarget>(RepeatedField<TSource> source, Func<TSource, TTarget> map) => [.. source.Select(map)];

    private static ValueList<string> Copy(RepeatedField<string> source) => [.. source];
}
