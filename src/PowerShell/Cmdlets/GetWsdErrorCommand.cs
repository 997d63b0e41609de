using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Explains an error number.</summary>
/// <remarks>Says what a number of Windows, WSUS, IIS or SQL Server means, in any form it's written in, and which causes it names. Gives several answers if the digits can be read in several ways.</remarks>
/// <example>
/// <code>Get-WsdError 0x80244022</code>
/// <para>Explains an error of Windows Update.</para>
/// </example>
/// <example>
/// <code>Get-WsdSyncRun BRN-WSUS02 -Result Failed -First 5 | Get-WsdError</code>
/// <para>Explains the errors of a server's last failed syncs.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WsdError")]
[OutputType(typeof(WsdErrorExplanation))]
public sealed class GetWsdErrorCommand : DashboardCmdlet
{
    /// <summary>The number, for example 0x80244022, -2145107934, 503, 403.4 or SQL 18456, an error's name, or a line of a log. A sync without an error gives nothing.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ErrorCode")]
    [AllowEmptyString]
    [ValidateLength(0, 200)]
    public string Code { get; set; } = "";

    /// <summary>Explains one number.</summary>
    protected override void ProcessRecord() => Try(Code, () =>
    {
        if (Code.Length > 0)
        {
            WriteObject(Dashboard.Get($"/explain{new ApiQuery().Add("code", Code)}", Cancellation).Select(WsdErrorExplanation.From), enumerateCollection: true);
        }
    });
}
