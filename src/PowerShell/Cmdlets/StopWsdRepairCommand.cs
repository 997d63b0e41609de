using System.Management.Automation;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Stops a repair after its current step.</summary>
/// <remarks>Settings that are on trial are restored first. Waits until the repair has ended.</remarks>
/// <example>
/// <code>Get-WsdRepair -State Running | Stop-WsdRepair</code>
/// <para>Stops all repairs that are running.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "WsdRepair", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(WsdRepair))]
public sealed class StopWsdRepairCommand : RepairCmdlet
{
    /// <summary>The id of the repair.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 100)]
    public string RepairId { get; set; } = "";

    /// <summary>Stops one repair.</summary>
    protected override void ProcessRecord() => Try(RepairId, () =>
    {
        if (ShouldProcess($"Repair {RepairId}", "Stop after the current step"))
        {
            // One that was over before it could be stopped isn't what was asked for.
            Follow(Dashboard.Send(HttpMethod.Post, $"/repairs/{Uri.EscapeDataString(RepairId)}/cancel", null, null, Cancellation), repair => repair.State is "cancelled" or "rolledBack");
        }
    });
}
