using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.BatchRepairs;

/// <summary>A repair of several servers: each plan, who is asked again, the start, and how far each server is. Its servers stand in the address.</summary>
public sealed partial class BatchRepairsPage : IDisposable
{
    private CancellationTokenSource? _watching;
    private (string? Servers, string? Playbook, string? Baseline, string? Batch)? _shown;
    private RepairBatch? _batch;
    private Failure? _failure;
    private ConfirmationWays? _ways;
    private string? _reason = "";
    private string? _ticket = "";
    private bool _isStarting;

    /// <summary>Ids with commas between them, or <see cref="BatchRepairService.AllCurable"/>.</summary>
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
    private BatchRepairService Repairs { get; set; } = null!;

    [Inject]
    private ConfirmationService Confirming { get; set; } = null!;

    [Inject]
    private DashboardOptions Options { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private static IEnumerable<(string Value, string Word)> Playbooks => PlaybookCatalog.All.Select(playbook => (playbook.Id, playbook.Name)).Prepend(("", "What each server needs"));

    private static IEnumerable<(string Value, string Word)> Baselines => BaselineCatalog.All.Select(baseline => (baseline.Id, baseline.Name)).Prepend(("", "Each server's own"));

    private string Title => _batch is null ? "Repair servers"
        : _batch.IsStarted ? $"Repair of {Wording.Count(_batch.Servers.Count(item => item.State != BatchServerState.LeftOut), "server")}"
        : $"Repair {Wording.Count(_batch.Servers.Count, "server")}?";

    private string? Problem => _ways is { IsConfirmed: false } ? ExternalProblems.Describe(Notice, Options.Oidc.Name) : null;

    /// <summary>This page with its batch: where a provider comes back to.</summary>
    private string Here => QueryHelpers.AddQueryString(AddressOf(_batch?.Playbook, _batch?.Baseline), "batch", _batch?.Id ?? "");

    public void Dispose() => Leave();

    protected override async Task OnParametersSetAsync()
    {
        // The first rendering, before there is a circuit, asks no agent.
        var shown = (Servers, Playbook, Baseline, Batch);
        if (!RendererInfo.IsInteractive || shown == _shown)
        {
            return;
        }

        Leave();
        _shown = shown;
        (_batch, _failure) = (null, null);
        var batch = Batch is { Length: > 0 } known ? await Repairs.FindAsync(known, CancellationToken.None) : null;
        var planned = batch is null ? await PlanAsync() : null;
        if (shown != _shown)
        {
            // Something else was chosen meanwhile.
            return;
        }

        (_batch, _failure) = (batch ?? planned!.Value, planned?.Failure);
        if (planned is { IsSuccess: true })
        {
            Batch = _batch!.Id;
            _shown = (Servers, Playbook, Baseline, Batch);
            Navigation.NavigateTo(Here, new NavigationOptions { ReplaceHistoryEntry = true });
        }

        if (_batch is not null)
        {
            _watching = new();
            _ = FollowAsync(_batch.Id, _watching.Token);
        }

        await ReadWaysAsync();
    }

    private static string Progress(RepairBatch batch)
    {
        int Count(params BatchServerState[] states) => batch.Servers.Count(item => states.Contains(item.State));
        string And(BatchServerState state, string word) => Count(state) is > 0 and var count ? $", {Wording.Number(count)} {word}" : "";
        var leftOut = Count(BatchServerState.LeftOut) is > 0 and var left ? $", {Wording.Number(left)} skipped" : "";
        return batch.IsPlanning ? $"{Wording.Number(batch.Servers.Count - Count(BatchServerState.Planning))} of {Wording.Count(batch.Servers.Count, "plan")} ready. Nothing has changed yet."
            : !batch.IsStarted ? $"{Wording.Count(batch.Startable, "server")} can be repaired{leftOut}."
            : $"{Wording.Number(Count(BatchServerState.Succeeded))} repaired, {Wording.Number(Count(BatchServerState.Running))} running, {Wording.Number(Count(BatchServerState.Waiting))} waiting, {Wording.Number(Count(BatchServerState.Failed))} failed{And(BatchServerState.RolledBack, "rolled back")}{And(BatchServerState.NotProven, "not proven")}, {Wording.Number(Count(BatchServerState.Stopped))} not started{leftOut}.";
    }

    private bool CanStart(RepairBatch batch) => !_isStarting && !batch.IsPlanning && batch.Startable > 0 && (batch.Startable == 1 || _ways is { IsConfirmed: true });

    private Task<Outcome<RepairBatch>> PlanAsync()
    {
        List<int>? ids = Servers == BatchRepairService.AllCurable ? null : [.. (Servers ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)];
        return Repairs.PlanAsync(ids, string.IsNullOrEmpty(Playbook) ? null : Playbook, Baseline, CancellationToken.None);
    }

    private void PlanAgain() => Navigation.NavigateTo(_batch is { } batch ? AddressOf(batch.Playbook, batch.Baseline) : AddressOf(Playbook, Baseline), forceLoad: true);

    private void Choose(string? playbook, string? baseline) => Navigation.NavigateTo(AddressOf(playbook, baseline));

    private string AddressOf(string? playbook, string? baseline) => Links.RepairBatch((Servers ?? "").Split(','), playbook, baseline);

    private async Task ReadWaysAsync()
    {
        _ways = await Confirming.GetAsync(CancellationToken.None);
        StateHasChanged();
    }

    private async Task StartAsync()
    {
        _isStarting = true;
        var started = await Repairs.StartAsync(_batch!.Id, new(_reason ?? "", _ticket ?? ""), CancellationToken.None);
        (_isStarting, _failure) = (false, started.Failure);

        // The confirmation may have run out while the page stood open.
        await ReadWaysAsync();
    }

    private async Task CancelAsync() => _failure = (await Repairs.CancelAsync(_batch!.Id, CancellationToken.None)).Failure;

    private async Task FollowAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var batch in Repairs.WatchAsync(id, cancellationToken))
            {
                _batch = batch;
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Another batch is shown, or the page has gone.
        }
        catch (Exception error)
        {
            await DispatchExceptionAsync(error);
        }
    }

    private void Leave()
    {
        _watching?.Cancel();
        _watching?.Dispose();
        _watching = null;
    }
}
