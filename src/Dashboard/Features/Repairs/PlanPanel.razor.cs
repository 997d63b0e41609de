using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>The plan of a repair: asked of the agent, shown, changed by choice, started by its fingerprint.</summary>
public sealed partial class PlanPanel : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource? _asking;
    private string _playbook = "";
    private string? _baseline;
    private string? _reason = "";
    private string? _ticket = "";
    private Plan? _plan;
    private Failure? _failure;
    private Failure? _startFailure;
    private bool _includesRisky;
    private bool _isPlanning = true;
    private bool _isStarting;

    [Inject]
    private RepairService Repair { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Parameter, EditorRequired]
    public int ServerId { get; set; }

    [Parameter, EditorRequired]
    public string ServerName { get; set; } = "";

    /// <summary>Id of the playbook to begin with; null where a person has to choose, because none cures the server's cause.</summary>
    [Parameter, EditorRequired]
    public string? Playbook { get; set; }

    /// <summary>Gets the id of the run that started, or that was in the way.</summary>
    [Parameter]
    public EventCallback<string> OnStarted { get; set; }

    [Parameter]
    public EventCallback OnCancel { get; set; }

    private AgentPolicy? Policy => Live.Find(ServerId)?.Snapshot?.Agent.Policy;

    private bool MayStart => Caller.May(Permission.Operate, Live.Find(ServerId)?.Site ?? "");

    private RepairOffer Offer => Live.Find(ServerId)?.Offer ?? RepairOffer.None;

    private bool AppliesBaseline => PlaybookCatalog.Find(_playbook)?.AppliesBaseline ?? false;

    private string? OwnBaseline => Live.Find(ServerId)?.Baseline;

    /// <summary>What the offered repair is for; without an offer, what every page names for the server.</summary>
    private Finding? Wrong => Live.Find(ServerId)?.Assessment is not { } assessment ? null
        : assessment.Findings.FirstOrDefault(finding => finding.Id == Offer.FindingId) ?? assessment.Leading;

    /// <summary>Null where nothing weighed it: it was read from the server.</summary>
    private string? HowSure => Live.Find(ServerId)?.Assessment?.Causes.FirstOrDefault(cause => cause.Id == Wrong?.Id) is { } cause ? RepairLabels.HowSure(cause.Id, cause.Confidence) : null;

    /// <summary>How long something of the server stands still, as far as it is known before.</summary>
    private TimeSpan Interrupted => TimeSpan.FromTicks(_plan?.Steps.Where(step => step is { WillBeSkipped: false, Interrupts.Length: > 0 }).Sum(step => step.ExpectedDuration.Ticks) ?? 0);

    private IEnumerable<string> Otherwise
    {
        get
        {
            var steps = _plan?.Steps.Where(step => !step.WillBeSkipped).ToList() ?? [];
            if (steps.Exists(step => step.Kind is StepKind.TrySettings))
            {
                yield return "If clients get worse answers with the new settings, the agent restores the saved ones by itself.";
            }

            if (_plan?.Changes.Count > 0)
            {
                yield return "Undo restores every changed setting, today or later.";
            }

            yield return steps.Exists(step => step.Kind is StepKind.VerifySync)
                ? "It ends with a sync. If that one fails too, the result says why, and nothing more is changed."
                : "The result says what was read back; nothing more is changed.";
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        _asking?.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _playbook = Playbook ?? "";
        await PlanAsync();
    }

    /// <summary>Why the server's own policy does not let this playbook start; null where it does. The agent says the last word with the plan.</summary>
    private string? Forbidden(string playbook) => Policy is { } policy ? PolicyLabels.Forbids(policy, playbook) : null;

    private static bool IsChangingSettings(PlanStep step) => step.Kind is StepKind.ApplySettings or StepKind.RestoreSettings;

    private async Task ChoosePlaybookAsync(ChangeEventArgs change)
    {
        (_playbook, _includesRisky) = (change.Value?.ToString() ?? "", false);
        await PlanAsync();
    }

    private async Task ChooseBaselineAsync(ChangeEventArgs change)
    {
        (_baseline, _includesRisky) = (change.Value?.ToString(), false);
        await PlanAsync();
    }

    private async Task ChooseRiskAsync(bool includesRisky)
    {
        _includesRisky = includesRisky;
        await PlanAsync();
    }

    private async Task PlanAsync()
    {
        if (_asking is not null)
        {
            await _asking.CancelAsync();
            _asking.Dispose();
        }

        _asking = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        var asked = _asking.Token;
        _isPlanning = _playbook.Length > 0;
        _failure = null;
        _startFailure = null;
        if (!_isPlanning)
        {
            _plan = null;
            return;
        }

        try
        {
            var outcome = await Repair.PlanAsync(ServerId, _playbook, AppliesBaseline ? _baseline : null, _includesRisky, asked);
            if (asked.IsCancellationRequested)
            {
                return;
            }

            _plan = outcome.Value;
            _failure = outcome.Failure;
            _isPlanning = false;
        }
        catch (OperationCanceledException) when (asked.IsCancellationRequested)
        {
            // Another plan was chosen, or the sheet was closed.
        }
    }

    private async Task StartAsync()
    {
        if (_plan is null || _isStarting)
        {
            return;
        }

        _isStarting = true;
        _startFailure = null;
        // Not cancelled by closing the sheet: a start that was asked for is carried through.
        var outcome = await Repair.StartAsync(ServerId, _plan, new(_reason ?? "", _ticket ?? ""), CancellationToken.None);
        _isStarting = false;
        if (outcome.IsSuccess)
        {
            await OnStarted.InvokeAsync(outcome.Value.Id);
        }
        else
        {
            _startFailure = outcome.Failure;
        }
    }
}
