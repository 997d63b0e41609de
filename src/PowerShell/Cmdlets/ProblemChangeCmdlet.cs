using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>A command that writes down what someone decided about a problem.</summary>
public abstract class ProblemChangeCmdlet : DashboardCmdlet
{
    /// <summary>The number of the problem.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, long.MaxValue)]
    public long ProblemId { get; set; }

    /// <summary>The revision of the problem as you saw it; it comes with a problem through the pipeline. An earlier decision is replaced only if nobody has changed it since.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 100)]
    public string? Revision { get; set; }

    /// <summary>Replaces an earlier decision, whoever made it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the problem as it is afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected void Change(HttpMethod method, string what, JsonBody? body, string action) => Try(ProblemId, () =>
    {
        if (!ShouldProcess($"Problem {ProblemId}", action))
        {
            return;
        }

        // With -Force, what is there now is what may be replaced.
        var revision = Force ? Dashboard.Get($"/problems/{ProblemId}", Cancellation)["revision"].OptionalText : Revision;
        var problem = Dashboard.Send(method, $"/problems/{ProblemId}/{what}", body, revision, Cancellation);
        if (PassThru)
        {
            WriteObject(WsdProblem.From(problem));
        }
    });
}
