using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using WsusDashboard.Agent.Windows.Native;

namespace WsusDashboard.Agent.Security.Local;

/// <summary>
/// The way of a program on this server to the agent: a named pipe on Windows, a socket in the agent's data folder elsewhere. It never touches the network. Who may open it is
/// an administrator or the service's account, and whoever opens it first makes sure whose it is.
/// </summary>
public static class LocalChannel
{
    /// <summary>Name of the socket in the data folder.</summary>
    public const string SocketFileName = "agent.sock";

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>The address that requests over the channel name; it leads nowhere else.</summary>
    public static Uri Address { get; } = new("http://localhost");

    /// <summary>Where the socket of an agent with this data folder is.</summary>
    public static string SocketPath(string dataDirectory) => Path.Combine(dataDirectory, SocketFileName);

    /// <summary>What a system takes as the path of a socket (sun_path of sockaddr_un, without its end), in bytes of UTF-8.</summary>
    private static int LongestSocketPath => OperatingSystem.IsMacOS() ? 103 : 107;

    /// <summary>Why an agent can't have its socket in this data folder; null where it can. On Windows its pipe has no path.</summary>
    public static string? RefuseSocket(string dataDirectory)
    {
        var path = SocketPath(dataDirectory);
        var (length, most) = (Encoding.UTF8.GetByteCount(path), LongestSocketPath);
        return OperatingSystem.IsWindows() || length <= most ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"The data folder {dataDirectory} is too deep for the agent's socket: the path {path} has {length} bytes, and this system allows {most}. Choose a data folder whose path has {most - length + Encoding.UTF8.GetByteCount(dataDirectory)} bytes or fewer.");
    }

    /// <summary>HTTP over the channel of the agent with this data folder. A connection that can't be made fails with <see cref="LocalChannelException"/> inside.</summary>
    public static SocketsHttpHandler CreateHandler(string dataDirectory) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = ConnectLimit,
        ConnectCallback = async (_, token) => await ConnectAsync(dataDirectory, token),
    };

    /// <summary>A connection to the agent with this data folder, whose other side has proved to be an agent of the account that owns it.</summary>
    /// <exception cref="LocalChannelException">Nobody listens, access is refused, or somebody else listens.</exception>
    public static async Task<Stream> ConnectAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        try
        {
            return OperatingSystem.IsWindows() ? await ConnectPipeAsync(dataDirectory, cancellationToken) : await ConnectSocketAsync(SocketPath(dataDirectory), cancellationToken);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Denied(dataDirectory, exception);
        }
    }

    [SupportedOSPlatform("windows")]
    private static async Task<Stream> ConnectPipeAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var announced = Exists(Path.Combine(dataDirectory, LocalPipeFile.FileName)) ? LocalPipeFile.Read(dataDirectory) : throw Absent(dataDirectory, null);
        try
        {
            var pipe = await LocalPipe.ConnectAsync(announced.Pipe, cancellationToken);
            if (LocalPipe.OwnerOf(pipe) is var owner && owner == announced.Account)
            {
                return pipe;
            }

            await pipe.DisposeAsync();
            throw Stranger(dataDirectory, $"the account {owner}");
        }
        catch (TimeoutException exception)
        {
            throw Absent(dataDirectory, exception);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task<Stream> ConnectSocketAsync(string path, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (RefuseSocket(folder) is { } refusal)
        {
            throw new LocalChannelException(refusal, isAbsent: true);
        }

        if (!Exists(path))
        {
            throw Absent(folder, null);
        }

        if ((File.GetUnixFileMode(path) & Others) != 0)
        {
            throw Stranger(folder, "somebody who lets others use it");
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return SocketPeer.IsTrusted(socket) ? new NetworkStream(socket, ownsSocket: true) : throw Stranger(folder, "another account of this computer");
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw exception.SocketErrorCode == SocketError.AccessDenied ? Denied(folder, exception) : Absent(folder, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // File.Exists is silent about a folder that this account may not look into.
    private static bool Exists(string path)
    {
        try
        {
            File.GetAttributes(path);
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static LocalChannelException Absent(string dataDirectory, Exception? inner) =>
        new($"No agent with the data folder {dataDirectory} is running.", isAbsent: true, inner);

    private static LocalChannelException Denied(string dataDirectory, Exception inner) =>
        new($"This account isn't allowed to ask the agent with the data folder {dataDirectory}. Run the command as an administrator. Nothing was done.", isAbsent: false, inner);

    private static LocalChannelException Stranger(string dataDirectory, string who) =>
        new($"What listens for the agent with the data folder {dataDirectory} belongs to {who}, not to the agent, so nothing was sent there. Find out which program it is.", isAbsent: false);
}
