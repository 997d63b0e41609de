using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace WsusDashboard.Dashboard.Data.Rollup;

/// <summary>
/// The runs of one period as its row keeps them, in the order of time: of each the seconds since the one before, its length and the number of its tag (cause,
/// result, source, counted), in as many bits as the largest of the row takes. That is half of the 64 bits that a <see cref="PackedRun"/> has, and half of what
/// PostgreSQL reads, maps into a new process and sends.
/// </summary>
internal static class PackedRuns
{
    // Number of runs, number of tags, bits of a start, bits of a length; then the tags, then the runs.
    private const int TagsAt = 4;
    private const int WidthsAt = 8;
    private const int HeaderLength = 10;
    private const int TagLength = sizeof(uint);

    /// <summary>The reader takes whole words, the last of them too.</summary>
    private const int Padding = sizeof(ulong);

    /// <param name="runs">All runs of one period, in any order.</param>
    /// <returns>Empty where there is none.</returns>
    public static byte[] Pack(IEnumerable<PackedRun> runs)
    {
        var sorted = runs.Select(run => run.Bits).Order().ToArray();
        if (sorted.Length == 0)
        {
            return [];
        }

        var tags = sorted.Select(PackedRun.TagOf).Distinct().ToArray();
        var numbers = tags.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        var starts = sorted.Select((bits, index) => PackedRun.StartOf(bits) - (index == 0 ? 0 : PackedRun.StartOf(sorted[index - 1]))).ToArray();
        var (startWidth, lengthWidth, tagWidth) = (WidthOf(starts.Max()), WidthOf(sorted.Max(PackedRun.LengthOf)), TagWidthOf(tags.Length));
        var width = startWidth + lengthWidth + tagWidth;

        var streamAt = HeaderLength + (tags.Length * TagLength);
        var bytes = new byte[streamAt + ((((long)sorted.Length * width) + 7) / 8) + Padding];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, sorted.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(TagsAt), tags.Length);
        (bytes[WidthsAt], bytes[WidthsAt + 1]) = ((byte)startWidth, (byte)lengthWidth);
        for (var tag = 0; tag < tags.Length; tag++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeaderLength + (tag * TagLength)), (uint)tags[tag]);
        }

        for (var index = 0; index < sorted.Length; index++)
        {
            var value = (((starts[index] << lengthWidth) | PackedRun.LengthOf(sorted[index])) << tagWidth) | (uint)numbers[PackedRun.TagOf(sorted[index])];
            Write(bytes.AsSpan(streamAt), (long)index * width, value);
        }

        return bytes;
    }

    /// <summary>The bits of each run, in the order of time.</summary>
    /// <param name="bytes">As the row keeps them.</param>
    /// <param name="buffer">Where they are put; a larger one takes its place where it is too small.</param>
    public static ReadOnlySpan<ulong> Unpack(ReadOnlySpan<byte> bytes, ref ulong[] buffer)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var (count, tagCount) = (BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[TagsAt..]));
        var (lengthWidth, tagWidth) = (bytes[WidthsAt + 1], TagWidthOf(tagCount));
        var width = bytes[WidthsAt] + lengthWidth + tagWidth;
        var tags = MemoryMarshal.Cast<byte, uint>(bytes.Slice(HeaderLength, tagCount * TagLength));
        var stream = bytes[(HeaderLength + (tagCount * TagLength))..];
        if (buffer.Length < count)
        {
            buffer = new ulong[Math.Max(count, 2 * buffer.Length)];
        }

        var runs = buffer.AsSpan(0, count);
        var (valueMask, lengthMask, tagMask) = (MaskOf(width), MaskOf(lengthWidth), MaskOf(tagWidth));
        var (start, bit) = (0UL, 0L);
        for (var index = 0; index < runs.Length; index++, bit += width)
        {
            var value = Read(stream, bit, width) & valueMask;
            start += value >> (lengthWidth + tagWidth);
            runs[index] = PackedRun.BitsOf(start, (value >> tagWidth) & lengthMask, tags[(int)(value & tagMask)]);
        }

        return runs;
    }

    private static ulong Read(ReadOnlySpan<byte> stream, long bit, int width)
    {
        var (at, shift) = ((int)(bit >> 3), (int)bit & 7);
        var word = BinaryPrimitives.ReadUInt64LittleEndian(stream[at..]) >> shift;
        return shift + width > 64 ? word | ((ulong)stream[at + sizeof(ulong)] << (64 - shift)) : word;
    }

    private static void Write(Span<byte> stream, long bit, ulong value)
    {
        var at = (int)(bit >> 3);
        for (var rest = (UInt128)value << ((int)bit & 7); rest != 0; rest >>= 8)
        {
            stream[at++] |= (byte)rest;
        }
    }

    private static int WidthOf(ulong largest) => 64 - BitOperations.LeadingZeroCount(largest);

    private static int TagWidthOf(int tags) => WidthOf((ulong)tags - 1);

    private static ulong MaskOf(int width) => (1UL << width) - 1;
}
