using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>What is known of one server's posture: read again when its agent has read the facts again. A tab of the server's page.</summary>
public sealed partial class ServerPosture : LoadedPage<ServerPostureView>
{
    [Inject]
    private PostureService Posture { get; set; } = null!;

    [Inject]
    private VisibleServers Servers { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired]
    public int Id { get; set; }

    protected override async Task<ServerPostureView?> LoadAsync(CancellationToken cancellationToken) => await Posture.FindAsync(Id, cancellationToken);

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var subscription = Servers.Subscribe(server => server.Id == Id);
        await foreach (var changes in subscription.ReadAsync(cancellationToken))
        {
            if (changes.IsReset || changes.Removed.Contains(Id) || changes.Changed.Any(server => server.Id == Id && server.Snapshot?.Posture.Revision != View?.Revision))
            {
                await RefreshAsync();
            }
        }
    }
}
