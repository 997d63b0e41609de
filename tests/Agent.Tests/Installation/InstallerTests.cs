using WsusDashboard.Agent.Installation;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Services;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Installation;

public sealed class InstallerTests : IDisposable
{
    private const string Token = "a-secret-token";

    private readonly TempFolder _folder = new();
    private readonly StringWriter _said = new();
    private FakeServerSetup _server;

    public InstallerTests() => _server = new(Data);

    private string Data => _folder.File("data");

    [Fact]
    public async Task Install_OnAFreshServer_LeavesARunningServiceAndSaysEachStep()
    {
        Assert.Equal(InstallationResult.Done, await InstallAsync());

        var service = _server.FindService(AgentOptions.ServiceName)!;
        Assert.Equal($"\"{Program}\" run", service.Command);
        Assert.Equal(@"CORP\wsus$", service.Account);
        Assert.Equal(5102, _server.FindFirewallRule(InstallationPlan.FirewallRuleName)!.Port);
        Assert.Equal(new EnrolmentFile("https://hub.corp.example", Token), EnrolmentFile.TryRead(Data));
        Assert.Equal($"start {AgentOptions.ServiceName}", _server.Calls[^1]);
        Assert.All(InstallationPlan.For(Request()), step => Assert.Contains(step.Describe(), _said.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(Token, _said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_WithoutAPolicy_WritesTheDefaultOutAndNeverAgain()
    {
        await InstallAsync();
        var path = Path.Combine(Data, LocalPolicy.FileName);
        Assert.Equal(PolicyFile.DefaultText, await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        // One that was there and is gone means monitor-only; the next installation must not make the default of it.
        File.Move(path, Path.Combine(Data, LocalPolicy.KnownFileName));
        Assert.Equal(InstallationResult.Done, await InstallAsync());

        Assert.False(File.Exists(path));
        Assert.Equal(PolicyMode.MonitorOnly, new LocalPolicy(Data, TimeProvider.System).Read(null).Policy.Mode);
    }

    [Fact]
    public async Task Install_WhatItWrites_IsItsOwnersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the access list of the folder decides.");
        await using (var log = InstallationLog.Open(null, _said, _folder.File("install.log"), TimeProvider.System))
        {
            await log.SayAsync("Begins.");
        }

        await using (var log = InstallationLog.Open(null, _said, _folder.File("install.log"), TimeProvider.System))
        {
            await log.SayAsync("Goes on.");
        }

        await InstallAsync();

        Assert.Equal(2, (await File.ReadAllLinesAsync(_folder.File("install.log"), TestContext.Current.CancellationToken)).Length);
        Assert.All((string[])["install.log", "agent.json"], name => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(_folder.File(name))));
    }

    [Fact]
    public async Task Install_SettingsCannotBeWritten_LeavesThoseThatWereThereWhole()
    {
        const string before = """{ "Agent": { "Port": 5101 } }""";
        await File.WriteAllTextAsync(_folder.File("agent.json"), before, TestContext.Current.CancellationToken);

        // In the way of the new ones, which are written beside the old ones first.
        Directory.CreateDirectory(_folder.File("agent.json.tmp"));

        Assert.Equal(InstallationResult.Undone, await InstallAsync());
        Assert.Equal(before, await File.ReadAllTextAsync(_folder.File("agent.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Install_OverAPolicy_LeavesIt()
    {
        Directory.CreateDirectory(Data);
        LocalPolicy.Save(Data, """{ "mode": "restart" }""");

        await InstallAsync();

        Assert.Equal(PolicyMode.Restart, new LocalPolicy(Data, TimeProvider.System).Read(null).Policy.Mode);
    }

    [Fact]
    public async Task Install_ASecondTime_ChangesNothing()
    {
        await InstallAsync();
        var before = _server.State();

        Assert.Equal(InstallationResult.Done, await InstallAsync(Request() with { Enrolment = null }));

        Assert.Equal(before, _server.State());
        Assert.Single(_server.Calls, $"start {AgentOptions.ServiceName}");
        Assert.Contains("already done", _said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_OverAnOlderFolder_PointsTheServiceThereAndRestartsIt()
    {
        await InstallAsync();

        Assert.Equal(InstallationResult.Done, await InstallAsync(Request() with { Program = _folder.File("new/WsusDashboard.Agent.exe"), Settings = new Dictionary<string, string>() }));

        Assert.Contains("new/WsusDashboard.Agent.exe", _server.FindService(AgentOptions.ServiceName)!.Command, StringComparison.Ordinal);
        Assert.Equal([$"stop {AgentOptions.ServiceName}", $"start {AgentOptions.ServiceName}"], _server.Calls.TakeLast(2));
    }

    [Fact]
    public async Task Upgrade_WithoutAnAccount_KeepsTheOneThatTheServiceHas()
    {
        await InstallAsync();

        Assert.True(await InstallAsync(Request() with { Account = null, Program = _folder.File("new/WsusDashboard.Agent.exe"), Settings = new Dictionary<string, string>(), Enrolment = null }) == InstallationResult.Done, _said.ToString());

        Assert.Equal(@"CORP\wsus$", _server.FindService(AgentOptions.ServiceName)!.Account);
        Assert.Null(_server.NamedAccount);
        Assert.Single(_server.Calls, @"grant CORP\wsus$");
    }

    [Fact]
    public async Task Upgrade_ToAnotherAccount_TakesItAndTheFilesOfTheOldOne()
    {
        await InstallAsync();
        _server.Owners["agent.db"] = @"CORP\wsus$";

        Assert.Equal(InstallationResult.Done, await InstallAsync(Request() with { Account = "LocalSystem" }));

        Assert.Equal(("LocalSystem", "LocalSystem", "administrators"), (_server.FindService(AgentOptions.ServiceName)!.Account, _server.NamedAccount, _server.Owners["agent.db"]));
    }

    [Fact]
    public async Task Install_FileOfAStrangerInTheDataFolder_IsRefusedBeforeAnythingIsTrusted()
    {
        _server.Owners["hubs.json"] = @"CORP\mallory";
        var fresh = _server.State();

        Assert.Equal(InstallationResult.Undone, await InstallAsync());

        Assert.Equal(fresh, _server.State());
        Assert.Contains(@"hubs.json belongs to CORP\mallory", _said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_AnyStepFails_LeavesTheServerAsItWas()
    {
        var fresh = _server.State();
        var failures = 0;
        for (var failing = 1; await IsRefusedAsync(failing); failing++)
        {
            failures++;
            Assert.Equal(fresh, _server.State());
            Assert.False(File.Exists(_folder.File(InstallationPlan.SettingsFile)));
        }

        // Folder, event source, logon right, service, firewall, start.
        Assert.Equal(6, failures);
    }

    [Fact]
    public async Task Upgrade_AnyStepFails_LeavesTheOldInstallation()
    {
        await InstallAsync();
        var settings = await File.ReadAllTextAsync(_folder.File(InstallationPlan.SettingsFile), TestContext.Current.CancellationToken);
        var before = _server.State();
        var request = Request() with { Account = "LocalSystem", Options = new AgentOptions { DataDirectory = Data, ListenAddress = "0.0.0.0", Port = 5103 } };
        var already = _server.Calls.Count;

        _server.FailingChange = already + 3;
        Assert.Equal(InstallationResult.Undone, await InstallAsync(request));

        Assert.Equal(before, _server.State());
        Assert.Equal(settings, await File.ReadAllTextAsync(_folder.File(InstallationPlan.SettingsFile), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Install_NothingCanBeUndone_SaysWhatIsLeft()
    {
        (_server.FailingChange, _server.StaysBroken) = (5, true);

        Assert.Equal(InstallationResult.PartlyUndone, await InstallAsync());

        Assert.Contains($"Windows service {AgentOptions.ServiceName}", _said.ToString(), StringComparison.Ordinal);
        Assert.Contains("couldn't be undone", _said.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Uninstall_AfterInstall_TakesAwayWhatWasMade(bool purges)
    {
        await InstallAsync();
        await File.WriteAllTextAsync(Path.Combine(Data, "agent.db"), "history", TestContext.Current.CancellationToken);

        Assert.Equal(InstallationResult.Done, await RunAsync(InstallationPlan.ForRemoval(new(Program, Request().Options, purges))));

        Assert.Null(_server.FindService(AgentOptions.ServiceName));
        Assert.Null(_server.FindFirewallRule(InstallationPlan.FirewallRuleName));
        Assert.False(_server.HasEventSource(InstallationPlan.EventSource));
        Assert.Equal(!purges, File.Exists(Path.Combine(Data, "agent.db")));
        Assert.Equal(!purges, File.Exists(_folder.File(InstallationPlan.SettingsFile)));
    }

    [Fact]
    public async Task Uninstall_WhereNothingIsInstalled_HasNothingToDo()
    {
        Assert.Equal(InstallationResult.Done, await RunAsync(InstallationPlan.ForRemoval(new(Program, Request().Options, Purges: true))));

        Assert.Empty(_server.Calls);
    }

    public void Dispose()
    {
        _said.Dispose();
        _folder.Dispose();
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private string Program => _folder.File("WsusDashboard.Agent.exe");

    private InstallationRequest Request() => new()
    {
        Program = Program,
        Options = new AgentOptions { DataDirectory = Data, ListenAddress = "0.0.0.0", Port = 5102, Listen = AgentOptions.ListenYes },
        Settings = new Dictionary<string, string> { ["Agent:Port"] = "5102" },
        Account = @"CORP\wsus$",
        Enrolment = new EnrolmentFile("https://hub.corp.example", Token),
    };

    private async Task<bool> IsRefusedAsync(int failingChange)
    {
        _server = new(Data) { FailingChange = failingChange };
        return await InstallAsync() == InstallationResult.Undone;
    }

    private Task<InstallationResult> InstallAsync(InstallationRequest? request = null) => RunAsync(InstallationPlan.For(request ?? Request(), _server.FindService(AgentOptions.ServiceName)?.Account));

    private async Task<InstallationResult> RunAsync(IReadOnlyList<InstallationStep> steps)
    {
        await using var log = new InstallationLog(_said, _said, null, TimeProvider.System);
        var carrier = new InstallationRunner(_server, new ServiceActions(_server, TimeProvider.System), null);
        return await new Installer(carrier, log).RunAsync(steps, TestContext.Current.CancellationToken);
    }
}
