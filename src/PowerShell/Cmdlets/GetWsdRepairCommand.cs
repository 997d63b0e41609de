using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Gets repairs with their steps.</summary>
/// <remarks>Lists repairs, newest first, or shows those with the given ids, even if the server isn't answering; IsStale then says that this is an older state.</remarks>
/// <example>
/// <code>Get-WsdRepair -Site BRN -First 20</code>
/// <para>Lists the last twenty repairs of a site.</para>
/// </example>
/// <example>
/// <code>(Get-WsdRepair run-42).Steps</code>
/// <para>Shows the steps of a repair and what came of each.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WsdRepair", SupportsPaging = true)]
[OutputType(typeof(WsdRepair))]
public sealed class GetWsdRepairCommand : ListCmdlet
{
    /// <summary>The id of a repair. A sync that no repair started has none, and gives nothing.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ValidateLength(0, 100)]
    public string RepairId { get; set; } = "";

    /// <summary>Only repairs of this server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    public string? ServerName { get; set; }

    /// <summary>Only repairs of the server with this id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int ServerId { get; set; }

    /// <summary>Only repairs of servers of this site.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Site { get; set; }

    /// <summary>Only repairs in this state.</summary>
    [Parameter]
    public WsdRepairState? State { get; set; }

    /// <summary>Writes the repairs.</summary>
    protected override void ProcessRecord()
    {
        if (RepairId.Length > 0)
        {
            Try(RepairId, () => WriteChosen([Dashboard.Get($"/repairs/{Uri.EscapeDataString(RepairId)}", Cancellation)], WsdRepair.From));
        }
        else if (!IsGiven(nameof(RepairId)))
        {
            Try(ServerName, () => WriteRows("/repairs", Filter(), WsdRepair.From));
        }
    }

    private ApiQuery Filter() => new ApiQuery()
        .Add("server", ServerId > 0 ? ServerId : ServerName is null ? (long?)null : ServerLookup.FindOne(Dashboard, ServerName, 0, Cancellation)["id"].Number)
        .Add("site", Site)
        .Add("state", State);
}
