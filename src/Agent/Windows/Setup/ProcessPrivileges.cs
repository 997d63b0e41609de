using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>Rights that an administrator has and that are off until they are asked for.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class ProcessPrivileges
{
    private const uint TokenAccess = 0x0020 | 0x0008; // adjust privileges, query
    private const uint Enabled = 2;

    // To read and change what shuts administrators out, and to name another owner than oneself.
    private static readonly string[] Ownership = ["SeTakeOwnershipPrivilege", "SeRestorePrivilege", "SeBackupPrivilege"];

    /// <summary>Asks for what owners and access lists of other accounts' files take. Where the account has no such right, the call that needs it says so.</summary>
    public static void EnableOwnership()
    {
        if (!OpenProcessToken(GetCurrentProcess(), TokenAccess, out var token))
        {
            return;
        }

        try
        {
            foreach (var name in Ownership)
            {
                var privilege = new TokenPrivilege { Count = 1, Attributes = Enabled };
                if (LookupPrivilegeValueW(null, name, out privilege.Value))
                {
                    _ = AdjustTokenPrivileges(token, false, &privilege, 0, 0, 0);
                }
            }
        }
        finally
        {
            _ = CloseHandle(token);
        }
    }

    [LibraryImport("kernel32.dll")]
    private static partial nint GetCurrentProcess();

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CloseHandle(nint handle);

    [LibraryImport("advapi32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool OpenProcessToken(nint process, uint access, out nint token);

    [LibraryImport("advapi32.dll", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool LookupPrivilegeValueW(string? system, string name, out long value);

    [LibraryImport("advapi32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool AdjustTokenPrivileges(nint token, [MarshalAs(UnmanagedType.Bool)] bool disablesAll, TokenPrivilege* privilege, uint length, nint previous, nint previousLength);

    /// <summary>TOKEN_PRIVILEGES with one entry; its LUID follows the count without a gap.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct TokenPrivilege
    {
        public uint Count;
        public long Value;
        public uint Attributes;
    }
}
