using System.Net;
using System.Net.Sockets;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>A plain user of a server who listens on the agent's port while the agent is down, and hears whatever is told there.</summary>
internal sealed class ListeningStranger : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _listening;
    private int _connections;

    private ListeningStranger(TcpListener listener) => (_listener, _listening) = (listener, ListenAsync(listener));

    /// <summary>How many came.</summary>
    public int Connections => _connections;

    /// <summary>Listens as soon as the port is free.</summary>
    public static async Task<ListeningStranger> StartAsync(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        await Eventually.TrueAsync(() => TryStart(listener));
        return new(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _listening;
    }

    private static bool TryStart(TcpListener listener)
    {
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task ListenAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(_ending.Token);
                Interlocked.Increment(ref _connections);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It has stopped.
        }
    }
}
