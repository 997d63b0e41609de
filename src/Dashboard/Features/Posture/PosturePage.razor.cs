using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>Is the fleet safe, supported and ready for the next months? Filters and pages are in the address.</summary>
public sealed partial class PosturePage : LoadedPage<PostureView>
{
    /// <summary>Agents read the facts once an hour; what changes sooner is what people accept.</summary>
    private static readonly TimeSpan LoadEvery = TimeSpan.FromMinutes(1);

    private static readonly (string Value, string Word)[] Kinds = [("", "All kinds"), .. PostureLabels.Kinds.Select(kind => (kind.ToString(), PostureLabels.Kind(kind)))];
    private static readonly (string Value, string Word)[] Severities = [("", "Any severity"), (nameof(PostureSeverity.Warning), "Warning and critical"), (nameof(PostureSeverity.Critical), "Critical")];
    private static readonly (string Value, string Word)[] Answers = [("", "Any answer"), (nameof(PostureAnswer.Found), "Found"), (nameof(PostureAnswer.PartlyFixed), "Fixed in part"), (nameof(PostureAnswer.CannotSay), "Can't say")];
    private static readonly (string Value, string Word)[] Acceptances = [("", "Accepted or not"), ("false", "Not accepted"), ("true", "Accepted")];

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

    private static IEnumerable<(string Value, string Word)> SitesOf(PostureView view) =>
        view.Sites.Where(site => site.Site.Length > 0).Select(site => (site.Site, $"{site.Site} ({site.Servers})")).Prepend(("", "All sites"));

    private static T? Read<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, out var value) ? value : null;

    private static bool? Flag(string? text) => bool.TryParse(text, out var flag) ? flag : null;

    private void Go(PostureQuery query) => Navigation.NavigateTo((query with { Page = 1, CalendarPage = 1 }).ToUri());
}
