using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>A stranger who only holds connections open.</summary>
public sealed class ConnectionPlacesTests
{
    private const int PerNetwork = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Admit_AddressThatHoldsAllItsPlaces_IsEndedAndOthersAreServed()
    {
        await using var server = await StartAsync(isBehindProxy: false);
        List<Socket> held = [];
        for (var connection = 0; connection < PerNetwork; connection++)
        {
            held.Add(await ConnectAsync(server, "127.0.0.1"));
            Assert.Equal("HTTP", await AskAsync(held[^1]));
        }

        Assert.Equal("", await AskAnewAsync(server, "127.0.0.1"));
        using var other = await ConnectAsync(server, "127.0.0.2");
        Assert.Equal("HTTP", await AskAsync(other));

        // Who goes gives its place back.
        held[0].Dispose();
        await Eventually.Async(() => AskAnewAsync(server, "127.0.0.1"), answer => answer == "HTTP");
        held.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Admit_ProxyOnThisComputer_BringsAsManyAsComeToIt()
    {
        await using var server = await StartAsync(isBehindProxy: true);
        List<Socket> open = [];
        for (var connection = 0; connection < 3 * PerNetwork; connection++)
        {
            open.Add(await ConnectAsync(server, "127.0.0.1"));
            Assert.Equal("HTTP", await AskAsync(open[^1]));
        }

        open.ForEach(socket => socket.Dispose());
    }

    private static Task<LoopbackServer> StartAsync(bool isBehindProxy)
    {
        var places = new ConnectionPlaces(PerNetwork, _ => isBehindProxy);
        return LoopbackServer.StartAsync(app => app.MapGet("/", () => ""), listen: listen => listen.Use(places.Admit));
    }

    private static async Task<Socket> ConnectAsync(LoopbackServer server, string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, Token);
        return socket;
    }

    /// <summary>What a new connection is answered; empty where it was ended, which it may be before its opening is over.</summary>
    private static async Task<string> AskAnewAsync(LoopbackServer server, string from)
    {
        try
        {
            using var socket = await ConnectAsync(server, from);
            return await AskAsync(socket);
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>The first four letters of the answer; empty where the connection was ended in order.</summary>
    private static async Task<string> AskAsync(Socket socket)
    {
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);
        var answer = new byte[4];
        var read = await socket.ReceiveAsync(answer, Token).AsTask().WaitAsync(Eventually.Limit, Token);
        return System.Text.Encoding.ASCII.GetString(answer, 0, read);
    }
}
