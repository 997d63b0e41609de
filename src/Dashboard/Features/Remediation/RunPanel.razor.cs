using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Layout;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Remediation;

/// <summary>One run, live while it goes on: steps, result, stop, undo. In the sheet and on its own page.</summary>
public sealed partial class RunPanel : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private RemediationDetail? _detail;
    private Failure? _failure;
    private string _announcement = "";
    private bool _isMissing;
    private bool _isAsking;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private RemediationService Remediation { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    /// <summary>One panel shows one run: a host gives it a @key where the run can change.</summary>
    [Parameter, EditorRequired]
    public string RunId { get; set; } = "";

    /// <summary>Gets the id of the run that undoes this one.</summary>
    [Parameter]
    public EventCallback<string> OnUndoStarted { get; set; }

    /// <summary>What the host knows of the run already; null = it is read.</summary>
    [Parameter]
    public RemediationDetail? Initial { get; set; }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        var detail = Initial ?? await Remediation.GetAsync(RunId, _gone.Token);
        _isMissing = detail is null;
        if (detail is not null)
        {
            Take(detail);
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
            await foreach (var detail in Remediation.WatchAsync(RunId, _gone.Token))
            {
                Take(detail);
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // Nobody looks any more; the run goes on.
        }
    }

    private static RunStep? Current(RemediationRun run) => run.Steps.FirstOrDefault(step => step.State == StepState.Running) ?? run.Steps.FirstOrDefault(step => step.State == StepState.Waiting);

    private static string ResultSentence(RemediationRun run) => run.Verification?.Sentence is { Length: > 0 } sentence
        ? sentence
        : run.State switch
        {
            RunState.Failed => run.Steps.LastOrDefault(step => step.State == StepState.Failed)?.Message ?? "",
            RunState.Cancelled when run.Approval?.Decision is { Length: > 0 } decision && run.Steps.All(step => step.State == StepState.NotRun) => decision,
            RunState.Cancelled => "The steps below show what was done before it stopped.",
            _ => run.Steps.LastOrDefault(step => step.State == StepState.Done)?.Message ?? "",
        };

    private void Take(RemediationDetail detail)
    {
        _isMissing = false;
        _detail = detail;
        var announcement = detail.Run.IsFinal
            ? $"{StateLook.Of(detail.Run.State).Word}. {ResultSentence(detail.Run)}"
            : detail.Run.State == RunState.WaitingForApproval ? $"Waits for approval on {detail.ServerName}."
            : Current(detail.Run) is { } step ? string.Create(CultureInfo.InvariantCulture, $"Step {step.Number} of {detail.Run.Steps.Count}: {step.Title}") : "";
        if (announcement != _announcement)
        {
            _announcement = announcement;
        }
    }

    private async Task CancelAsync()
    {
        _isAsking = true;
        var outcome = await Remediation.CancelAsync(RunId, CancellationToken.None);
        _isAsking = false;
        _failure = outcome.Failure;
    }

    private async Task UndoAsync()
    {
        if (_detail is not { } detail || await Confirmation.AskAsync(RemediationWords.UndoQuestion(detail.ServerName, detail.Run)) is not { } answer)
        {
            return;
        }

        _isAsking = true;
        _failure = null;
        StateHasChanged();
        var outcome = await Remediation.UndoAsync(RunId, answer.Purpose, CancellationToken.None);
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
