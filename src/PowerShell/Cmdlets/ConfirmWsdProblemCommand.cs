using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Acknowledges problems.</summary>
/// <remarks>Says that someone knows of a problem, on the servers that the token can operate. It ends at the time you give, and when the problem gets worse, a server joins it or it comes back; at most after 365 days.</remarks>
/// <example>
/// <code>Get-WsdProblem -ServerName BRN-WSUS02 | Confirm-WsdProblem -Hours 24 -Comment 'Disk ordered, INC-4711'</code>
/// <para>Acknowledges all problems of a server for a day.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Confirm, "WsdProblem", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = HoursSet)]
[OutputType(typeof(WsdProblem))]
public sealed class ConfirmWsdProblemCommand : ProblemChangeCmdlet
{
    private const string HoursSet = "Hours";
    private const string UntilSet = "Until";
    private const string ChangeSet = "UntilItChanges";

    /// <summary>For this many hours from now.</summary>
    [Parameter(Mandatory = true, ParameterSetName = HoursSet)]
    [ValidateRange(1, 365 * 24)]
    public int Hours { get; set; }

    /// <summary>Until this time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = UntilSet)]
    public DateTimeOffset Until { get; set; }

    /// <summary>Until its cause gets another name or a repair of it ends.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ChangeSet)]
    public SwitchParameter UntilItChanges { get; set; }

    /// <summary>What others should know.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Comment { get; set; }

    /// <summary>Acknowledges one problem.</summary>
    protected override void ProcessRecord() => Change(
        HttpMethod.Put,
        "acknowledgement",
        new JsonBody()
            .Add("hours", ParameterSetName == HoursSet ? Hours : (int?)null)
            .Add("until", ParameterSetName == UntilSet ? Until : (DateTimeOffset?)null)
            .Add("untilItChanges", ParameterSetName == ChangeSet ? UntilItChanges.ToBool() : (bool?)null)
            .Add("comment", Comment),
        "Acknowledge");
}
