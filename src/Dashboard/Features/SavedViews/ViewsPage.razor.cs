using Microsoft.AspNetCore.Components;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.SavedViews;

/// <summary>The views and the tags that the viewer sees. Both are few enough for one list.</summary>
public sealed record SavedViewList(IReadOnlyList<SavedView> Views, IReadOnlyList<TagCount> Tags);

/// <summary>Renames and deletes views, and deletes tags.</summary>
public sealed partial class ViewsPage : LoadedPage<SavedViewList>
{
    private int? _renaming;
    private string _name = "";

    [Inject]
    private SavedViewService Service { get; set; } = null!;

    [Inject]
    private TagService TagService { get; set; } = null!;

    [Inject]
    private VisibleServers Servers { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    private string Lead => View is { } list
        ? $"{Wording.Count(list.Views.Count, "saved view")} and {Wording.Count(list.Tags.Count, "tag")}. Tags filter servers; they give nobody any rights."
        : "Saved views of the fleet, and the tags of its servers.";

    protected override async Task<SavedViewList?> LoadAsync(CancellationToken cancellationToken)
    {
        await Servers.WhenLoadedAsync(cancellationToken);
        var views = await Service.GetAllAsync(cancellationToken);
        return views.IsSuccess ? new(views.Value, TagService.GetAll()) : throw new InvalidOperationException(views.Failure.Message);
    }

    private void BeginRename(SavedView view) => (_renaming, _name) = (view.Id, view.Name);

    private async Task RenameAsync(SavedView view)
    {
        var renamed = await Service.ChangeAsync(view.Id, new(_name), view.Revision, Gone);
        Messages.Show(renamed.Failure?.Message ?? $"View “{view.Name}” is now “{renamed.Value!.Name}”.", !renamed.IsSuccess);
        _renaming = renamed.IsSuccess ? null : _renaming;
        await RefreshAsync();
    }

    private async Task DeleteAsync(SavedView view)
    {
        var question = new ConfirmRequest
        {
            Title = $"Delete view “{view.Name}”?",
            Consequence = view.IsShared ? "It goes for everyone. Servers and tags stay as they are." : "Servers and tags stay as they are.",
            Verb = $"Delete view “{view.Name}”",
        };
        if (await Confirmation.AskAsync(question) is null)
        {
            return;
        }

        var deleted = await Service.DeleteAsync(view.Id, Gone);
        Messages.Show(deleted.Failure?.Message ?? $"View “{view.Name}” deleted.", !deleted.IsSuccess);
        await RefreshAsync();
    }
}
