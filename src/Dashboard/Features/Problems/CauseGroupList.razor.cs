using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>Groups of problems by cause, and what can be done for a whole group: repair, acknowledge, assign.</summary>
public sealed partial class CauseGroupList
{
    private const int NamedSites = 3;

    private (string CauseId, TriageAction Action)? _open;

    [Inject]
    private ProblemTriageService Triage { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<CauseGroup> Groups { get; set; } = [];

    /// <summary>What the list is, for a screen reader.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>Something was decided.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    private DateTimeOffset Now => TimeProvider.GetUtcNow();

    private string OwnId => Caller.Identity.PersonId;

    private static bool IsUrgent(CauseGroup group) => group is { Severity: Shared.Rules.Findings.Severity.Critical, IsAcknowledged: false };

    private static string RepairLink(CauseGroup group) => Links.RepairBatch(group.RepairableServerIds.Select(id => id.ToString(CultureInfo.InvariantCulture)), null, null);

    private static IEnumerable<string> NotesOf(CauseGroup group)
    {
        if (group.MonitorOnlyCount > 0)
        {
            yield return $"{Wording.Number(group.MonitorOnlyCount)} monitor only";
        }

        if (group.WaitingCount > 0)
        {
            yield return $"{Wording.Number(group.WaitingCount)} in repair or waiting for proof";
        }

        if (group.AcknowledgedCount > 0 && !group.IsAcknowledged)
        {
            yield return $"{Wording.Number(group.AcknowledgedCount)} of {Wording.Number(group.ProblemCount)} acknowledged";
        }

        if (group.SilencedCount > 0)
        {
            yield return $"{(group.SilencedCount == group.ProblemCount ? "" : $"{Wording.Number(group.SilencedCount)} of {Wording.Number(group.ProblemCount)} ")}silenced";
        }
    }

    /// <summary>An acknowledgement that is there stays as it is; an assignment is for all of them.</summary>
    private static IReadOnlyList<TriageTarget> TargetsOf(CauseGroup group, TriageAction action) =>
    [
        .. group.Problems
            .Where(problem => action != TriageAction.Acknowledge || !problem.IsAcknowledged)
            .Take(ProblemTriageService.MaximumProblems)
            .Select(problem => new TriageTarget(problem.Id, problem.Revision)),
    ];

    private bool IsOpen(CauseGroup group, TriageAction action) => _open == (group.CauseId, action);

    private void Toggle(CauseGroup group, TriageAction action) => _open = IsOpen(group, action) ? null : (group.CauseId, action);

    private async Task TakeBackAsync(CauseGroup group)
    {
        var ended = await Triage.TakeBackAsync([.. group.Problems.Take(ProblemTriageService.MaximumProblems).Select(problem => new TriageTarget(problem.Id, problem.Revision))], CancellationToken.None);
        Messages.Show(ended.Failure?.Message ?? $"Acknowledgement of {group.Title} taken back.", isFailure: !ended.IsSuccess);
        await OnChanged.InvokeAsync();
    }

    private async Task CloseAsync(string? done)
    {
        _open = null;
        if (done is not null)
        {
            Messages.Show(done, isFailure: false);
            await OnChanged.InvokeAsync();
        }
    }
}
