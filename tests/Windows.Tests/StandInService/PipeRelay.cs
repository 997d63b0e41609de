using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;

namespace WsusDashboard.StandInService;

/// <summary>Lets a test outside of this Windows reach the pipe of an agent: what comes in on a loopback port goes into the pipe, and back.</summary>
internal static class PipeRelay
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <param name="port">The port, on loopback.</param>
    /// <param name="file">The agent's file whose first line is the name of its pipe; read for each connection, because each start of the agent has another.</param>
    public static async Task RunAsync(int port, string file)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        while (true)
        {
            _ = RelayAsync(await listener.AcceptTcpClientAsync(), file);
        }
    }

    private static async Task RelayAsync(TcpClient caller, string file)
    {
        using (caller)
        {
            try
            {
                await using var pipe = new NamedPipeClientStream(".", (await File.ReadAllLinesAsync(file))[0], PipeDirection.InOut, PipeOptions.Asynchronous);
                await pipe.ConnectAsync(ConnectLimit, CancellationToken.None);
                var network = caller.GetStream();
                await await Task.WhenAny(network.CopyToAsync(pipe), pipe.CopyToAsync(network));
            }
            catch (Exception exception) when (exception is IOException or TimeoutException or UnauthorizedAccessException or SocketException)
            {
                // The agent is down, or one side is gone: the caller sees a connection that ends.
            }
        }
    }
}
