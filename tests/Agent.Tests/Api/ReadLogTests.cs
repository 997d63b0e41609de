using Grpc.Core;
using WsusDashboard.Agent.Tests.Support;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Api;

public sealed class ReadLogTests : IAsyncLifetime
{
    private TestAgent _agent = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _agent = await TestAgent.StartAsync(new FakeEdges());

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task ReadLog_Tail_GivesTheLastLinesOldestFirst()
    {
        for (var number = 1; number <= 30; number++)
        {
            Write($"line {number}");
        }

        using var call = _agent.Grpc.ReadLog(new Wire.ReadLogRequest { Name = "wsyncmgr", TailLines = 3 }, cancellationToken: Token);
        List<string> lines = [];
        await foreach (var line in call.ResponseStream.ReadAllAsync(Token))
        {
            Assert.Equal("SMS_WSUS_SYNC_MANAGER", line.Component);
            lines.Add(line.Text);
        }

        Assert.Equal(["line 28", "line 29", "line 30"], lines);
    }

    [Fact]
    public async Task ReadLog_Follow_GoesOnOverARollOver()
    {
        Write("old");
        using var call = _agent.Grpc.ReadLog(new Wire.ReadLogRequest { Name = "WSYNCMGR", TailLines = 1, Follow = true }, cancellationToken: Token);
        Assert.Equal("old", await NextAsync(call));
        Write("before");
        File.Move(_agent.LogFile, Path.ChangeExtension(_agent.LogFile, ".lo_"));
        Write("after");

        Assert.Equal("before", await NextAsync(call));
        Assert.Equal("after", await NextAsync(call));
    }

    [Fact]
    public async Task ReadLog_LongLine_IsCutToWhatTheContractAllows()
    {
        Write(new string('x', 20_000));
        using var call = _agent.Grpc.ReadLog(new Wire.ReadLogRequest { Name = "wsyncmgr" }, cancellationToken: Token);

        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(await NextAsync(call)), 1000, 8192);
    }

    [Fact]
    public async Task Stop_WhileSomebodyFollows_EndsTheStream()
    {
        var agent = await TestAgent.StartAsync(new FakeEdges());
        await File.WriteAllTextAsync(agent.LogFile, "line\n", Token);
        using var following = agent.Grpc.ReadLog(new Wire.ReadLogRequest { Name = "wsyncmgr", Follow = true }, cancellationToken: Token);
        Assert.Equal("line", await NextAsync(following));
        using var watching = agent.Grpc.Watch(new Wire.WatchRequest(), cancellationToken: Token);
        Assert.True(await watching.ResponseStream.MoveNext(Token));

        await agent.StopAsync();

        Assert.False(await MoveToEndAsync(watching.ResponseStream));
        await agent.DisposeAsync();
    }

    private static async Task<string> NextAsync(AsyncServerStreamingCall<Wire.LogLine> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return call.ResponseStream.Current.Text;
    }

    private static async Task<bool> MoveToEndAsync(IAsyncStreamReader<Wire.WatchMessage> stream)
    {
        try
        {
            while (await stream.MoveNext(Token))
            {
                Assert.NotNull(stream.Current);
            }
        }
        catch (RpcException exception)
        {
            Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        }

        return false;
    }

    private void Write(string text) =>
        File.AppendAllText(_agent.LogFile, $"{text}  $$<SMS_WSUS_SYNC_MANAGER><01-05-2026 06:00:00.000+0><thread=1 (0x1)>\r\n");
}
