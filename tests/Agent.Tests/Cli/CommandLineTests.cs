using System.Text.Json;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Tests.Repairs;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Check_OfAServerWithFindings_NamesCauseEvidenceAndWhatHelps()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Iis = { State = Microsoft.Web.Administration.ObjectState.Stopped } });
        var command = Command();

        Assert.Equal(1, await command.InvokeAsync("check", "--data", agent.DataDirectory));
        Assert.Contains("WsusPool is stopped", command.Out, StringComparison.Ordinal);
        Assert.Contains("repair --playbook", command.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfAHealthyServer_IsZero()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        Assert.Equal(0, await Command().InvokeAsync("repair", "--playbook", "full-repair", "--yes", "--data", agent.DataDirectory));
        var command = Command();

        var exitCode = await command.InvokeAsync("check", "--data", agent.DataDirectory);

        Assert.True(exitCode == 0, command.Out);
    }

    [Fact]
    public async Task Check_AsJson_IsOneDocumentWithStableNames()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Iis = { State = Microsoft.Web.Administration.ObjectState.Stopped } });
        var command = Command();

        await command.InvokeAsync("check", "--json", "--data", agent.DataDirectory);

        using var document = JsonDocument.Parse(command.Out);
        Assert.Equal(("critical", "pool-stopped"), (document.RootElement.GetProperty("health").GetString(), document.RootElement.GetProperty("cause").GetString()));
        Assert.Contains("pool-stopped", document.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Check_WithoutAnAgent_SaysHowToStartItAndIsTwo()
    {
        using var folder = new TempFolder();
        var command = new CommandRun { Time = TimeProvider.System };

        Assert.Equal(2, await command.InvokeAsync("check", "--data", folder.Path));
        AssertText.Tells(command.Error, folder.Path, "Start it with", "--data");
        Assert.Empty(command.Out);
    }

    [Fact]
    public async Task Plan_ShowsStepsChangesAndWhatIsInterrupted()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("plan", "--playbook", "full-repair", "--data", agent.DataDirectory));

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

        await command.InvokeAsync("plan", "--playbook", "full-repair", "--json", "--data", agent.DataDirectory);

        using var document = JsonDocument.Parse(command.Out);
        Assert.Equal("STEP_KIND_SAVE_SETTINGS", document.RootElement.GetProperty("steps")[0].GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.String, document.RootElement.GetProperty("createdAt").ValueKind);
    }

    [Fact]
    public async Task Plan_WithoutAPlaybook_IsTheOneThatCuresTheCause()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        agent.Server.Services.Force(ServiceNames.WsusService, ServiceState.Stopped);
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("plan", "--data", agent.DataDirectory));

        Assert.Contains("Plan for BRN-WSUS02: start-wsus", command.Out, StringComparison.Ordinal);
        Assert.Empty(command.Error);
    }

    [Fact]
    public async Task Plan_WhereNothingCuresTheCause_IsTwoAndSaysWhatToDo()
    {
        await using var agent = await FakeAgent.BeginAsync(await ProxyRefusesAsync());
        var (plan, repair, check) = (CommandOf(agent), CommandOf(agent), CommandOf(agent));

        Assert.Equal(2, await plan.InvokeAsync("plan", "--data", agent.DataDirectory));
        Assert.Equal(2, await repair.InvokeAsync("repair", "--yes", "--data", agent.DataDirectory));
        Assert.Equal(1, await check.InvokeAsync("check", "--data", agent.DataDirectory));

        Assert.Contains("No repair fixes this", plan.Error, StringComparison.Ordinal);
        Assert.Contains("No repair fixes this", repair.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("repair --playbook", check.Out, StringComparison.Ordinal);
        Assert.Throws<CommandException>(() => agent.Service.Get(RepairQueue.Latest));
    }

    [Fact]
    public async Task Plan_OfAPlaybookThatDoesNotCureTheCause_SaysSoAndIsMadeAllTheSame()
    {
        await using var agent = await FakeAgent.BeginAsync(await ProxyRefusesAsync());
        var command = CommandOf(agent);

        Assert.Equal(0, await command.InvokeAsync("plan", "--playbook", "pool-only", "--data", agent.DataDirectory));

        Assert.Contains("doesn't fix the cause", command.Error, StringComparison.Ordinal);
        Assert.Contains("Plan for BRN-WSUS02: pool-only", command.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_WithARiskySetting_LeavesItOutUnlessAskedFor()
    {
        var scheme = new CompressionScheme { Name = "xpress", Library = "suscomp.dll", Bitness = LibraryBitness.Bits64, BitnessFor32BitWorker = LibraryBitness.Bits64 };
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Iis = { Schemes = [scheme] } });
        var (safe, risky) = (Command(), Command());

        Assert.Equal(0, await safe.InvokeAsync("repair", "--yes", "--playbook", "pool-only", "--data", agent.DataDirectory));
        Assert.False(agent.Server.Iis.Settings.Enable32BitAppOnWin64);
        Assert.Equal(0, await risky.InvokeAsync("repair", "--yes", "--playbook", "pool-only", "--include-risky", "--data", agent.DataDirectory));
        Assert.True(agent.Server.Iis.Settings.Enable32BitAppOnWin64);

        Assert.Contains("--include-risky", safe.Out, StringComparison.Ordinal);
        Assert.Contains("Enable 32-bit applications: the baseline asks for", safe.Out, StringComparison.Ordinal);
        Assert.Contains("Included although", risky.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_WithYes_RepairsShowsStepsAndSaysWhatIsProven()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Wsus = { IsSiteServer = true } });
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("repair", "--playbook", "full-repair", "--yes", "--reason", "Sync is cancelled", "--ticket", "CHG-7", "--data", agent.DataDirectory));

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

        Assert.Equal(1, await command.InvokeAsync("repair", "--playbook", "full-repair", "--yes", "--data", agent.DataDirectory));
        Assert.Contains("the proxy answers 407", command.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_WhereThePolicyRefuses_IsTwoAndChangesNothing()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        agent.Server.WritePolicy("""{ "mode": "monitor-only" }""");
        var command = Command();

        Assert.Equal(2, await command.InvokeAsync("repair", "--playbook", "full-repair", "--yes", "--data", agent.DataDirectory));
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

        Assert.Equal(2, await command.InvokeAsync("repair", "--playbook", "full-repair", "--data", agent.DataDirectory));
        Assert.Contains("Nothing was changed", command.Error, StringComparison.Ordinal);
        Assert.Throws<CommandException>(() => agent.Service.Get(RepairQueue.Latest));
    }

    [Fact]
    public async Task Fix_AnsweredWithY_Repairs()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command("y\n", isInteractive: true);

        Assert.Equal(0, await command.InvokeAsync("repair", "--playbook", "full-repair", "--data", agent.DataDirectory));
        Assert.Contains("Repair BRN-WSUS02 now? [y/N]", command.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_AsJson_PrintsTheRunAndNothingElse()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("repair", "--playbook", "full-repair", "--yes", "--json", "--data", agent.DataDirectory));

        using var document = JsonDocument.Parse(command.Out);
        Assert.Equal("REPAIR_STATE_SUCCEEDED", document.RootElement.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Fix_WithCtrlCAndYes_StopsAfterTheStep()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command("y\ny\n", isInteractive: true);
        var held = HoldRepair(agent.Server);
        var fixing = command.InvokeAsync("repair", "--playbook", "full-repair", "--data", agent.DataDirectory);

        await held.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        command.Interrupt();
        await UntilAsync(() => agent.Service.Get(RepairQueue.Latest).CancelRequested);
        held.Release.SetResult();

        Assert.Equal(1, await fixing);
        Assert.Contains("stop after the current step", command.Error, StringComparison.Ordinal);
        Assert.Equal(RepairState.Cancelled, agent.Service.Get(RepairQueue.Latest).State);
    }

    [Fact]
    public async Task Fix_WithCtrlCAndNo_LeavesTheRepairToTheAgent()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        var command = Command("y\nn\n", isInteractive: true);
        var held = HoldRepair(agent.Server);
        var fixing = command.InvokeAsync("repair", "--playbook", "full-repair", "--data", agent.DataDirectory);

        await held.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        command.Interrupt();

        Assert.Equal(2, await fixing);
        Assert.Contains("runs in the agent and continues", command.Error, StringComparison.Ordinal);
        held.Release.SetResult();
        await UntilAsync(() => agent.Service.Get(RepairQueue.Latest).State == RepairState.Succeeded);
    }

    [Fact]
    public async Task Undo_WithoutAnId_RestoresTheNewestThatCanBeUndone()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        await Command().InvokeAsync("repair", "--playbook", "full-repair", "--yes", "--data", agent.DataDirectory);
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("undo", "--yes", "--data", agent.DataDirectory));

        Assert.Contains("Queue length: 30,000 → 1,000", command.Out, StringComparison.Ordinal);
        Assert.Equal(1000, agent.Server.Iis.Settings.QueueLength);
        Assert.Equal(2, await Command().InvokeAsync("undo", "--yes", "--data", agent.DataDirectory));
    }

    [Fact]
    public async Task Repair_ThatRollsItselfBack_IsOneAndSaysWhy()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Answer = (_, settings) => settings.QueueLength == 1000 ? FakeServer.Answers(200) : FakeServer.Answers(500, 19) });
        var command = Command();

        Assert.Equal(1, await command.InvokeAsync("repair", "--yes", "--playbook", "pool-only", "--data", agent.DataDirectory));

        AssertText.Tells(command.Out, "rolled back", "500.19");
        Assert.Equal(1000, agent.Server.Iis.Settings.QueueLength);
        Assert.Equal(2, await Command().InvokeAsync("keep", "--yes", "--reason", "worth it", "--data", agent.DataDirectory));
    }

    [Fact]
    public async Task Keep_WhileSettingsAreOnTrial_KeepsThem()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Answer = (_, settings) => FakeServer.Answers(settings.QueueLength == 1000 ? 200 : 404) });
        agent.Server.WhileAsked = async settings =>
        {
            if (settings.QueueLength != 1000)
            {
                Assert.Equal(2, await Command().InvokeAsync("keep", "--yes", "--data", agent.DataDirectory));
                Assert.Equal(0, await Command().InvokeAsync("keep", "--yes", "--reason", "worth it", "--data", agent.DataDirectory));
            }
        };
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("repair", "--yes", "--playbook", "pool-only", "--data", agent.DataDirectory));

        Assert.Equal(30_000, agent.Server.Iis.Settings.QueueLength);
    }

    [Theory]
    [InlineData("chekc")]
    [InlineData("repair", "--playbook", "reboot")]
    [InlineData("repair", "--baseline", "mine")]
    [InlineData("check", "--address", "http://127.0.0.1:5101")]
    [InlineData("policy", "--mode", "everything")]
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

    // The command judges by the server's clock: what happened there lies behind it.
    private static CommandRun CommandOf(FakeAgent agent) => new() { Time = agent.Server.Time };

    private static async Task<FakeServer> ProxyRefusesAsync()
    {
        var server = new FakeServer { Wsus = { Result = SyncResult.Failed, ErrorText = "The remote server returned an error: (407) Proxy Authentication Required." } };
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await server.Wsus.StartAsync();
            server.Time.Advance(TimeSpan.FromMinutes(20));
        }

        return server;
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
