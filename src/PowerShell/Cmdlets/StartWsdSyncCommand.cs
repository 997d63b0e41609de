using System.Management.Automation;
using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Starts a sync on servers.</summary>
/// <remarks>Asks the server to start one and writes what it says. The sync itself then stands in Get-WsdSyncRun.</remarks>
/// <example>
/// <code>Get-WsdServer -Site BRN | Start-WsdSync -Reason 'Patch Tuesday'</code>
/// <para>Starts a sync on each server of a site.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Start, "WsdSync", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(string))]
public sealed class StartWsdSyncCommand : DashboardCmdlet
{
    /// <summary>The name of the server, whole.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ServerName")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The id of the server in this dashboard; counts more than the name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int ServerId { get; set; }

    /// <summary>Why, for the audit.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>The ticket it belongs to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Ticket { get; set; }

    /// <summary>Starts a sync on one server.</summary>
    protected override void ProcessRecord() => Try(ServerId > 0 ? ServerId : Name, () =>
    {
        if (ServerId == 0 && Name.Length == 0)
        {
            throw new DashboardException("ServerNeeded", ErrorCategory.InvalidArgument, "Which server? Give -Name or -ServerId.") { EndsCommand = true };
        }

        var server = ServerLookup.FindOne(Dashboard, Name, ServerId, Cancellation);
        if (ShouldProcess(server["name"].Text, "Start a sync"))
        {
            var body = new JsonBody().Add("reason", Reason).Add("ticket", Ticket);
            WriteObject(Dashboard.Send(HttpMethod.Post, $"/servers/{server["id"].Count}/sync/start", body, null, Cancellation)["message"].Text);
        }
    });
}
