using System.Buffers.Binary;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Which processes can load a library, from the beginning of its file (Microsoft, PE Format). Reads what it is given and nothing beyond.</summary>
/// <param name="Bitness">Unknown where <paramref name="Problem"/> says why.</param>
/// <param name="Problem">For a person; empty where the header could be read.</param>
internal readonly record struct LibraryHeader(LibraryBitness Bitness, string Problem)
{
    /// <summary>How much of a file is read: linkers place the header within the first few hundred bytes.</summary>
    public const int Length = 4096;

    private const int OffsetOfHeaderOffset = 0x3C;
    private const int SignatureLength = 4;
    private const int MachineLength = 2;

    private static ReadOnlySpan<byte> DosSignature => "MZ"u8;

    private static ReadOnlySpan<byte> Signature => "PE\0\0"u8;

    /// <param name="start">The first <see cref="Length"/> bytes of the file, or all of them where it is shorter.</param>
    public static LibraryHeader Read(ReadOnlySpan<byte> start)
    {
        if (start.Length < OffsetOfHeaderOffset + sizeof(uint) || !start.StartsWith(DosSignature))
        {
            return new LibraryHeader(LibraryBitness.Unknown, "It isn't a program library.");
        }

        var offset = BinaryPrimitives.ReadUInt32LittleEndian(start[OffsetOfHeaderOffset..]);
        if (offset > start.Length - SignatureLength - MachineLength)
        {
            return new LibraryHeader(LibraryBitness.Unknown, $"Its PE header isn't within its first {start.Length} bytes.");
        }

        var header = start[(int)offset..];
        if (!header.StartsWith(Signature))
        {
            return new LibraryHeader(LibraryBitness.Unknown, "It has no PE header.");
        }

        return BinaryPrimitives.ReadUInt16LittleEndian(header[SignatureLength..]) switch
        {
            0x014C or 0x01C4 => new LibraryHeader(LibraryBitness.Bits32, ""), // x86, ARM
            0x8664 or 0xAA64 or 0x0200 => new LibraryHeader(LibraryBitness.Bits64, ""), // x64, ARM64, Itanium
            var machine => new LibraryHeader(LibraryBitness.Unknown, $"It's made for an unknown kind of processor (0x{machine:X4})."),
        };
    }
}
