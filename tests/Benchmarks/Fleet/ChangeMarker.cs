using System.Globalization;

namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>
/// A change that says itself when it was made: a number of updates whose distance from the first marker is the age of the run in milliseconds.
/// Whoever sees the number, in whatever process, knows how old the change is by the one clock of this machine.
/// </summary>
/// <param name="StartedAtUnixMilliseconds">Start of the run, as Unix time in milliseconds.</param>
internal readonly record struct ChangeMarker(long StartedAtUnixMilliseconds)
{
    /// <summary>Every marker has seven digits, so that no other number of the pages is taken for one.</summary>
    public const long First = 1_000_000;

    private const long Last = 9_999_999;

    /// <summary>How long one start of a run can be measured by its markers.</summary>
    public static TimeSpan Range { get; } = TimeSpan.FromMilliseconds(Last - First);

    public static ChangeMarker StartNow() => new(Now);

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The marker of a change that is made now.</summary>
    /// <exception cref="BenchmarkFailure">The run is too old.</exception>
    public long Make()
    {
        var marker = First + Now - StartedAtUnixMilliseconds;
        return marker <= Last ? marker : throw new BenchmarkFailure($"A run can be measured for {Range.TotalHours:0.0} hours.");
    }

    /// <summary>Milliseconds since the change that made this number; null where it is no marker.</summary>
    public double? AgeMilliseconds(long number) => number is >= First and <= Last ? Now - (StartedAtUnixMilliseconds + number - First) : null;

    /// <summary>As <see cref="AgeMilliseconds(long)"/>, of a number as the pages write it, "1,234,567".</summary>
    public double? AgeMilliseconds(ReadOnlySpan<char> text) =>
        text.Length == 9 && long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? AgeMilliseconds(number) : null;
}
