using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.Remediation;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;

namespace WsusDashboard.Dashboard.Components.Layout;

/// <summary>The chip in the bar. It follows only servers that are being repaired.</summary>
public sealed partial class RunningRepairs : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly Dictionary<int, ActiveRun> _byServer = [];
    private IReadOnlyList<ActiveRun> _runs = [];

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private RepairSheetState Sheet { get; set; } = null!;

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        try
        {
            using var subscription = Live.Subscribe(server => server.ActiveRun is not null);
            Take(new LiveChanges(subscription.Snapshot, []));
            await foreach (var changes in subscription.ReadAsync(_gone.Token))
            {
                Take(changes);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The circuit has gone.
        }
    }

    private void Take(LiveChanges changes)
    {
        foreach (var id in changes.Removed)
        {
            _byServer.Remove(id);
        }

        foreach (var server in changes.Changed)
        {
            if (server.ActiveRun is { IsFinal: false } run)
            {
                _byServer[server.Id] = ActiveRun.From(server.Id, server.Name, run);
            }
            else
            {
                _byServer.Remove(server.Id);
            }
        }

        var runs = _byServer.Values.OrderBy(run => run.StartedAt).ToList();
        if (!runs.SequenceEqual(_runs))
        {
            _runs = runs;
            StateHasChanged();
        }
    }
}
