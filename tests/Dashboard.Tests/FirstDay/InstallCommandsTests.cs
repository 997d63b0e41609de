using WsusDashboard.Dashboard.Features.FirstDay;

namespace WsusDashboard.Dashboard.Tests.FirstDay;

public sealed class InstallCommandsTests
{
    [Theory]
    [InlineData(5443, "", "wsusdashboard.corp.example", "https://wsusdashboard.corp.example:5443")]
    [InlineData(6443, "https://hub1.corp.example:5443", "wsusdashboard.corp.example", "https://hub1.corp.example:5443")]
    [InlineData(0, "", "wsusdashboard.corp.example", null)]
    [InlineData(0, "https://hub1.corp.example:5443", "wsusdashboard.corp.example", null)]
    public void HubAddress_IsWhereServersReachThisDashboard(int port, string own, string browserHost, string? expected) =>
        Assert.Equal(expected, InstallCommands.HubAddress(new() { EnrolmentPort = port }, own, browserHost));

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public void HubAddress_BrowserOnThisComputer_NamesTheComputer(string browserHost)
    {
        var host = new Uri(InstallCommands.HubAddress(new(), "", browserHost)!).Host;

        Assert.StartsWith(System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().HostName, host, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void ByHand_WithPackage_UnpacksIt()
    {
        var command = InstallCommands.ByHand("https://hub:5443", "TOKEN", "WsusDashboard.Agent-0.1.0-win-x64.zip");

        Assert.Equal("Expand-Archive .\\WsusDashboard.Agent-0.1.0-win-x64.zip $env:ProgramFiles; & \"$env:ProgramFiles\\WsusDashboard.Agent-0.1.0-win-x64\\WsusDashboard.Agent.exe\" install --hub https://hub:5443 --enrolment-token TOKEN", command);
    }
}
