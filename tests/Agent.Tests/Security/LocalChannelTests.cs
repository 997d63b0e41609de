using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>The way of programs on the server to its agent: closed to others, and used only where the other side is the agent's account.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LocalChannelTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Socket_OfARunningAgent_IsForItsAccountOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the channel is a pipe.");
        await using var agent = await TestAgent.StartAsync(new FakeEdges());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LocalChannel.SocketPath(agent.Folder)));
    }

    [Fact]
    public async Task Lock_OfARunningAgent_IsForItsAccountOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the access list of the folder decides.");
        await using var agent = await TestAgent.StartAsync(new FakeEdges());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(agent.Folder, DataFolderLock.FileName)));
    }

    [Fact]
    public async Task Connect_WhereOthersMayUseTheSocket_SendsNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the channel is a pipe.");
        using var listener = Listen();
        File.SetUnixFileMode(LocalChannel.SocketPath(_folder.Path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);

        var refused = await Assert.ThrowsAsync<LocalChannelException>(() => LocalChannel.ConnectAsync(_folder.Path, Token));

        Assert.False(refused.IsAbsent);
        Assert.False(listener.Poll(0, SelectMode.SelectRead));
    }

    [Theory]
    [InlineData(0, 1000, true)]
    [InlineData(1000, 1000, true)]
    [InlineData(1000, 0, false)]
    [InlineData(65534, 1000, false)]
    public void Peer_IsTrusted_WhereItIsRootOrTheSameAccount(uint peer, uint own, bool isTrusted)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the owner of the pipe is compared.");

        Assert.Equal(isTrusted, SocketPeer.IsTrusted(peer, own));
    }

    /// <summary>The system's own limit is met to the byte, also by letters that take two; one byte more is refused with the path, its length and what is allowed.</summary>
    [Theory]
    [InlineData('d', 0)]
    [InlineData('d', 1)]
    [InlineData('ü', 0)]
    [InlineData('ü', 1)]
    public async Task DataFolder_AsDeepAsASocketAllowsOrDeeper_ServesOrIsRefusedWithItsLength(char letter, int beyond)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the channel is a pipe.");
        var most = OperatingSystem.IsMacOS() ? 103 : 107;
        var folder = _folder.File(letter.ToString());
        var left = most + beyond - Encoding.UTF8.GetByteCount(LocalChannel.SocketPath(folder));
        var width = Encoding.UTF8.GetByteCount([letter]);
        folder += new string('x', left % width) + new string(letter, left / width);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await using var agent = TestAgent.Build(_folder, new FakeEdges(), options => options.DataDirectory = folder);
        if (beyond == 0)
        {
            await agent.StartAsync(Token);
            await (await LocalChannel.ConnectAsync(folder, Token)).DisposeAsync();
            await agent.StopAsync(Token);
            return;
        }

        AssertText.Tells((await Assert.ThrowsAsync<StoreException>(() => agent.StartAsync(Token))).Message, LocalChannel.SocketPath(folder), $"{most + 1}", $"{most}");
        AssertText.Tells((await Assert.ThrowsAsync<LocalChannelException>(() => LocalChannel.ConnectAsync(folder, Token))).Message, $"{most + 1}");
    }

    [Fact]
    public async Task Connect_WithoutAnAgent_SaysThatNoneRuns()
    {
        Assert.True((await Assert.ThrowsAsync<LocalChannelException>(() => LocalChannel.ConnectAsync(_folder.Path, Token))).IsAbsent);
        Assert.True((await Assert.ThrowsAsync<LocalChannelException>(() => LocalChannel.ConnectAsync(_folder.File("nowhere"), Token))).IsAbsent);
    }

    [Fact]
    public async Task Start_OverWhatAKilledAgentLeft_Listens()
    {
        await File.WriteAllTextAsync(LocalChannel.SocketPath(_folder.Path), "", Token);
        await using var agent = TestAgent.Build(_folder, new FakeEdges());
        await agent.StartAsync(Token);

        await using var connection = await LocalChannel.ConnectAsync(_folder.Path, Token);

        Assert.True(connection.CanWrite);
        await agent.StopAsync(Token);
    }

    [Fact]
    public async Task SecondAgent_OverTheSameFolder_IsRefusedAndTheFirstGoesOn()
    {
        await using var agent = TestAgent.Build(_folder, new FakeEdges());
        await agent.StartAsync(Token);

        Assert.Throws<StoreException>(() => TestAgent.Build(_folder, new FakeEdges()));

        await using var connection = await LocalChannel.ConnectAsync(_folder.Path, Token);
        Assert.NotNull(agent.Services.GetRequiredService<DataFolderLock>());
        await agent.StopAsync(Token);
    }

    [Fact]
    public async Task Start_InAFolderWhosePathIsTooLongForASocket_SaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the channel is a pipe.");
        var longFolder = Directory.CreateDirectory(_folder.File(new string('x', 120))).FullName;
        await using var agent = TestAgent.Build(_folder, new FakeEdges(), options => options.DataDirectory = longFolder);

        var refused = await Assert.ThrowsAsync<StoreException>(() => agent.StartAsync(Token));

        Assert.Contains(longFolder, refused.Message, StringComparison.Ordinal);
    }

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(LocalChannel.SocketPath(_folder.Path)));
        socket.Listen();
        return socket;
    }
}
