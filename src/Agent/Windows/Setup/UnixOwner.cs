using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>Whose a file is on a system with users that are numbers; .NET tells the mode only.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixOwner
{
    private const int CurrentFolder = -100;
    private const int NotFollowingLinks = 0x100;
    private const uint UserWanted = 0x8;

    // struct statx is the same on every processor: the user stands at byte 20.
    private const int AnswerBytes = 256;
    private const int UserAt = 20;

    /// <summary>The user of this process.</summary>
    public static uint Current => GetEffectiveUser();

    /// <summary>The owner of a file or folder, of a link itself; null where this system does not tell (it is no Linux).</summary>
    public static uint? Read(string path)
    {
        var (name, answer) = (Encoding.UTF8.GetBytes(path + '\0'), new byte[AnswerBytes]);
        try
        {
            return StatX(CurrentFolder, ref name[0], NotFollowingLinks, UserWanted, ref answer[0]) == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(UserAt)) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int folder, ref byte path, int flags, uint mask, ref byte answer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUser();
}
