using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Gets problems.</summary>
/// <remarks>Lists problems that are there now, newest first; with -IncludeResolved also those that are gone. Each shows only servers that the token can see.</remarks>
/// <example>
/// <code>Get-WsdProblem -Severity Critical -Acknowledged:$false</code>
/// <para>Lists critical problems that nobody has acknowledged.</para>
/// </example>
/// <example>
/// <code>Get-WsdServer BRN-WSUS02 | Get-WsdProblem -IncludeResolved -First 10</code>
/// <para>Lists the last ten problems of a server.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WsdProblem", SupportsPaging = true)]
[OutputType(typeof(WsdProblem))]
public sealed class GetWsdProblemCommand : ListCmdlet
{
    /// <summary>Numbers of problems.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, long.MaxValue)]
    public long[] ProblemId { get; set; } = [];

    /// <summary>Problems as they are on this server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ServerName { get; set; }

    /// <summary>Problems as they are on the server with this id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int ServerId { get; set; }

    /// <summary>Problems as they are on the servers of this site.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Site { get; set; }

    /// <summary>Only problems in this state.</summary>
    [Parameter]
    public WsdProblemState? State { get; set; }

    /// <summary>Only problems that are at least this severe.</summary>
    [Parameter]
    public WsdSeverity? Severity { get; set; }

    /// <summary>Only problems of this kind.</summary>
    [Parameter]
    public WsdProblemKind? Kind { get; set; }

    /// <summary>Only problems with this cause, by its id.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Cause { get; set; }

    /// <summary>Only acknowledged problems; -Acknowledged:$false for the others.</summary>
    [Parameter]
    public SwitchParameter Acknowledged { get; set; }

    /// <summary>Only problems assigned to this person: the id of an account, me or nobody.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AssignedTo { get; set; }

    /// <summary>Also problems that are resolved.</summary>
    [Parameter]
    public SwitchParameter IncludeResolved { get; set; }

    /// <summary>Writes the problems.</summary>
    protected override void ProcessRecord()
    {
        if (ProblemId.Length > 0)
        {
            foreach (var id in ProblemId)
            {
                Try(id, () => WriteChosen([Dashboard.Get($"/problems/{id}", Cancellation)], WsdProblem.From));
            }

            return;
        }

        Try(ServerName, () => WriteRows("/problems", Filter(), WsdProblem.From));
    }

    private ApiQuery Filter() => new ApiQuery()
        .Add("current", IncludeResolved || State is not null ? (bool?)null : true)
        .Add("state", State)
        .Add("severity", Severity)
        .Add("kind", Kind)
        .Add("cause", Cause)
        .Add("server", ServerId > 0 ? ServerId : ServerName is null ? (long?)null : ServerLookup.FindOne(Dashboard, ServerName, 0, Cancellation)["id"].Number)
        .Add("site", Site)
        .Add("acknowledged", Given(Acknowledged, nameof(Acknowledged)))
        .Add("assignedTo", AssignedTo);
}
