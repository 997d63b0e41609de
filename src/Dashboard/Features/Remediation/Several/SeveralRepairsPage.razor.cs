using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Dashboard.Features.Remediation.Several;

/// <summary>A repair of several servers: each plan, who is asked again, the start, and how far each server is. Its servers stand in the address.</summary>
public sealed partial class SeveralRepairsPage : IDisposable
{
    private RepairBatch? _batch;
    private Failure? _failure;
    private ConfirmationWays? _ways;
    private string _reason = "";
    private string _ticket = "";
    private bool _isStarting;

    /// <summary>Ids with commas between them.</summary>
    [SupplyParameterFromQuery]
    public string? Servers { get; set; }

    [SupplyParameterFromQuery]
    public string? Playbook { get; set; }

    [SupplyParameterFromQuery]
    public string? Baseline { get; set; }

    /// <summary>What was planned by this session before; a page that is loaded again goes on with it.</summary>
    [SupplyParameterFromQuery]
    public string? Batch { get; set; }

    /// <summary>Why a provider did not confirm.</summary>
    [SupplyParameterFromQuery]
    public string? Notice { get; set; }

    [Inject]
    private SeveralRepairsService Repairs { get; set; } = null!;

    [Inject]
    private ConfirmationService Confirming { get; set; } = null!;

    [Inject]
    private DashboardOptions Options { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string Title => _batch is null ? "Repair servers"
        : _batch.IsStarted ? $"Repair of {Numbers.Of(_batch.Items.Count(item => item.State != BatchItemState.LeftOut), "server")}"
        : $"Repair {Numbers.Of(_batch.Items.Count, "server")}?";

    private string? Problem => _ways is { IsConfirmed: false } ? ExternalProblems.Describe(Notice, Options.OidcName) : null;

    /// <summary>This page with its batch: where a provider comes back to.</summary>
    private string Here => QueryHelpers.AddQueryString(AddressOf(_batch?.Playbook, _batch?.Baseline), "batch", _batch?.Id ?? "");

    public void Dispose() => Leave();

    protected override async Task OnParametersSetAsync()
    {
        // The first rendering, before there is a circuit, asks no agent.
        if (!RendererInfo.IsInteractive || (_batch is not null && _batch.Id == Batch))
        {
            return;
        }

        Leave();
        _batch = Batch is { Length: > 0 } known ? Repairs.Find(known) : null;
        if (_batch is null)
        {
            Plan();
        }

        if (_batch is not null)
        {
            _batch.Changed += OnChanged;
        }

        await ReadWaysAsync();
    }

    private static string Progress(RepairBatch batch)
    {
        int Count(params BatchItemState[] states) => batch.Items.Count(item => states.Contains(item.State));
        var leftOut = Count(BatchItemState.LeftOut) is > 0 and var left ? $", {Numbers.Count(left)} left out" : "";
        return batch.IsPlanning ? $"{Numbers.Count(batch.Items.Count - Count(BatchItemState.Planning))} of {Numbers.Of(batch.Items.Count, "plan")} made. Nothing is changed."
            : !batch.IsStarted ? $"{Numbers.Of(batch.Startable, "server")} can be repaired{leftOut}."
            : $"{Numbers.Count(Count(BatchItemState.Succeeded))} repaired, {Numbers.Count(Count(BatchItemState.Running))} running, {Numbers.Count(Count(BatchItemState.Waiting))} waiting, {Numbers.Count(Count(BatchItemState.Failed))} failed, {Numbers.Count(Count(BatchItemState.Stopped))} not started{leftOut}.";
    }

    private bool CanStart(RepairBatch batch) => !_isStarting && !batch.IsPlanning && batch.Startable > 0 && (batch.Startable == 1 || _ways is { IsConfirmed: true });

    private void Plan()
    {
        List<int> ids = [.. (Servers ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)];
        var planned = Repairs.Plan(ids, Playbook ?? PlaybookCatalog.All[0].Id, Baseline);
        (_batch, _failure) = (planned.Value, planned.Failure);
        if (_batch is { } batch)
        {
            Batch = batch.Id;
            Navigation.NavigateTo(Here, new NavigationOptions { ReplaceHistoryEntry = true });
        }
    }

    private void PlanAgain() => Navigation.NavigateTo(AddressOf(_batch?.Playbook ?? Playbook, _batch?.Baseline ?? Baseline), forceLoad: true);

    private void Choose(string? playbook, string? baseline) => Navigation.NavigateTo(AddressOf(playbook, baseline));

    private string AddressOf(string? playbook, string? baseline) => Links.RepairSeveral((Servers ?? "").Split(','), playbook ?? Playbook, baseline);

    private async Task ReadWaysAsync()
    {
        _ways = await Confirming.GetAsync(CancellationToken.None);
        StateHasChanged();
    }

    private async Task StartAsync()
    {
        _isStarting = true;
        var started = await Repairs.StartAsync(_batch!.Id, new(_reason, _ticket), CancellationToken.None);
        (_isStarting, _failure) = (false, started.Failure);

        // The confirmation may have run out while the page stood open.
        await ReadWaysAsync();
    }

    private async Task StopAsync() => _failure = (await Repairs.StopAsync(_batch!.Id)).Failure;

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);

    private void Leave()
    {
        if (_batch is not null)
        {
            _batch.Changed -= OnChanged;
        }
    }
}
