using System.Net;
using System.Net.Sockets;
using System.Text;
using WsusDashboard.Agent.Tests.Support;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Api;

public sealed class SharedPortTests(AgentFixture fixture) : IClassFixture<AgentFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnePort_AnswersJsonAndGrpc()
    {
        var json = await fixture.Agent.Http.GetStringAsync(new Uri("/v1/info", UriKind.Relative), Token);
        var grpc = await fixture.Agent.Grpc.GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token);

        Assert.Contains($"\"agentId\":\"{grpc.AgentId}\"", json.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("SUP01", grpc.ComputerName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(14)]
    public async Task FirstBytes_InSmallPieces_StillFindTheirProtocol(int pieceLength)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, fixture.Agent.Address.Port, Token);
        client.NoDelay = true;
        var stream = client.GetStream();
        var preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").Concat(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 }).ToArray();
        foreach (var piece in preface.Chunk(pieceLength))
        {
            await stream.WriteAsync(piece, Token);
        }

        var header = new byte[9];
        await stream.ReadExactlyAsync(header, Token);

        // The fourth byte of a frame is its type; a server begins with SETTINGS, which is 4.
        Assert.Equal(4, header[3]);
    }

    [Fact]
    public async Task FirstBytes_OfHttp1ThatBeginLikeThePreface_AreHttp1()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, fixture.Agent.Address.Port, Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PROPFIND / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {fixture.Agent.LocalKey}\r\nConnection: close\r\n\r\n"), Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);

        Assert.StartsWith("HTTP/1.1 404", await reader.ReadLineAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyConnections_ThatSayNothing_DoNotKeepOthersOut()
    {
        List<TcpClient> silent = [];
        try
        {
            for (var number = 0; number < 20; number++)
            {
                var client = new TcpClient();
                silent.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, fixture.Agent.Address.Port, Token);
            }

            Assert.Equal("live", await fixture.Agent.Http.GetStringAsync(new Uri("/health/live", UriKind.Relative), Token));
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Stop_WithAnUndecidedConnection_EndsIt()
    {
        var agent = await TestAgent.StartAsync(new FakeEdges());
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, agent.Address.Port, Token);
        await agent.DisposeAsync();

        var read = await client.GetStream().ReadAsync(new byte[1], Token).AsTask().ContinueWith(task => task.IsFaulted ? 0 : task.GetAwaiter().GetResult(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.Equal(0, read);
    }
}
