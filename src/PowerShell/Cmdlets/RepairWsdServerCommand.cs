using System.Management.Automation;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Output;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Repairs servers.</summary>
/// <remarks>
/// Has the server plan the repair, shows the plan and asks, starts exactly that plan, and follows its steps to the end. If the server changed after the plan was made, nothing is started. Several servers are repaired one
/// after the other; with -NoWait, all are started. With -WhatIf, writes the plan and starts nothing. Without -Playbook, takes the one that fixes the server's cause.
/// Ctrl+C ends the command, not the repair: use Stop-WsdRepair for that.
/// </remarks>
/// <example>
/// <code>Repair-WsdServer BRN-WSUS02 -WhatIf</code>
/// <para>Shows each step, each setting that would change and what is interrupted.</para>
/// </example>
/// <example>
/// <code>Get-WsdServer -Health Critical -Site BRN | Where-Object IsCurable | Repair-WsdServer -Reason 'INC-4711' -Confirm:$false</code>
/// <para>Repairs all servers of a site that can be repaired, without asking for each.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Repair, "WsdServer", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(WsdRepair), typeof(WsdRepairPlan))]
public sealed class RepairWsdServerCommand : RepairCmdlet
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

    /// <summary>The playbook, for example full-repair; without it, the one that fixes the server's cause.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Playbook { get; set; }

    /// <summary>The baseline whose settings are applied; without it, the server's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Baseline { get; set; }

    /// <summary>Also applies the baseline's values that aren't safe on this server; the plan's Deviations list them.</summary>
    [Parameter]
    public SwitchParameter IncludeRisky { get; set; }

    /// <summary>Why, for the audit.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>The ticket it belongs to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Ticket { get; set; }

    /// <summary>Repairs one server.</summary>
    protected override void ProcessRecord() => Try(ServerId > 0 ? ServerId : Name, () =>
    {
        if (ServerId == 0 && Name.Length == 0)
        {
            throw new DashboardException("ServerNeeded", ErrorCategory.InvalidArgument, "Which server? Give -Name or -ServerId.") { EndsCommand = true };
        }

        var server = ServerLookup.FindOne(Dashboard, Name, ServerId, Cancellation);
        var plan = WsdRepairPlan.From(Dashboard.Send(HttpMethod.Post, $"/servers/{server["id"].Count}/plan", Asked(), null, Cancellation), server["id"].Count, server["name"].Text);
        var mayStart = ShouldProcess(PlanText.Of(plan), $"{PlanText.Of(plan)}\nStart this repair?", $"Repair {plan.ServerName}", out var reason);
        if (reason == ShouldProcessReason.WhatIf)
        {
            WriteObject(plan);
        }

        if (!mayStart)
        {
            return;
        }

        if (plan.Refusal.Length > 0)
        {
            throw new DashboardException("PlanRefused", ErrorCategory.PermissionDenied, $"{plan.ServerName} doesn't allow this repair now: {plan.Refusal}");
        }

        var body = Asked().Add("fingerprint", plan.Fingerprint).Add("reason", Reason).Add("ticket", Ticket);
        Follow(Dashboard.Send(HttpMethod.Post, $"/servers/{plan.ServerId}/repairs", body, null, Cancellation), repair => repair.State == "succeeded");
    });

    private JsonBody Asked() => new JsonBody().Add("playbook", Playbook).Add("baseline", Baseline).Add("includeRisky", IncludeRisky.ToBool());
}
