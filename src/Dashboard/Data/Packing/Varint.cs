namespace WsusDashboard.Dashboard.Data.Packing;

/// <summary>Whole numbers in as many bytes as they need: seven bits a byte, the lowest first, as Protocol Buffers has them.</summary>
internal static class Varint
{
    public static void Write(List<byte> target, ulong value)
    {
        while (value >= 0x80)
        {
            target.Add((byte)(value | 0x80));
            value >>= 7;
        }

        target.Add((byte)value);
    }

    /// <exception cref="FormatException">The bytes end in the middle of a number.</exception>
    public static ulong Read(ReadOnlySpan<byte> source, ref int position)
    {
        // Nearly all have at most two bytes.
        if ((uint)(position + 1) < (uint)source.Length)
        {
            uint first = source[position];
            if (first < 0x80)
            {
                position++;
                return first;
            }

            uint second = source[position + 1];
            if (second < 0x80)
            {
                position += 2;
                return (first & 0x7F) | (second << 7);
            }
        }

        return ReadLong(source, ref position);
    }

    private static ulong ReadLong(ReadOnlySpan<byte> source, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position >= source.Length)
            {
                break;
            }

            var next = source[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("A packed number has no end.");
    }
}
