using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>
/// Stands between PostgreSQL and a dashboard, and can be cut as a network is: what is sent gets no answer and no end, until it's mended and all of it arrives. Threading: two pumps a connection.
/// </summary>
internal sealed class DatabaseRelay : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly PostgresCluster _cluster;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _running = [];
    private volatile TaskCompletionSource _isOpen = new();
    private Task _accepting = Task.CompletedTask;

    private DatabaseRelay(PostgresCluster cluster)
    {
        _cluster = cluster;
        _isOpen.SetResult();
    }

    public static DatabaseRelay Start(PostgresCluster cluster)
    {
        var relay = new DatabaseRelay(cluster);
        relay._listener.Start();
        relay._accepting = relay.AcceptAsync();
        return relay;
    }

    public string ConnectionString(string database)
    {
        var address = (IPEndPoint)_listener.LocalEndpoint;
        return new NpgsqlConnectionStringBuilder(_cluster.ConnectionString(database)) { Host = address.Address.ToString(), Port = address.Port, SslMode = SslMode.Disable, Timeout = 15, CommandTimeout = 30 }.ConnectionString;
    }

    public void Cut() => _isOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => _isOpen.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] running;
        lock (_lock)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_ending.Token);
            lock (_lock)
            {
                _running.RemoveAll(task => task.IsCompleted);
                _running.Add(RelayAsync(client));
            }
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await _isOpen.Task.WaitAsync(_ending.Token);
        await far.ConnectAsync(new UnixDomainSocketEndPoint(_cluster.SocketPath), _ending.Token);

        // Where one side ends, so does the other: as it would be without the relay.
        await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, _ending.Token) is > 0 and var count)
            {
                await _isOpen.Task.WaitAsync(_ending.Token);
                await to.SendAsync(buffer.AsMemory(0, count), _ending.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It has ended.
        }

        await _isOpen.Task.WaitAsync(_ending.Token);
    }
}
