using System.Buffers.Binary;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Iis;

public sealed class LibraryHeaderTests
{
    [Theory]
    [InlineData(0x014C, LibraryBitness.Bits32)]
    [InlineData(0x01C4, LibraryBitness.Bits32)]
    [InlineData(0x8664, LibraryBitness.Bits64)]
    [InlineData(0xAA64, LibraryBitness.Bits64)]
    [InlineData(0x0200, LibraryBitness.Bits64)]
    public void Read_LibraryOfAProcessor_SaysWhichProcessesCanLoadIt(int machine, LibraryBitness expected) =>
        Assert.Equal(new LibraryHeader(expected, ""), LibraryHeader.Read(LibraryBytes.Of((ushort)machine)));

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x80)]
    [InlineData(LibraryHeader.Length - 6)]
    public void Read_HeaderAnywhereInTheStart_IsFound(int offset) =>
        Assert.Equal(LibraryBitness.Bits64, LibraryHeader.Read(LibraryBytes.Of(LibraryBytes.X64, offset).AsSpan(0, Math.Min(LibraryHeader.Length, offset + 6))).Bitness);

    [Fact]
    public void Read_OwnAssembly_IsALibrary()
    {
        var start = new byte[LibraryHeader.Length];
        using var file = File.OpenRead(typeof(LibraryHeader).Assembly.Location);
        file.ReadExactly(start);

        Assert.Equal("", LibraryHeader.Read(start).Problem);
    }

    public static TheoryData<string, byte[]> Broken()
    {
        var whole = LibraryBytes.Of(LibraryBytes.X64);
        return new TheoryData<string, byte[]>
        {
            { "empty", [] },
            { "two bytes", "MZ"u8.ToArray() },
            { "cut before the offset", whole[..0x3F] },
            { "no MZ", [.. "PK"u8, .. whole[2..]] },
            { "a script", [.. Enumerable.Repeat((byte)'#', 4096)] },
            { "no PE", With(whole, 0xF8, 0x4E45) },
            { "offset at the end", WithOffset(whole, whole.Length) },
            { "offset five before the end", WithOffset(whole, whole.Length - 5) },
            { "offset beyond the end", WithOffset(whole, int.MaxValue) },
            { "negative offset", WithOffset(whole, -2) },
            { "unknown machine", LibraryBytes.Of(0x1234) },
            { "no machine", LibraryBytes.Of(0) },
        };
    }

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void Read_BrokenFile_IsUnknownAndSaysWhy(string what, byte[] start)
    {
        var header = LibraryHeader.Read(start);

        Assert.True(header is { Bitness: LibraryBitness.Unknown, Problem.Length: > 0 }, what);
    }

    [Fact]
    public void Read_EveryCutOfAFile_NeverThrows()
    {
        var whole = LibraryBytes.Of(LibraryBytes.X86);

        Assert.All(Enumerable.Range(0, 0xF8 + 6), length => Assert.Equal(LibraryBitness.Unknown, LibraryHeader.Read(whole.AsSpan(0, length)).Bitness));
        Assert.Equal(LibraryBitness.Bits32, LibraryHeader.Read(whole.AsSpan(0, 0xF8 + 6)).Bitness);
    }

    private static byte[] WithOffset(byte[] whole, int offset)
    {
        var bytes = whole.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(0x3C), offset);
        return bytes;
    }

    private static byte[] With(byte[] whole, int at, ushort value)
    {
        var bytes = whole.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), value);
        return bytes;
    }
}
