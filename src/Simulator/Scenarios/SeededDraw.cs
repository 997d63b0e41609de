using System.Buffers.Binary;

namespace WsusDashboard.Simulator.Scenarios;

/// <summary>
/// Draws that depend on seed, server, purpose and number alone, never on the order of the calls: two starts with one seed
/// tell the same story whatever the threads do.
/// </summary>
internal sealed class SeededDraw(int seed, string name)
{
    /// <summary>At least 0, below 1.</summary>
    public double Fraction(string purpose, long number) => (Bits(purpose, number) >> 11) * (1.0 / (1UL << 53));

    /// <summary>At least <paramref name="low"/>, at most <paramref name="high"/>.</summary>
    public int Between(string purpose, long number, int low, int high) => low + (int)(Fraction(purpose, number) * (high - low + 1L));

    public Guid Identifier(string purpose, long number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Bits(purpose, number));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Bits(purpose, ~number));
        return new Guid(bytes);
    }

    private ulong Bits(string purpose, long number)
    {
        // FNV-1a over the text, then the finalizer of SplitMix64: cheap, and well spread for neighbouring numbers.
        var hash = 14695981039346656037UL;
        foreach (var character in $"{seed}|{name}|{purpose}|{number}")
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }
}
