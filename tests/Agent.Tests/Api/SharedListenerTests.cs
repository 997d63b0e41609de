using System.Text;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Agent.Tests.Support;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Api;

public sealed class SharedListenerTests(AgentFixture fixture) : IClassFixture<AgentFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OneChannel_AnswersJsonAndGrpc()
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
        await using var stream = await LocalChannel.ConnectAsync(fixture.Agent.Folder, Token);
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
        await using var stream = await LocalChannel.ConnectAsync(fixture.Agent.Folder, Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("PROPFIND / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);

        Assert.StartsWith("HTTP/1.1 404", await reader.ReadLineAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyConnections_ThatSayNothing_DoNotKeepOthersOut()
    {
        List<Stream> silent = [];
        try
        {
            for (var number = 0; number < 20; number++)
            {
                silent.Add(await LocalChannel.ConnectAsync(fixture.Agent.Folder, Token));
            }

            Assert.Equal("live", await fixture.Agent.Http.GetStringAsync(new Uri("/health/live", UriKind.Relative), Token));
        }
        finally
        {
            silent.ForEach(stream => stream.Dispose());
        }
    }

    [Fact]
    public async Task Stop_WithAnUndecidedConnection_EndsIt()
    {
        var agent = await TestAgent.StartAsync(new FakeEdges());
        await using var stream = await LocalChannel.ConnectAsync(agent.Folder, Token);
        await agent.DisposeAsync();

        var read = await stream.ReadAsync(new byte[1], Token).AsTask().ContinueWith(task => task.IsFaulted ? 0 : task.GetAwaiter().GetResult(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.Equal(0, read);
    }
}
