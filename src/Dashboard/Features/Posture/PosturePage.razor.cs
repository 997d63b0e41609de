using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>Is the fleet safe, supported and ready for the next months? Filters and pages are in the address.</summary>
public sealed partial class PosturePage : LoadedPage<PostureView>
{
    /// <summary>Agents read the facts once an hour; what changes sooner is what people accept.</summary>
    private static readonly TimeSpan LoadEvery = TimeSpan.FromMinutes(1);

    private PostureQuery _query = new();

    [Inject]
    private PostureService Posture { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    protected override void ReadAddress(string uri) => _query = PostureQuery.FromUri(uri);

    protected override async Task<PostureView?> LoadAsync(CancellationToken cancellationToken) => await Posture.GetViewAsync(_query, cancellationToken);

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(LoadEvery, TimeProvider, cancellationToken);
            await RefreshAsync();
        }
    }

    private static string? Text(ChangeEventArgs change) => change.Value?.ToString() is { Length: > 0 } text ? text : null;

    private static T? Read<T>(ChangeEventArgs change)
        where T : struct, Enum => Enum.TryParse<T>(Text(change), out var value) ? value : null;

    private static bool? Flag(ChangeEventArgs change) => bool.TryParse(Text(change), out var flag) ? flag : null;

    private void Go(PostureQuery query) => Navigation.NavigateTo((query with { Page = 1, CalendarPage = 1 }).ToUri());
}
