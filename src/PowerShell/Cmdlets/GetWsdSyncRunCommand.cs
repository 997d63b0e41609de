using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Gets the syncs of servers.</summary>
/// <remarks>Lists a server's syncs, newest first, as WSUS and Configuration Manager saw them. IsCounted is false for the second view of the same sync.</remarks>
/// <example>
/// <code>Get-WsdSyncRun BRN-WSUS02 -Result Failed -From (Get-Date).AddDays(-7)</code>
/// <para>Lists the syncs of a server that failed within a week.</para>
/// </example>
/// <example>
/// <code>Get-WsdServer -Health Critical | Get-WsdSyncRun -Result Failed -First 1 | Get-WsdError</code>
/// <para>Explains the error of a failed sync.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WsdSyncRun", SupportsPaging = true)]
[OutputType(typeof(WsdSyncRun))]
public sealed class GetWsdSyncRunCommand : ListCmdlet
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

    /// <summary>Only syncs with this result.</summary>
    [Parameter]
    public WsdSyncResult? Result { get; set; }

    /// <summary>Only syncs as seen by WSUS, or by Configuration Manager.</summary>
    [Parameter]
    public WsdSyncSource? Source { get; set; }

    /// <summary>Only syncs that started at this time or later.</summary>
    [Parameter]
    public DateTimeOffset? From { get; set; }

    /// <summary>Only syncs that started before this time.</summary>
    [Parameter]
    public DateTimeOffset? To { get; set; }

    /// <summary>Writes the syncs of one server.</summary>
    protected override void ProcessRecord() => Try(ServerId > 0 ? ServerId : Name, () =>
    {
        if (ServerId == 0 && Name.Length == 0)
        {
            throw new DashboardException("ServerNeeded", ErrorCategory.InvalidArgument, "Which server? Give -Name or -ServerId.") { EndsCommand = true };
        }

        var server = ServerLookup.FindOne(Dashboard, Name, ServerId, Cancellation);
        var (id, name) = (server["id"].Count, server["name"].Text);
        WriteRows($"/servers/{id}/syncs", new ApiQuery().Add("result", Result).Add("source", Source).Add("from", From).Add("to", To), row => WsdSyncRun.From(row, id, name));
    });
}
