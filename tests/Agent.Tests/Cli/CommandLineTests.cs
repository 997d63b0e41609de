using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Tests.Repairs;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Check_OfAServerWithFindings_NamesCauseEvidenceAndWhatHelps()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Iis = { State = Microsoft.Web.Administration.ObjectState.Stopped } });
        var command = Command();

        Assert.Equal(1, await command.InvokeAsync("check", "--address", agent.Address));
        Assert.Contains("WsusPool is stopped", command.Out, StringComparison.Ordinal);
        Assert.Contains("repair --playbook", command.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfAHealthyServer_IsZero()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        Assert.Equal(0, await Command().InvokeAsync("repair", "--yes", "--address", agent.Address));
        var command = Command();

        var exitCode = await command.InvokeAsync("check", "--address", agent.Address);

        Assert.True(exitCode == 0, command.Out);
    }

    [Fact]
    public async Task Check_AsJson_IsOneDocumentWithStableNames()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Iis = { State = Microsoft.Web.Administration.ObjectState.Stopped } });
        var command = Command();

        await command.InvokeAsync("check", "--json", "--address", agent.Address);

        using var document = JsonDocument.Parse(command.Out);
        Assert.Equal("critical", document.RootElement.GetProperty("health").GetString());
        Assert.Contains("pool-stopped", document.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Check_WithoutAnAgent_SaysHowToStartItAndIsTwo()
    {
        // A socket that is bound and does not listen: the port is ours, and a connection to it is refused.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = $"http://{silent.LocalEndPoint}";
        var command = new CommandRun { Time = TimeProvider.System };

        Assert.Equal(2, await command.InvokeAsync("check", "--address", address));
        Assert.Contains($"No agent answers at {address}. Start it with", command.Error, StringComparison.Ordinal);
        Assert.Empty(command.Out);
    }

    [Fact]
    public async Task Plan_ShowsStepsChangesAndWhatIsInterrupted()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("plan", "--address", agent.Address));

        Assert.Contains("Plan for BRN-WSUS02: full-repair, baseline guide", command.Out, StringComparison.Ordinal);
        Assert.Contains("Queue length: 1,000 → 30,000", command.Out, StringComparison.Ordinal);
        Assert.Contains("Default Web Site and WSUS Administration", command.Out, StringComparison.Ordinal);
        Assert.Equal(1000, agent.Server.Iis.Settings.QueueLength);
    }

    [Fact]
    public async Task Plan_AsJson_ReadsAsOverHttp()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command();

        await command.InvokeAsync("plan", "--json", "--address", agent.Address);

        using var document = JsonDocument.Parse(command.Out);
        Assert.Equal("STEP_KIND_SAVE_SETTINGS", document.RootElement.GetProperty("steps")[0].GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.String, document.RootElement.GetProperty("createdAt").ValueKind);
    }

    [Fact]
    public async Task Fix_WithYes_RepairsShowsStepsAndSaysWhatIsProven()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Wsus = { IsSiteServer = true } });
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("repair", "--yes", "--reason", "Sync is cancelled", "--ticket", "CHG-7", "--address", agent.Address));

        Assert.Contains("Updates in Configuration Manager: 0 → 12,480.", command.Out, StringComparison.Ordinal);
        Assert.Contains("Restart WsusPool: done", command.Out, StringComparison.Ordinal);
        var run = agent.Service.Get(RepairQueue.Latest);
        Assert.Equal(("ann (command line)", "Sync is cancelled", "CHG-7"), (run.RequestedBy, run.Reason, run.Ticket));
    }

    [Fact]
    public async Task Fix_WhereTheProxyRefuses_IsOneAndNamesIt()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Wsus = { Result = SyncResult.Failed, ErrorText = "The remote server returned an error: (407) Proxy Authentication Required." } });
        var command = Command();

        Assert.Equal(1, await command.InvokeAsync("repair", "--yes", "--address", agent.Address));
        Assert.Contains("the proxy answers 407", command.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_WhereThePolicyRefuses_IsTwoAndChangesNothing()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        agent.Server.WritePolicy("""{ "mode": "monitor-only" }""");
        var command = Command();

        Assert.Equal(2, await command.InvokeAsync("repair", "--yes", "--address", agent.Address));
        Assert.Contains("monitor-only", command.Error, StringComparison.Ordinal);
        Assert.Empty(agent.Server.Iis.Done);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "n\n")]
    [InlineData(true, "\n")]
    [InlineData(true, "")]
    public async Task Fix_WithoutAYes_ChangesNothing(bool isInteractive, string input)
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command(input, isInteractive);

        Assert.Equal(2, await command.InvokeAsync("repair", "--address", agent.Address));
        Assert.Contains("Nothing was changed", command.Error, StringComparison.Ordinal);
        Assert.Throws<CommandException>(() => agent.Service.Get(RepairQueue.Latest));
    }

    [Fact]
    public async Task Fix_AnsweredWithY_Repairs()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command("y\n", isInteractive: true);

        Assert.Equal(0, await command.InvokeAsync("repair", "--address", agent.Address));
        Assert.Contains("Repair BRN-WSUS02 now? [y/N]", command.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_AsJson_PrintsTheRunAndNothingElse()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("repair", "--yes", "--json", "--address", agent.Address));

        using var document = JsonDocument.Parse(command.Out);
        Assert.Equal("RUN_STATE_SUCCEEDED", document.RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Fix_WithCtrlCAndYes_StopsAfterTheStep()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command("y\ny\n", isInteractive: true);
        var held = HoldRepair(agent.Server);
        var fixing = command.InvokeAsync("repair", "--address", agent.Address);

        await held.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        command.Interrupt();
        await UntilAsync(() => agent.Service.Get(RepairQueue.Latest).CancelRequested);
        held.Release.SetResult();

        Assert.Equal(1, await fixing);
        Assert.Contains("stop after the current step", command.Error, StringComparison.Ordinal);
        Assert.Equal(RunState.Cancelled, agent.Service.Get(RepairQueue.Latest).State);
    }

    [Fact]
    public async Task Fix_WithCtrlCAndNo_LeavesTheRepairToTheAgent()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command("y\nn\n", isInteractive: true);
        var held = HoldRepair(agent.Server);
        var fixing = command.InvokeAsync("repair", "--address", agent.Address);

        await held.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        command.Interrupt();

        Assert.Equal(2, await fixing);
        Assert.Contains("runs in the agent and continues", command.Error, StringComparison.Ordinal);
        held.Release.SetResult();
        await UntilAsync(() => agent.Service.Get(RepairQueue.Latest).State == RunState.Succeeded);
    }

    [Fact]
    public async Task Undo_WithoutAnId_RestoresTheNewestThatCanBeUndone()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        await Command().InvokeAsync("repair", "--yes", "--address", agent.Address);
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("undo", "--yes", "--address", agent.Address));

        Assert.Contains("Queue length: 30,000 → 1,000", command.Out, StringComparison.Ordinal);
        Assert.Equal(1000, agent.Server.Iis.Settings.QueueLength);
        Assert.Equal(2, await Command().InvokeAsync("undo", "--yes", "--address", agent.Address));
    }

    [Theory]
    [InlineData("chekc")]
    [InlineData("repair", "--playbook", "reboot")]
    [InlineData("repair", "--baseline", "mine")]
    [InlineData("check", "--address", "nowhere")]
    [InlineData("check", "--loud")]
    public async Task WrongCommandLine_IsTwoAndSaysWhatIsAllowed(params string[] arguments)
    {
        var command = new CommandRun { Time = TimeProvider.System };

        Assert.Equal(2, await command.InvokeAsync(arguments));
        Assert.Contains("--help", command.Error, StringComparison.Ordinal);
        Assert.Null(command.RunArguments);
    }

    [Fact]
    public async Task Run_AndNoCommand_StartTheAgentWithItsSettings()
    {
        var plain = new CommandRun { Time = TimeProvider.System };
        var named = new CommandRun { Time = TimeProvider.System };

        await plain.InvokeAsync("--Agent:Port", "5105");
        await named.InvokeAsync("run", "--Agent:Port", "5105");

        Assert.Equal(["--Agent:Port", "5105"], plain.RunArguments ?? []);
        Assert.Equal(["--Agent:Port", "5105"], named.RunArguments ?? []);
    }

    // A clock of its own: the command's pauses must not use up the deadlines of the agent.
    private static CommandRun Command(string input = "", bool isInteractive = false) =>
        new() { Time = new JumpingTimeProvider(), Input = input, IsInteractive = isInteractive };

    private static (TaskCompletionSource Reached, TaskCompletionSource Release) HoldRepair(FakeServer server)
    {
        var (reached, release) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        server.BeforeRefresh = token =>
        {
            if (!server.IsBusy)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return release.Task.WaitAsync(token);
        };
        return (reached, release);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
