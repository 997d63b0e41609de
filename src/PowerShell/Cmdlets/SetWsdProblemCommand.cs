using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Assigns or silences problems, or takes that back.</summary>
/// <remarks>Changes one thing at a time: who looks after a problem, whether anything alerts for it, or that it's acknowledged. An assignment or a silence counts for the servers that the token can operate.</remarks>
/// <example>
/// <code>Get-WsdProblem 12 | Set-WsdProblem -AssignTo me</code>
/// <para>Assigns a problem to the owner of the token.</para>
/// </example>
/// <example>
/// <code>Get-WsdProblem -Site BRN | Set-WsdProblem -SilenceHours 4 -Reason 'Patching, CHG-99'</code>
/// <para>Nothing alerts for the problems of a site for four hours.</para>
/// </example>
[Cmdlet(VerbsCommon.Set, "WsdProblem", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = AssignSet)]
[OutputType(typeof(WsdProblem))]
public sealed class SetWsdProblemCommand : ProblemChangeCmdlet
{
    private const string AssignSet = "Assign";
    private const string UnassignSet = "Unassign";
    private const string SilenceHoursSet = "SilenceHours";
    private const string SilenceUntilSet = "SilenceUntil";
    private const string EndSilenceSet = "EndSilence";
    private const string EndAcknowledgementSet = "EndAcknowledgement";

    /// <summary>Who looks after it: me, or the id of an account.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AssignSet)]
    [ValidateNotNullOrEmpty]
    public string? AssignTo { get; set; }

    /// <summary>Takes an assignment back.</summary>
    [Parameter(Mandatory = true, ParameterSetName = UnassignSet)]
    public SwitchParameter Unassign { get; set; }

    /// <summary>Nothing alerts for it for this many hours from now.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SilenceHoursSet)]
    [ValidateRange(1, 365 * 24)]
    public int SilenceHours { get; set; }

    /// <summary>Nothing alerts for it until this time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SilenceUntilSet)]
    public DateTimeOffset SilenceUntil { get; set; }

    /// <summary>Why it's silenced.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SilenceHoursSet)]
    [Parameter(Mandatory = true, ParameterSetName = SilenceUntilSet)]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>Ends a silence.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EndSilenceSet)]
    public SwitchParameter EndSilence { get; set; }

    /// <summary>Takes an acknowledgement back.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EndAcknowledgementSet)]
    public SwitchParameter EndAcknowledgement { get; set; }

    /// <summary>Changes one problem.</summary>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case AssignSet:
                Change(HttpMethod.Put, "assignment", new JsonBody().Add("person", AssignTo), $"Assign to {AssignTo}");
                break;
            case UnassignSet when Unassign:
                Change(HttpMethod.Delete, "assignment", null, "Take the assignment back");
                break;
            case SilenceHoursSet:
                Change(HttpMethod.Put, "silence", new JsonBody().Add("hours", SilenceHours).Add("reason", Reason), $"Silence for {SilenceHours} h");
                break;
            case SilenceUntilSet:
                Change(HttpMethod.Put, "silence", new JsonBody().Add("until", SilenceUntil).Add("reason", Reason), $"Silence until {SilenceUntil:g}");
                break;
            case EndSilenceSet when EndSilence:
                Change(HttpMethod.Delete, "silence", null, "End the silence");
                break;
            case EndAcknowledgementSet when EndAcknowledgement:
                Change(HttpMethod.Delete, "acknowledgement", null, "Take the acknowledgement back");
                break;
        }
    }
}
