namespace WsusDashboard.Dashboard.Data.Packing;

/// <summary>
/// Spans of one grain, in the order of time: the units since the one before, a mask of the fields that changed, and for each of those its difference to
/// the value before. A minute in which only the memory trembles takes about five bytes.
/// </summary>
internal static class PackedSamples
{
    private const byte Version = 1;

    /// <summary>Fields that were added later are the last: a chunk from before them has no bit of theirs, and reads as it did.</summary>
    private const int Fields = FirstAnswer + Answers + 2;

    private const int FirstAnswer = 10;
    private const int Answers = 5;
    private const int SlowerThanMean = FirstAnswer + Answers;
    private const int Failing = SlowerThanMean + 1;

    public static byte[] Pack(IEnumerable<SampleSpan> spans)
    {
        var bytes = new List<byte> { Version };
        var (before, unit) = (new long?[Fields], 0);
        var values = new long?[Fields];
        foreach (var span in spans)
        {
            Varint.Write(bytes, (ulong)(span.Unit - unit));
            unit = span.Unit;
            Take(span, values);
            var mask = 0;
            for (var field = 0; field < Fields; field++)
            {
                mask |= values[field] == before[field] ? 0 : 1 << field;
            }

            Varint.Write(bytes, (ulong)mask);
            for (var field = 0; field < Fields; field++)
            {
                if (values[field] != before[field])
                {
                    Write(bytes, values[field], before[field] ?? 0);
                    before[field] = values[field];
                }
            }
        }

        return [.. bytes];
    }

    /// <exception cref="FormatException">The bytes are of a version that this build does not know, or damaged.</exception>
    public static List<SampleSpan> Unpack(byte[] bytes)
    {
        if (bytes.Length == 0 || bytes[0] != Version)
        {
            throw new FormatException($"The packed samples aren't version {Version}.");
        }

        var spans = new List<SampleSpan>();
        var (values, unit, position) = (new long?[Fields], 0, 1);
        while (position < bytes.Length)
        {
            unit += (int)Varint.Read(bytes, ref position);
            var mask = (int)Varint.Read(bytes, ref position);
            for (var field = 0; field < Fields; field++)
            {
                if ((mask & (1 << field)) != 0)
                {
                    values[field] = Read(bytes, ref position, values[field] ?? 0);
                }
            }

            spans.Add(ToSpan(unit, values));
        }

        return spans;
    }

    /// <summary>0 = unknown; else the difference, moved up by one.</summary>
    private static void Write(List<byte> bytes, long? value, long before)
    {
        if (value is not { } known)
        {
            bytes.Add(0);
            return;
        }

        var difference = known - before;
        Varint.Write(bytes, (ulong)((difference << 1) ^ (difference >> 63)) + 1);
    }

    private static long? Read(byte[] bytes, ref int position, long before)
    {
        var value = Varint.Read(bytes, ref position);
        if (value == 0)
        {
            return null;
        }

        value--;
        return before + ((long)(value >> 1) ^ -(long)(value & 1));
    }

    /// <summary>What changes most comes first: seven fields fit into the first byte of the mask.</summary>
    private static void Take(SampleSpan span, long?[] values)
    {
        values[0] = span.WorkerMean;
        values[1] = span.WorkerMean - span.WorkerMinimum;
        values[2] = span.WorkerMaximum - span.WorkerMean;
        values[3] = span.QueuedMaximum;
        values[4] = span.Rejected;
        values[5] = span.AgentMemoryMaximum;
        values[6] = span.Samples;
        values[7] = span.Limit;
        values[8] = span.Updates;
        values[9] = span.ConfigMgrUpdates;
        for (var answer = 0; answer < Answers; answer++)
        {
            values[FirstAnswer + answer] = span.ClientMilliseconds.Count == 0 ? null : span.ClientMilliseconds[answer];
        }

        values[SlowerThanMean] = span.ClientMaximum - SlowestMean(values);
        values[Failing] = span.ClientFailing;
    }

    /// <summary>In a minute the slowest answer is one of the means, so that their difference takes no room.</summary>
    private static long SlowestMean(long?[] values)
    {
        long slowest = 0;
        for (var answer = FirstAnswer; answer < FirstAnswer + Answers; answer++)
        {
            slowest = Math.Max(slowest, values[answer] ?? 0);
        }

        return slowest;
    }

    private static SampleSpan ToSpan(int unit, long?[] values) => new()
    {
        Unit = unit,
        WorkerMean = values[0],
        WorkerMinimum = values[0] - values[1],
        WorkerMaximum = values[0] + values[2],
        QueuedMaximum = values[3],
        Rejected = values[4],
        AgentMemoryMaximum = values[5],
        Samples = (int)(values[6] ?? 0),
        Limit = values[7],
        Updates = values[8],
        ConfigMgrUpdates = values[9],
        ClientMilliseconds = HasAnswers(values) ? [.. values.AsSpan(FirstAnswer, Answers)] : SampleSpan.NoAnswers,
        ClientMaximum = values[SlowerThanMean] + SlowestMean(values),
        ClientFailing = values[Failing],
    };

    /// <summary>Where somebody asked it is known whether a client got what it needs, be it that none of them answered.</summary>
    private static bool HasAnswers(long?[] values) => values[Failing] is not null;
}
