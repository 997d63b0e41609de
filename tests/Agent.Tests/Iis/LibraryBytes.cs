using System.Buffers.Binary;

namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>The beginning of a library file, made by the rules of Microsoft's PE Format.</summary>
internal static class LibraryBytes
{
    public const ushort X86 = 0x014C;
    public const ushort X64 = 0x8664;

    /// <param name="machine">The machine field.</param>
    /// <param name="headerOffset">Where the PE header begins; linkers write 0x80 to 0x100.</param>
    public static byte[] Of(ushort machine, int headerOffset = 0xF8)
    {
        var bytes = new byte[headerOffset + 264];
        "MZ"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(0x3C), headerOffset);
        "PE\0\0"u8.CopyTo(bytes.AsSpan(headerOffset));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(headerOffset + 4), machine);
        return bytes;
    }
}
