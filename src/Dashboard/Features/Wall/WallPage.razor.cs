using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.Wall;

/// <summary>The fleet for a television: from memory, at most every two seconds, and nothing is kept from one look to the next.</summary>
public sealed partial class WallPage : LoadedPage<WallView>
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private DateTimeOffset? _readAt;

    [Inject]
    private VisibleServers Servers { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    protected override async Task<WallView?> LoadAsync(CancellationToken cancellationToken) => Look(await Servers.LoadAsync(cancellationToken));

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery, TimeProvider);
        do
        {
            var before = _readAt;
            var next = Look(Servers.GetAll());
            if (View != next || _readAt != before)
            {
                View = next;
                StateHasChanged();
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>The newest word of any agent is how old the picture is.</summary>
    private WallView Look(IReadOnlyList<LiveServer> servers)
    {
        _readAt = servers.Max(server => server.Link.LastMessageAt);
        return WallView.Of(servers, TimeProvider.GetUtcNow());
    }
}
