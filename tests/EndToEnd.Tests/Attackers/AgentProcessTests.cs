using System.Globalization;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>The agent's own program on a data folder of its own: killed, started again, with a stranger at its port or before it in its folder.</summary>
public sealed class AgentProcessTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly int _port = LoopbackPort.Choose();
    private ChildProcess? _agent;

    private string Data => _folder.File("agent");

    private string Audit => Path.Combine(Data, "audit.jsonl");

    private LocalAdmin Admin => new(Data);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    [Fact]
    public async Task Audit_LineTornByAKill_GoesOnAndARemovedBeginningIsFound()
    {
        await Admin.OpenPairingAsync();
        await KillAsync();
        await File.AppendAllTextAsync(Audit, """{"number":99,"at":"2026-""", Token);

        await StartAsync();
        await Admin.OpenPairingAsync();

        var (whole, said) = await Admin.RunAsync("audit", "--verify");
        Assert.True(whole == 0, said);
        await KillAsync();
        var lines = await File.ReadAllLinesAsync(Audit, Token);
        Assert.InRange(lines.Length, 3, int.MaxValue);
        await File.WriteAllLinesAsync(Audit, lines.Skip(1), Token);
        var (cut, named) = await Admin.RunAsync("audit", "--verify");
        Assert.True(cut == 1, named);
    }

    [Fact]
    public async Task Port_TakenByAStrangerWhileTheAgentIsDown_HearsNothingAndTheDeskWorks()
    {
        using var hub = await StolenHub.PairAsync(new Uri($"https://127.0.0.1:{_port}"), await Admin.OpenPairingAsync(), "stolen", Token);
        await KillAsync();
        await using var stranger = await ListeningStranger.StartAsync(_port);

        var (unpaired, said) = await Admin.RunAsync("unpair", hub.Name);
        var (limited, policy) = await Admin.RunAsync("policy", "--mode", "monitor-only");
        var (asked, _) = await Admin.RunAsync("hubs");

        Assert.True(unpaired == 0, said);
        Assert.True(limited == 0, policy);
        Assert.NotEqual(1, asked);
        Assert.Equal(0, stranger.Connections);

        // What the files say is what the agent goes by once it runs again.
        await stranger.DisposeAsync();
        await StartAsync();
        Assert.Empty((await Admin.ReadTrustAsync()).Hubs);
    }

    [Fact]
    public async Task DataFolder_OpenToEveryoneBefore_IsClosedOrRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("On Windows the access list of the folder decides.");
            return;
        }

        var folder = Directory.CreateDirectory(_folder.File("open")).FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);

        await using var agent = ChildProcess.StartProduct("WsusDashboard.Agent", "run", "--Agent:Port=0", $"--Agent:DataDirectory={folder}");

        await Eventually.TrueAsync(() => agent.HasExited || (!OperatingSystem.IsWindows() && File.GetUnixFileMode(folder) is var mode && (mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0));
        Assert.True(!agent.HasExited || agent.Output.Contains(folder, StringComparison.Ordinal), agent.Output);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        _agent = ChildProcess.StartProduct("WsusDashboard.Agent", "run", $"--Agent:Port={_port.ToString(CultureInfo.InvariantCulture)}", $"--Agent:DataDirectory={Data}", "--Logging:LogLevel:Default=Error");
        await Eventually.Async(async () => _agent.HasExited ? throw new InvalidOperationException(_agent.Output) : await Admin.ReadTrustAsync(), _ => true);
    }

    private async Task KillAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
            _agent = null;
        }
    }
}
