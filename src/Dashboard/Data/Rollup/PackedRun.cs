using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Data.Rollup;

/// <summary>
/// One synchronization as the charts see it, in 64 bits; from the highest: its start in seconds of its period (23), how long it took (20), its cause (12), its
/// result (3), its source (2), whether it is counted (1).
/// </summary>
internal readonly record struct PackedRun(long PeriodStart, ulong Bits)
{
    /// <summary>The largest number of a cause; one beyond it is not known to the charts.</summary>
    public const int MaximumCause = (1 << 12) - 1;

    /// <summary>Kinds there are: result, source and counted together.</summary>
    public const int Kinds = 1 << CauseShift;

    private const int CauseShift = 6;
    private const int LengthShift = CauseShift + 12;
    private const int StartShift = LengthShift + 20;

    // A length is kept as its seconds and one, so that 0 is left for an end that is not recorded.
    private const int MaximumLength = (1 << 20) - 1;

    /// <summary>Whole seconds from 1970 (UTC).</summary>
    public long StartedAt => PeriodStart + (long)(Bits >> StartShift);

    /// <summary>How long it took, at most twelve days; -1 where no end is recorded.</summary>
    public int Seconds => (int)LengthOf(Bits) - 1;

    /// <summary>Number of its cause; 0 = none is known.</summary>
    public int Cause => (int)(Bits >> CauseShift) & MaximumCause;

    public SyncResult Result => ResultOf(Kind);

    /// <summary>False for the second view of a synchronization that both sources saw.</summary>
    public bool IsCounted => IsCountedOf(Kind);

    public bool IsBad => Result is SyncResult.Failed or SyncResult.Cancelled;

    /// <summary>When it ended, else when it started.</summary>
    public long At => StartedAt + Math.Max(0, Seconds);

    /// <summary>Result, source and counted as one number below <see cref="Kinds"/>.</summary>
    public int Kind => (int)Bits & (Kinds - 1);

    public static SyncResult ResultOf(int kind) => (SyncResult)(kind >> 3);

    public static SyncSource SourceOf(int kind) => (SyncSource)((kind >> 1) & 0b11);

    public static bool IsCountedOf(int kind) => (kind & 1) != 0;

    public static PackedRun Of(DateTime startedAt, DateTime? endedAt, SyncResult result, SyncSource source, bool isCounted, int cause)
    {
        var start = SyncPeriod.SecondsOf(startedAt);
        var periodStart = SyncPeriod.StartOf(SyncPeriod.Of(startedAt));
        var length = endedAt is { } end ? Math.Clamp((long)(end - startedAt).TotalSeconds, 0, MaximumLength - 1) + 1 : 0;
        var kind = ((int)result << 3) | ((int)source << 1) | (isCounted ? 1 : 0);
        var tag = ((uint)(cause > MaximumCause ? 0 : cause) << CauseShift) | (uint)kind;
        return new(periodStart, BitsOf((ulong)(start - periodStart), (ulong)length, tag));
    }

    /// <summary>Seconds of its period.</summary>
    public static ulong StartOf(ulong bits) => bits >> StartShift;

    /// <summary>Its seconds and one; 0 where no end is recorded.</summary>
    public static ulong LengthOf(ulong bits) => (bits >> LengthShift) & MaximumLength;

    /// <summary>Cause and kind.</summary>
    public static ulong TagOf(ulong bits) => bits & ((1UL << LengthShift) - 1);

    public static ulong BitsOf(ulong start, ulong length, ulong tag) => (start << StartShift) | (length << LengthShift) | tag;

    /// <summary>Of the runs of one period, those that started in a time.</summary>
    /// <param name="runs">All of them, in the order of time.</param>
    /// <param name="periodStart">Start of the period.</param>
    /// <param name="from">Seconds from 1970.</param>
    /// <param name="to">Seconds from 1970, exclusive.</param>
    public static ReadOnlySpan<ulong> Between(ReadOnlySpan<ulong> runs, long periodStart, long from, long to)
    {
        var (first, end) = (IndexOf(runs, from - periodStart), IndexOf(runs, to - periodStart));
        return runs[first..Math.Max(first, end)];
    }

    private static int IndexOf(ReadOnlySpan<ulong> runs, long second)
    {
        if (second <= 0 || second >= SyncPeriod.Seconds)
        {
            return second <= 0 ? 0 : runs.Length;
        }

        // No run has these bits: of the second before it would be the last there could be.
        return ~runs.BinarySearch(((ulong)second << StartShift) - 1);
    }
}

/// <summary>The stretches of time that the roll-up has rows for: 2²³ seconds, about fourteen weeks, counted from 1970 (UTC).</summary>
internal static class SyncPeriod
{
    public const long Seconds = 1L << Shift;
    private const int Shift = 23;
    private const int ServerBits = 32;

    public static int Of(DateTime utc) => (int)(SecondsOf(utc) >> Shift);

    /// <summary>Seconds from 1970.</summary>
    public static long StartOf(int period) => (long)period << Shift;

    public static DateTime TimeOf(int period) => DateTime.UnixEpoch.AddSeconds(StartOf(period));

    public static long SecondsOf(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    /// <summary>Period and server in one number: the rows of a range of time lie side by side on disk.</summary>
    public static long IdOf(int period, int serverId) => ((long)period << ServerBits) | (uint)serverId;

    /// <summary>Less than the id of every row of this period, and more than those of the periods before.</summary>
    public static long FirstIdOf(int period) => IdOf(period, 0);

    public static int PeriodOf(long id) => (int)(id >> ServerBits);

    public static int ServerOf(long id) => (int)(id & uint.MaxValue);
}
