using WsusDashboard.Agent;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Windows.Tests.Support;

namespace WsusDashboard.Windows.Tests;

/// <summary>The agent's own "install" and "uninstall"; the server of these tests was set up by the first of them.</summary>
[Collection(WindowsServerCollection.Name)]
public sealed class InstallTests(WindowsServer server)
{
    private const string ServiceKey = @"HKLM\SYSTEM\CurrentControlSet\Services\" + AgentOptions.ServiceName;
    private const string EventSourceKey = @"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\WsusDashboard.Agent";
    private const string Log = @"C:\install.log";
    private const string Token = "0123-4567-89AB-CDEF";

    private string DataFolder => server.Prefix.OnHost(WindowsServer.DataFolder);

    [Fact]
    public async Task Install_LeavesAnAutomaticServiceAFolderForAdministratorsAndAnEventSource()
    {
        await server.BeginAsync();

        var service = (await server.Prefix.RunAsync(["reg", "query", ServiceKey], WindowsServer.Ending)).Succeeded();
        var source = (await server.Prefix.RunAsync(["reg", "query", EventSourceKey], WindowsServer.Ending)).Succeeded();

        Assert.Contains($"\"{WindowsServer.AgentProgram}\" run", service, StringComparison.Ordinal);
        Assert.Matches(@"Start\s+REG_DWORD\s+0x2", service);
        Assert.Matches(@"ObjectName\s+REG_SZ\s+LocalSystem", service);
        Assert.Contains("System.Diagnostics.EventLog.Messages.dll", source, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.None, server.FirstDataFolderMode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task Install_Again_FindsAllAsItShouldBe()
    {
        await server.BeginAsync();

        var said = (await server.InstallAsync("--log", Log)).Succeeded();

        Assert.Contains($"Start of {AgentOptions.ServiceName}: already done.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("written", said, StringComparison.Ordinal);
        Assert.Contains("already done", await File.ReadAllTextAsync(server.Prefix.OnHost(Log), WindowsServer.Ending), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_ForAnAccountThatIsNotThere_FailsAndLeavesTheRunningServiceAlone()
    {
        await server.BeginAsync();
        var before = (await server.Prefix.RunAsync(["reg", "query", ServiceKey], WindowsServer.Ending)).Succeeded();

        var outcome = await server.InstallAsync("--log", Log, "--account", @"CORP\nobody$");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("this server is as it was before", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(before, (await server.Prefix.RunAsync(["reg", "query", ServiceKey], WindowsServer.Ending)).Succeeded());
        await server.AgentAnswersAsync();
    }

    [Fact]
    public async Task WhatIf_SaysAllAndDoesNothing()
    {
        await server.BeginAsync();

        var said = (await server.Prefix.RunAsync([WindowsServer.AgentProgram, "uninstall", "--purge", "--what-if"], WindowsServer.Ending)).Succeeded();

        AssertText.Tells(said, AgentOptions.ServiceName, WindowsServer.DataFolder);
        await server.AgentAnswersAsync();
    }

    [Fact]
    public async Task Uninstall_ThenInstallUnattended_KeepsTheDataAndSaysNothing()
    {
        await server.BeginAsync();
        var agent = (await server.AgentAnswersAsync()).Agent.AgentId;

        // The firewall of Wine 8 has no rules that could be asked for.
        (await server.Prefix.RunAsync([WindowsServer.AgentProgram, "uninstall", "--quiet", "--no-firewall", "--log", Log], WindowsServer.Ending)).Succeeded();

        // A deleted service is gone once nobody holds it open any more; the manager itself may, for a moment after its end.
        await Eventually.Async(() => server.Prefix.RunAsync(["reg", "query", ServiceKey], WindowsServer.Ending), query => query.ExitCode != 0);
        Assert.NotEqual(0, (await server.Prefix.RunAsync(["reg", "query", EventSourceKey], WindowsServer.Ending)).ExitCode);
        Assert.True(File.Exists(Path.Combine(DataFolder, "agent.db")));

        var unattended = await server.InstallAsync("--quiet", "--log", Log, "--hub", "https://127.0.0.1:9", "--enrolment-token", Token);

        Assert.Equal("", unattended.Succeeded());
        var log = await File.ReadAllTextAsync(server.Prefix.OnHost(Log), WindowsServer.Ending);
        Assert.DoesNotContain(Token, log, StringComparison.Ordinal);
        Assert.Contains("Enrolment with https://127.0.0.1:9", log, StringComparison.Ordinal);
        Assert.Equal(agent, (await server.SnapshotAsync("the agent is back", now => now.Services.Status == SectionStatus.Ok)).Agent.AgentId);

        // The service takes the order that was left for it; a token that no dashboard gave out is given up, and not kept.
        await Eventually.TrueAsync(() => EnrolmentFile.TryRead(DataFolder) is null);
    }
}
