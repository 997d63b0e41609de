using System.Net.Security;
using System.Reflection;
using System.Runtime.InteropServices;

namespace WsusDashboard.Benchmarks.Fleet.Swarm;

/// <summary>The swarm's own memory: thousands of handshakes need several times what the connections hold once they are up.</summary>
internal static partial class SwarmMemory
{
    // openssl/ssl.h: SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS.
    private const int ModeCommand = 33;
    private const nint ReleaseBuffersMode = 0x10;

    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>Gives what is free, of .NET's heap and of OpenSSL's, back to the system.</summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        _ = TrimHeap(0);
    }

    /// <summary>
    /// Lets OpenSSL free a connection's two buffers of 16 KB while nothing is read or written, which .NET has no setting for. Its handle is found by
    /// reflection; where a later .NET keeps it elsewhere, the connection works as before and the swarm is larger.
    /// </summary>
    public static void ReleaseBuffers(SslStream stream)
    {
        if (typeof(SslStream).GetField("_securityContext", Hidden)?.GetValue(stream) is SafeHandle { IsInvalid: false, IsClosed: false } handle)
        {
            _ = Control(handle, ModeCommand, ReleaseBuffersMode, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int TrimHeap(nuint keptBytes);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_ctrl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Control(SafeHandle connection, int command, nint argument, nint pointer);
}
