using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Data.Packing;

/// <summary>One synchronization as the charts see it.</summary>
/// <param name="StartedAt">Whole seconds from 1970 (UTC).</param>
/// <param name="Seconds">How long it took; -1 where no end is recorded.</param>
/// <param name="Cause">Number of its cause; 0 = none is known.</param>
internal readonly record struct PackedRun(long StartedAt, int Seconds, SyncResult Result, SyncSource Source, bool IsCounted, int Cause)
{
    public bool IsBad => Result is SyncResult.Failed or SyncResult.Cancelled;

    /// <summary>When it ended, else when it started.</summary>
    public long At => Seconds < 0 ? StartedAt : StartedAt + Seconds;
}

/// <summary>
/// The synchronizations of one server and one month in five to eight bytes each, in the order of their starts: the time since the one before, a byte of
/// flags (result, source, counted, and which of the next two are there), the duration, the cause.
/// </summary>
internal static class PackedRuns
{
    private const byte Version = 1;
    private const int SourceShift = 3;
    private const int Counted = 1 << 5;
    private const int Ended = 1 << 6;
    private const int Caused = 1 << 7;

    public static byte[] Pack(int month, IEnumerable<PackedRun> runs)
    {
        var bytes = new List<byte> { Version };
        var before = Month.SecondsOf(month);
        foreach (var run in runs.OrderBy(run => run.StartedAt))
        {
            Varint.Write(bytes, (ulong)(run.StartedAt - before));
            before = run.StartedAt;
            bytes.Add((byte)((int)run.Result | ((int)run.Source << SourceShift) | (run.IsCounted ? Counted : 0) | (run.Seconds >= 0 ? Ended : 0) | (run.Cause > 0 ? Caused : 0)));
            if (run.Seconds >= 0)
            {
                Varint.Write(bytes, (ulong)run.Seconds);
            }

            if (run.Cause > 0)
            {
                Varint.Write(bytes, (ulong)run.Cause);
            }
        }

        return [.. bytes];
    }

    public static Reader Read(int month, byte[] bytes) => new(month, bytes);

    /// <summary>Reads one run after the other, without memory of its own: a chart reads three million.</summary>
    public ref struct Reader
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _position;
        private long _startedAt;

        /// <exception cref="FormatException">The bytes are of a version that this build does not know.</exception>
        public Reader(int month, ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length == 0 || bytes[0] != Version)
            {
                throw new FormatException($"The packed runs of month {month} are not of version {Version}.");
            }

            _bytes = bytes;
            _position = 1;
            _startedAt = Month.SecondsOf(month);
        }

        public bool TryRead(out PackedRun run)
        {
            if (_position >= _bytes.Length)
            {
                run = default;
                return false;
            }

            _startedAt += (long)Varint.Read(_bytes, ref _position);
            int flags = _bytes[_position++];
            var seconds = (flags & Ended) != 0 ? (int)Varint.Read(_bytes, ref _position) : -1;
            var cause = (flags & Caused) != 0 ? (int)Varint.Read(_bytes, ref _position) : 0;
            run = new(_startedAt, seconds, (SyncResult)(flags & 0b111), (SyncSource)((flags >> SourceShift) & 0b11), (flags & Counted) != 0, cause);
            return true;
        }
    }
}
