using System.Buffers.Binary;

namespace WsusDashboard.Simulator.Model;

/// <summary>
/// The libraries that a server's compression schemes and modules name: those of IIS are there for both kinds of worker, WSUS's for 64-bit ones alone
/// (windows.md, "32-bit WsusPool and the xpress compression scheme").
/// </summary>
internal static class LibraryTable
{
    private const string WsusLibrary = "suscomp.dll";
    private static readonly string[] For64BitAlone = [WsusLibrary, "iisscan64.dll", "webengine4.dll"];

    private const ushort X86 = 0x014C;
    private const ushort X64 = 0x8664;
    private const int HeaderOffset = 0xF8;

    private static readonly Dictionary<string, ushort> Machines = new(StringComparer.OrdinalIgnoreCase)
    {
        [@"C:\Program Files\Update Services\WebServices\" + WsusLibrary] = X64,
        [@"C:\Windows\System32\inetsrv\gzip.dll"] = X64,
        [@"C:\Windows\SysWOW64\inetsrv\gzip.dll"] = X86,
    };

    private static readonly (string Variable, string Value)[] Variables =
    [
        ("%windir%", @"C:\Windows"), ("%SystemRoot%", @"C:\Windows"), ("%SystemDrive%", "C:"),
        ("%ProgramFiles(x86)%", @"C:\Program Files (x86)"), ("%ProgramFiles%", @"C:\Program Files"),
    ];

    public static bool IsFor64BitAlone(string library) => For64BitAlone.Any(name => library.EndsWith(name, StringComparison.OrdinalIgnoreCase));

    public static string Expand(string path)
    {
        foreach (var (variable, value) in Variables)
        {
            path = path.Replace(variable, value, StringComparison.OrdinalIgnoreCase);
        }

        return path;
    }

    /// <summary>The beginning of the file, as Microsoft's PE Format has it; null where the server has no such file.</summary>
    public static byte[]? ReadStart(string path)
    {
        if (!Machines.TryGetValue(path, out var machine))
        {
            return null;
        }

        var bytes = new byte[1024];
        "MZ"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(0x3C), HeaderOffset);
        "PE\0\0"u8.CopyTo(bytes.AsSpan(HeaderOffset));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(HeaderOffset + 4), machine);
        return bytes;
    }
}
