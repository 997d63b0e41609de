using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Host.Layout;

/// <summary>The chip in the bar. It follows only servers that are being repaired.</summary>
public sealed partial class RunningRepairs : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly Dictionary<int, LiveServer> _byServer = [];
    private IReadOnlyList<LiveServer> _servers = [];

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
            using var subscription = Live.Subscribe(server => server.ActiveRepair is not null);
            Take(new LiveChanges(subscription.Snapshot, [], Revision: 0));
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
            if (server.ActiveRepair is not null)
            {
                _byServer[server.Id] = server;
            }
            else
            {
                _byServer.Remove(server.Id);
            }
        }

        var servers = _byServer.Values.OrderBy(server => server.ActiveRepair!.StartedAt).ToList();
        var isOther = !servers.Select(Shown).SequenceEqual(_servers.Select(Shown));
        _servers = servers;
        if (isOther)
        {
            StateHasChanged();
        }

        static (int, string, int, bool) Shown(LiveServer server) => (server.Id, server.ActiveRepair!.RepairId, server.ActiveRepair.StepNumber, server.ActiveRepair.IsWaiting);
    }
}
