using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>An HTTP proxy that knows CONNECT only, and may ask for a name and a password (RFC 7617).</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<TcpClient> _clients = [];
    private readonly Task _accepting;
    private readonly string? _expected;

    /// <param name="credentials">"name:password"; null asks for none.</param>
    public ConnectProxy(string? credentials = null)
    {
        _expected = credentials is null ? null : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials))}";
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The targets of the tunnels that were opened.</summary>
    public List<string> Opened { get; } = [];

    /// <summary>How often somebody was asked to sign in.</summary>
    public int Refused { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _clients.ForEach(client => client.Dispose());
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test ends.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            while (await ReadRequestAsync(stream) is { Count: > 0 } request)
            {
                if (_expected is not null && !request.Contains(_expected))
                {
                    Refused++;
                    await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _ending.Token);
                    continue;
                }

                var target = request[0].Split(' ')[1];
                Opened.Add(target);
                using var hub = new TcpClient();
                await hub.ConnectAsync(IPEndPoint.Parse(target), _ending.Token);
                await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _ending.Token);
                await Task.WhenAny(stream.CopyToAsync(hub.GetStream(), _ending.Token), hub.GetStream().CopyToAsync(stream, _ending.Token));
                return;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side went away.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task<List<string>> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _ending.Token) == 0)
            {
                return [];
            }

            text.Append((char)one[0]);
        }

        return [.. text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];
    }
}
