using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Tests.Support;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>Signing in and out, and where the token may go.</summary>
public sealed class ConnectTests : IAsyncLifetime
{
    private readonly Session _session = new();
    private FakeHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await FakeHub.StartAsync();

    [Fact]
    public void Connect_GoodToken_ChecksItAndKeepsTheConnectionForTheRunspace()
    {
        var connection = _session.Run($"Connect-WsdDashboard {_hub.Address} -Token $token", ("token", Session.Secret(FakeHub.Token))).Single();
        var servers = _session.Run("Get-WsdServer");

        Assert.Equal(new Uri(_hub.Address), Assert.IsType<WsdConnection>(connection.BaseObject).Address);
        Assert.Equal(3, servers.Count);
    }

    [Theory]
    [InlineData("http://wsus.corp.example")]
    [InlineData("ftp://localhost")]
    [InlineData("https://someone:secret@wsus.corp.example")]
    [InlineData("https://wsus.corp.example/path")]
    [InlineData("https://wsus.corp.example/?a=b")]
    [InlineData("https://")]
    public void Connect_AddressThatIsNotAllowed_EndsBeforeAnythingIsSent(string address)
    {
        var result = _session.Try("Connect-WsdDashboard $address -Token $token", ("address", address), ("token", Session.Secret(FakeHub.Token)));

        Assert.Equal(("InvalidAddress", ErrorCategory.InvalidArgument, true), result.Failure);
    }

    [Theory]
    [InlineData("with a space")]
    [InlineData("with-a-line-break\n")]
    [InlineData("with-ümlaut")]
    [InlineData("")]
    public void Connect_TextThatIsNoToken_IsRefusedWithoutShowingIt(string token)
    {
        var result = _session.Try($"Connect-WsdDashboard {_hub.Address} -Token $token", ("token", Session.Secret(token)));

        Assert.Equal(("InvalidToken", ErrorCategory.InvalidArgument, true), result.Failure);
        Assert.True(token.Length == 0 || !result.Errors.Single().ToString().Contains(token, StringComparison.Ordinal));
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void Connect_TokenThatTheDashboardRefusesAndRepeats_IsNotInTheError()
    {
        const string Wrong = "wsd-another-token-9876543210";

        var result = _session.Try($"$VerbosePreference = $DebugPreference = 'Continue'; Connect-WsdDashboard {_hub.Address} -Token $token -Verbose -Debug", ("token", Session.Secret(Wrong)));

        Assert.Equal(("TokenRefused", ErrorCategory.AuthenticationError, true), result.Failure);
        Assert.DoesNotContain(Wrong, AllTextOf(result.Errors.Single()), StringComparison.Ordinal);
        Assert.DoesNotContain(result.Said, said => said.Contains(Wrong, StringComparison.Ordinal));
    }

    [Fact]
    public void Connection_InEveryFormOfOutput_HasNoToken()
    {
        var shown = _session.Run($"$c = Connect-WsdDashboard {_hub.Address} -Token $token; $c | Format-List * -Force | Out-String; $c | ConvertTo-Json; [System.Management.Automation.PSSerializer]::Serialize($c, 5)", ("token", Session.Secret(FakeHub.Token)));

        Assert.Equal(3, shown.Count);
        Assert.DoesNotContain(shown, text => text.ToString().Contains(FakeHub.Token, StringComparison.Ordinal));
    }

    [Fact]
    public void Connect_SecretOfAVault_TakesTheTokenFromIt()
    {
        using var folder = new TempFolder();
        var module = Directory.CreateDirectory(folder.File("Microsoft.PowerShell.SecretManagement")).FullName;
        File.WriteAllText(Path.Combine(module, "Microsoft.PowerShell.SecretManagement.psm1"), "function Get-Secret { param([string] $Name, [string] $Vault) if ($Name -ne 'Wsus' -or $Vault -ne 'Corp') { throw \"No secret $Name in $Vault.\" } $global:secret }");
        _session.Run("$env:PSModulePath = \"$folder$([IO.Path]::PathSeparator)$env:PSModulePath\"; Import-Module Microsoft.PowerShell.SecretManagement", ("folder", folder.Path), ("secret", Session.Secret(FakeHub.Token)));

        var connected = _session.Run($"Connect-WsdDashboard {_hub.Address} -SecretName Wsus -Vault Corp");
        var missing = _session.Try($"Connect-WsdDashboard {_hub.Address} -SecretName Other -Vault Corp");

        Assert.Single(connected);
        Assert.Equal(("SecretNotRead", ErrorCategory.ReadError, true), missing.Failure);
    }

    [Fact]
    public void Connect_SecretWithoutTheModule_SaysThatItIsMissing() =>
        Assert.Equal(("SecretManagementMissing", ErrorCategory.NotInstalled, true), _session.Try($"Connect-WsdDashboard {_hub.Address} -SecretName Wsus").Failure);

    [Fact]
    public void Disconnect_Connection_CanNotBeUsedAfterwards()
    {
        var result = _session.Try($"$c = Connect-WsdDashboard {_hub.Address} -Token $token; Disconnect-WsdDashboard; Get-WsdServer -Connection $c", ("token", Session.Secret(FakeHub.Token)));
        var without = _session.Try("Get-WsdServer");

        Assert.Equal(("NotConnected", ErrorCategory.ConnectionError, true), result.Failure);
        Assert.Equal(("NotConnected", ErrorCategory.ConnectionError, true), without.Failure);
    }

    [Fact]
    public void Connect_OfAnotherRunspace_IsNotTakenOver()
    {
        using var other = new Session();
        _session.Run($"Connect-WsdDashboard {_hub.Address} -Token $token", ("token", Session.Secret(FakeHub.Token)));

        Assert.Equal("NotConnected", other.Try("Get-WsdServer").Failure.Id);
        Assert.Equal(3, other.Run("Get-WsdServer -Connection $c", ("c", _session.Run($"Connect-WsdDashboard {_hub.Address} -Token $token").Single().BaseObject)).Count);
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _hub.DisposeAsync();
    }

    private static string AllTextOf(ErrorRecord error) => $"{error} {error.Exception} {error.TargetObject} {error.ErrorDetails} {error.CategoryInfo} {error.InvocationInfo?.BoundParameters.Count}";
}
