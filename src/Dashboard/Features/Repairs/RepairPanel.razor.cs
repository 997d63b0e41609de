using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>One run, live while it goes on: steps, result, stop, undo. In the sheet and on its own page.</summary>
public sealed partial class RepairPanel : IDisposable
{
    private const int CompareAttempts = 20;

    private static readonly TimeSpan CompareEvery = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _gone = new();
    private readonly CancellationToken _untilGone;
    private RepairDetail? _detail;
    private Failure? _failure;
    private RepairEffect? _effect;
    private DateTimeOffset _effectReadAt;
    private string _announcement = "";
    private bool _isMissing;
    private bool _isAsking;

    /// <summary>The token can be asked after its source has gone.</summary>
    public RepairPanel() => _untilGone = _gone.Token;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private RepairService Repair { get; set; } = null!;

    [Inject]
    private RepairEffectQueries Effects { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    /// <summary>One panel shows one run: a host gives it a @key where the run can change.</summary>
    [Parameter, EditorRequired]
    public string RepairId { get; set; } = "";

    /// <summary>Gets the id of the run that undoes this one.</summary>
    [Parameter]
    public EventCallback<string> OnUndoStarted { get; set; }

    /// <summary>What the host knows of the run already; null = it is read.</summary>
    [Parameter]
    public RepairDetail? Initial { get; set; }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        try
        {
            var detail = Initial ?? await Repair.GetAsync(RepairId, _untilGone);
            _isMissing = detail is null;
            if (detail is not null)
            {
                await TakeAsync(detail);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        try
        {
            await foreach (var detail in Repair.WatchAsync(RepairId, _untilGone))
            {
                await TakeAsync(detail);
                StateHasChanged();
            }

            // The end is told a moment before the history has it.
            for (var attempt = 0; attempt < CompareAttempts && !await CompareAsync(); attempt++)
            {
                await Task.Delay(CompareEvery, TimeProvider, _untilGone);
            }

            StateHasChanged();
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // Nobody looks any more; the run goes on.
        }
    }

    private static RepairStep? Current(Repair run) => run.Steps.FirstOrDefault(step => step.State == StepState.Running) ?? run.Steps.FirstOrDefault(step => step.State == StepState.Waiting);

    /// <summary>How long its steps usually take; null where they don't say.</summary>
    private static TimeSpan? Expected(Repair run) => run.Steps.Where(step => step.State is not StepState.Skipped).Sum(step => step.ExpectedDuration.Ticks) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    private static int Percent(Repair run) => 100 * run.Steps.Count(step => step.State is StepState.Done or StepState.Skipped) / Math.Max(1, run.Steps.Count);

    private static string ResultSentence(Repair run) => run.Sentence is { Length: > 0 } sentence
        ? sentence
        : run.State switch
        {
            RepairState.Cancelled when run.Approval?.Decision is { Length: > 0 } decision && run.Steps.All(step => step.State == StepState.NotRun) => decision,
            RepairState.Cancelled => "The steps below show what was done before it stopped.",
            _ => run.Steps.LastOrDefault(step => step.State == StepState.Done)?.Message ?? "",
        };

    private static string Answer(string words, TimeSpan? median) => words.Length == 0 ? "not asked" : median is { } time ? $"{words} after {Wording.Duration(time)}" : words;

    /// <summary>The new settings are in force, and it is not decided that they stay.</summary>
    private static bool IsOnTrial(Repair run) => run is { IsOnTrial: true, IsRollingBack: false };

    private bool MayKeep(RepairDetail detail) => Live.Find(detail.ServerId)?.Snapshot?.Agent.Policy.KeepAnyway == true;

    /// <summary>One verdict: whether it helped, once that can be said; until then what came of the run.</summary>
    private StateDisplay VerdictOf(Repair run) => _effect?.Verdict switch
    {
        RepairVerdict.Helped when run.State is RepairState.Succeeded or RepairState.NotProven => new("check", "It helped", Tone.Good),
        RepairVerdict.DidNotHelp => new("cross", "It didn't help", Tone.Bad),
        _ => StateDisplay.Of(run.State),
    };

    private static string Of(RepairWindow window) => $"{Wording.Number(window.Failed)} of {Wording.Number(window.Syncs)}";

    /// <summary>Shows the run, and once it has ended what it is compared with.</summary>
    private async Task TakeAsync(RepairDetail detail)
    {
        Take(detail);
        await CompareAsync();
    }

    /// <summary>True once there is nothing more to compare.</summary>
    private async Task<bool> CompareAsync()
    {
        if (_effect is null && _detail is { Repair: { IsFinal: true, State: not RepairState.RolledBack } } detail)
        {
            _effect = await Effects.GetAsync(detail.ServerId, detail.Repair.Id, _untilGone);
            _effectReadAt = TimeProvider.GetUtcNow();
        }

        return _effect is not null || _detail is not { Repair: { IsFinal: true, State: not RepairState.RolledBack } };
    }

    private void Take(RepairDetail detail)
    {
        _isMissing = false;
        _detail = detail;
        var announcement = detail.Repair.IsFinal
            ? $"{StateDisplay.Of(detail.Repair.State).Word}. {ResultSentence(detail.Repair)}"
            : detail.Repair.State == RepairState.WaitingForApproval ? $"Waiting for approval on {detail.ServerName}."
            : Current(detail.Repair) is { } step ? string.Create(CultureInfo.InvariantCulture, $"Step {step.Number} of {detail.Repair.Steps.Count}: {step.Title}") : "";
        if (announcement != _announcement)
        {
            _announcement = announcement;
        }
    }

    private async Task CancelAsync()
    {
        _isAsking = true;
        var outcome = await Repair.CancelAsync(RepairId, CancellationToken.None);
        _isAsking = false;
        _failure = outcome.Failure;
    }

    private async Task KeepAsync()
    {
        if (_detail is not { } detail || await Confirmation.AskAsync(RepairLabels.KeepQuestion(detail.ServerName, detail.Repair)) is not { } answer)
        {
            return;
        }

        _isAsking = true;
        StateHasChanged();
        var outcome = await Repair.KeepAsync(RepairId, answer.Purpose, CancellationToken.None);
        _isAsking = false;
        _failure = outcome.Failure;
    }

    private async Task UndoAsync()
    {
        if (_detail is not { } detail || await Confirmation.AskAsync(RepairLabels.UndoQuestion(detail.ServerName, detail.Repair)) is not { } answer)
        {
            return;
        }

        _isAsking = true;
        _failure = null;
        StateHasChanged();
        var outcome = await Repair.UndoAsync(RepairId, answer.Purpose, CancellationToken.None);
        _isAsking = false;
        if (outcome.IsSuccess)
        {
            await OnUndoStarted.InvokeAsync(outcome.Value.Id);
        }
        else
        {
            _failure = outcome.Failure;
        }
    }
}
