using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Gets findings about the posture of servers: vulnerabilities, TLS, certificates, exposure, end of support.</summary>
/// <remarks>Lists findings server by server, the worst first. What can't be said is listed last, with the reason; it never means that all is well.</remarks>
/// <example>
/// <code>Get-WsdPostureFinding -Kind Vulnerability -Answer Found | Group-Object FindingId</code>
/// <para>Counts the servers that have each vulnerability.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WsdPostureFinding", SupportsPaging = true)]
[OutputType(typeof(WsdPostureFinding))]
public sealed class GetWsdPostureFindingCommand : ListCmdlet
{
    /// <summary>The id of a finding, for example cve-2025-59287.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? FindingId { get; set; }

    /// <summary>Only findings about this server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    public string? ServerName { get; set; }

    /// <summary>Only findings about the server with this id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int ServerId { get; set; }

    /// <summary>Only findings about servers of this site.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Site { get; set; }

    /// <summary>Only findings about this.</summary>
    [Parameter]
    public WsdPostureKind? Kind { get; set; }

    /// <summary>Only findings that are at least this severe.</summary>
    [Parameter]
    public WsdSeverity? Severity { get; set; }

    /// <summary>Only findings that say this.</summary>
    [Parameter]
    public WsdPostureAnswer? Answer { get; set; }

    /// <summary>Only findings that someone has accepted; -Accepted:$false for the others.</summary>
    [Parameter]
    public SwitchParameter Accepted { get; set; }

    /// <summary>Writes the findings.</summary>
    protected override void ProcessRecord() => Try(ServerName, () => WriteRows("/posture", Filter(), WsdPostureFinding.From));

    private ApiQuery Filter() => new ApiQuery()
        .Add("finding", FindingId)
        .Add("server", ServerId > 0 ? ServerId : ServerName is null ? (long?)null : ServerLookup.FindOne(Dashboard, ServerName, 0, Cancellation)["id"].Number)
        .Add("site", Site)
        .Add("kind", Kind)
        .Add("severity", Severity)
        .Add("answer", Answer)
        .Add("acknowledged", Given(Accepted, nameof(Accepted)));
}
