using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace WsusDashboard.Agent.Security.Local;

/// <summary>Whose process is at the other end of a socket, as the kernel knows it.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class SocketPeer
{
    private const uint Root = 0;

    // struct ucred of Linux (pid, uid, gid) and struct xucred of macOS (version, uid, …): the user stands behind the first four bytes in both.
    private const int UserOffset = 4;
    private const int CredentialBytes = 128;

    /// <summary>True where the other end is a process of this account or of root.</summary>
    /// <exception cref="SocketException">The system doesn't tell.</exception>
    public static bool IsTrusted(Socket socket) => IsTrusted(UserOf(socket), GetEffectiveUser());

    internal static bool IsTrusted(uint peer, uint own) => peer == Root || peer == own;

    private static uint UserOf(Socket socket)
    {
        // SO_PEERCRED of SOL_SOCKET; LOCAL_PEERCRED of SOL_LOCAL.
        var (level, name) = OperatingSystem.IsMacOS() ? (0, 1) : (1, 17);
        var credential = new byte[CredentialBytes];
        var length = socket.GetRawSocketOption(level, name, credential);
        return length >= UserOffset + sizeof(uint) ? BitConverter.ToUInt32(credential, UserOffset) : throw new SocketException((int)SocketError.AccessDenied);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
