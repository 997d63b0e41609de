using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Doctor.Probes.Connections;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Doctor;

/// <summary>The doctor and the agent that runs: who is on the port, whether its key works, and what its own account finds.</summary>
public sealed class SelfExaminationTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _out = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _out.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Doctor_AgentRuns_ShowsBothAccountsAndCountsTheServices()
    {
        // What the account at the keyboard is denied, the service's is not.
        await using var agent = await TestAgent.StartAsync(Plain());
        var denied = new FakeEdges { Failure = new EdgeException(ReadFailure.AccessDenied, "Access is denied. (5)") };

        var exitCode = await RunAsync(agent, denied, isJson: true);

        using var document = JsonDocument.Parse(_out.ToString());
        var (own, service) = (StatesOf(document.RootElement), StatesOf(document.RootElement.GetProperty("service")));
        Assert.Equal(("refused", "notInstalled"), (own["Services: W3SVC"], service["Services: W3SVC"]));
        Assert.Equal("works", service["Agent: key"]);
        Assert.NotEqual(ExitCodes.NotDone, exitCode);
    }

    [Fact]
    public async Task Doctor_AgentRuns_PrintsTheStatesSideBySide()
    {
        await using var agent = await TestAgent.StartAsync(Plain());
        var denied = new FakeEdges { Failure = new EdgeException(ReadFailure.AccessDenied, "Access is denied. (5)") };

        await RunAsync(agent, denied, isJson: false);

        Assert.Matches(@"(?m)^  refused +not installed +W3SVC +no service with this name$", _out.ToString());
        Assert.Contains("With your account: Access is denied. (5)", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_NoAgentRuns_SaysThatOnlyThisAccountWasTested()
    {
        var console = Console();
        var options = new AgentOptions { DataDirectory = _folder.Path, ComputerName = "SUP01", Port = 1 };

        await DoctorCommand.RunAsync(options, [], new FakeEdges().ToEdges(), console, new DoctorRequest(true, null, false), Token);

        using var document = JsonDocument.Parse(_out.ToString());
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("service").ValueKind);
        Assert.NotEqual("", document.RootElement.GetProperty("serviceProblem").GetString());
    }

    [Fact]
    public async Task Examine_ForAReport_GivesTheReadings()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());

        var without = await agent.LocalTrust.ExamineAsync(new Wire.ExamineRequest(), cancellationToken: Token);
        var with = await agent.LocalTrust.ExamineAsync(new Wire.ExamineRequest { ForReport = true }, cancellationToken: Token);

        Assert.Equal("", without.Readings);
        using var readings = JsonDocument.Parse(with.Readings);
        Assert.Equal(["readings", "wsusReplies", "iisRefusals"], readings.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.NotEqual("", with.Account);
    }

    [Fact]
    public async Task Run_CallsThatIisRefusedToTheRunningAgent_AreInTheReport()
    {
        // The examination's own reading is refused for the same reason as the agent's.
        var options = new AgentOptions { DataDirectory = _folder.Path, ComputerName = "SUP01", Port = 1, ApplicationHostConfig = _folder.File("applicationHost.config") };
        await File.WriteAllTextAsync(options.ApplicationHostConfig, "<configuration>", Token);
        var edges = new FakeEdges();
        var iis = new IisAccess(options, edges);
        iis.Refusals.Record("start of a pool", new UnauthorizedAccessException());
        using var examination = new SelfExamination(options, edges.ToEdges(), iis, TimeProvider.System);

        var report = await examination.RunAsync(isForReport: true, Token);

        Assert.Equal(("0x80070005", 1), report.IisRefusals.Where(refusal => refusal.Call == "start of a pool").Select(refusal => (refusal.Result, refusal.Count)).Single());
        Assert.Superset(new HashSet<string> { "configuration", "compression schemes" }, report.IisRefusals.Select(refusal => refusal.Call).ToHashSet());
        Assert.Equal(ProbeState.Refused, report.Results.Single(result => result.Edge == "compression schemes").Outcome.State);
    }

    [Fact]
    public async Task Look_AgentOfThisFolder_IsToldFromAnotherAndFromAStranger()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        await using var other = await TestAgent.StartAsync(new FakeEdges());
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var web = await LoopbackServer.StartAsync(_ => { });

        Assert.Equal(PortAnswer.ThisAgent, await LookAsync(agent.Folder, agent.Port));
        Assert.Equal(PortAnswer.OtherAgent, await LookAsync(agent.Folder, other.Port));
        Assert.Equal(PortAnswer.SomeAgent, await LookAsync(_folder.Path, agent.Port));
        Assert.Equal(PortAnswer.Stranger, await LookAsync(agent.Folder, web.Port));
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Token);
        impatient.CancelAfter(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new AgentRecognition(agent.Folder, TimeProvider.System).LookAsync("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port, impatient.Token));
    }

    [Fact]
    public async Task Look_StrangerOnThePort_GetsNothingButAHandshake()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var looking = LookAsync(agent.Folder, ((IPEndPoint)stranger.LocalEndpoint).Port);
        using var caught = await stranger.AcceptTcpClientAsync(Token);
        var record = new byte[5];
        await caught.GetStream().ReadExactlyAsync(record, Token);
        caught.Close();

        // A record that holds a handshake, of TLS 1.0 to 1.3 by its outer number.
        Assert.Equal((0x16, 3), (record[0], record[1]));
        Assert.Equal(PortAnswer.Stranger, await looking);
    }

    [Fact]
    public async Task KeyHandshake_OwnKey_ShakesHandsWithItself()
    {
        using var key = IdentityKey.Create("agent", TimeProvider.System.GetUtcNow());

        Assert.InRange(await KeyHandshake.TryAsync(key, TimeProvider.System, Token), TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Examine_DamagedKey_RefusesWithItsError()
    {
        await File.WriteAllTextAsync(_folder.File(IdentityKeys.FileName), "-----BEGIN NOTHING-----", Token);
        var options = new AgentOptions { DataDirectory = _folder.Path, ComputerName = "SUP01", Port = 1 };

        var report = await ServerExamination.RunAsync(options, [], new FakeEdges().ToEdges(), null, isForReport: false, Token);

        Assert.Equal(ProbeState.Refused, report.Results.Single(result => result.Edge == "key").Outcome.State);
    }

    /// <summary>A server without roles, whose WMI answers.</summary>
    private static FakeEdges Plain() => new()
    {
        Wmi = (scope, _) => scope == @"root\cimv2"
            ? [FakeEdges.Row(("Caption", "Microsoft Windows Server 2025"), ("TotalVisibleMemorySize", 1024L), ("FreePhysicalMemory", 512L))]
            : throw new EdgeException(ReadFailure.NotFound, "Invalid namespace"),
    };

    private static Task<PortAnswer> LookAsync(string folder, int port) => new AgentRecognition(folder, TimeProvider.System).LookAsync("127.0.0.1", port, Token);

    private static Dictionary<string, string> StatesOf(JsonElement document) =>
        document.GetProperty("edges").EnumerateArray().ToDictionary(edge => $"{edge.GetProperty("area").GetString()}: {edge.GetProperty("edge").GetString()}", edge => edge.GetProperty("state").GetString()!);

    private CommandConsole Console() => new() { In = TextReader.Null, Out = _out, Error = TextWriter.Null, IsInteractive = false, WaitForInterruptAsync = token => Task.Delay(Timeout.Infinite, token) };

    private Task<int> RunAsync(TestAgent agent, FakeEdges edges, bool isJson)
    {
        var options = new AgentOptions { DataDirectory = agent.Folder, ComputerName = "SUP01", Port = agent.Port };
        return DoctorCommand.RunAsync(options, [], edges.ToEdges(), Console(), new DoctorRequest(isJson, null, false), Token);
    }
}
