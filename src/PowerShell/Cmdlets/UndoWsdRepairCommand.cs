using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Undoes a repair.</summary>
/// <remarks>Starts a repair that restores the settings which the given one saved, and nothing else, and follows it to its end. With -WhatIf, says which settings.</remarks>
/// <example>
/// <code>Get-WsdRepair -ServerName BRN-WSUS02 -First 1 | Undo-WsdRepair -Reason 'Not needed after all'</code>
/// <para>Restores the settings that the last repair of a server changed.</para>
/// </example>
[Cmdlet(VerbsCommon.Undo, "WsdRepair", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(WsdRepair))]
public sealed class UndoWsdRepairCommand : RepairCmdlet
{
    /// <summary>The id of the repair.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 100)]
    public string RepairId { get; set; } = "";

    /// <summary>Why, for the audit.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>The ticket it belongs to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Ticket { get; set; }

    /// <summary>Undoes one repair.</summary>
    protected override void ProcessRecord() => Try(RepairId, () =>
    {
        var path = $"/repairs/{Uri.EscapeDataString(RepairId)}";
        var repair = WsdRepair.From(Dashboard.Get(path, Cancellation));
        var settings = string.Join("\n", repair.Changes.Select(change => $"  {change.Setting}: {change.After} → {change.Before}"));
        if (ShouldProcess($"Restore the settings of {repair.ServerName} from before repair {repair.RepairId}:\n{settings}", $"Restore the settings of {repair.ServerName} from before repair {repair.RepairId}?\n{settings}", $"Undo repair {repair.RepairId}"))
        {
            Follow(Dashboard.Send(HttpMethod.Post, $"{path}/undo", new JsonBody().Add("reason", Reason).Add("ticket", Ticket), null, Cancellation), undo => undo.State == "succeeded");
        }
    });
}
