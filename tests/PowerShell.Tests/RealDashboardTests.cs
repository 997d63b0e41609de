using System.Management.Automation;
using WsusDashboard.PowerShell.Output;
using WsusDashboard.PowerShell.Tests.Support;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>The commands against a whole dashboard in this process.</summary>
public sealed class RealDashboardTests : IClassFixture<RealDashboard>, IDisposable
{
    private readonly Session _session = new();

    public RealDashboardTests(RealDashboard dashboard) => _session.Run($"Connect-WsdDashboard {dashboard.Address} -Token $token", ("token", Session.Secret(RealDashboard.Token)));

    [Fact]
    public void Commands_AreUnderstoodByTheDashboard()
    {
        var server = Assert.IsType<WsdServer>(_session.Run("Get-WsdServer BRN-* -Site BRN -Detailed").Single().BaseObject);
        Assert.Equal(("BRN-WSUS02", "BRN", "https://127.0.0.1:1"), (server.Name, server.Site, server.Address.TrimEnd('/')));
        Assert.NotEqual("", server.Baseline);
        Assert.Empty(_session.Run("Get-WsdServer -Health Critical -Condition BeingRepaired -Cause pool-stopped -Drifted"));

        Assert.Equal(1UL, _session.Run("Get-WsdServer -IncludeTotalCount -First 1")[0].BaseObject);
        Assert.Empty(_session.Run("Get-WsdServer | Get-WsdSyncRun -Result Failed -Source Wsus -From (Get-Date).AddDays(-7) -To (Get-Date)"));
        Assert.Empty(_session.Run("Get-WsdServer | Get-WsdProblem -State Open -Severity Warning -Kind Server -Cause pool-stopped -Acknowledged:$false -AssignedTo me"));
        Assert.Empty(_session.Run("Get-WsdServer | Get-WsdRepair -State Running"));
        Assert.Empty(_session.Run("Get-WsdPostureFinding -Kind Vulnerability -Severity Critical -Answer Found -Site BRN -Accepted"));
        Assert.Contains(_session.Run("Get-WsdError 0x80244022"), explained => ((WsdErrorExplanation)explained.BaseObject).IsKnown);
    }

    [Theory]
    [InlineData("Get-WsdServer -ServerId 4711", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-WsdProblem 4711", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Confirm-WsdProblem 4711 -Hours 1 -Comment 'a'", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Confirm-WsdProblem 4711 -Until ([DateTimeOffset]::MinValue)", "InvalidRequest", ErrorCategory.InvalidArgument)]
    [InlineData("Set-WsdProblem 4711 -SilenceHours 1 -Reason 'a'", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Set-WsdProblem 4711 -AssignTo me", "InvalidRequest", ErrorCategory.InvalidArgument)]
    [InlineData("Undo-WsdRepair none -Confirm:$false", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Start-WsdSync -ServerId 4711", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Stop-WsdRepair none -Confirm:$false", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Repair-WsdServer BRN-WSUS02 -Playbook none -WhatIf", "InvalidRequest", ErrorCategory.InvalidArgument)]
    [InlineData("Repair-WsdServer BRN-WSUS02 -Playbook full-repair -Baseline guide -IncludeRisky -WhatIf", "NotAllowed", ErrorCategory.PermissionDenied)]
    [InlineData("Get-WsdError 'no number'", "InvalidRequest", ErrorCategory.InvalidArgument)]
    public void Commands_ThatTheDashboardCanNotDo_SayWhy(string script, string errorId, ErrorCategory category) => Assert.Equal((errorId, category, false), _session.Try(script).Failure);

    public void Dispose() => _session.Dispose();
}
