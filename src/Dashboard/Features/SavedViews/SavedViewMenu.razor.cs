using Microsoft.AspNetCore.Components;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.SavedViews;

/// <summary>The views that someone can open, read when the menu opens: an open page asks no database.</summary>
public sealed partial class SavedViewMenu : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<SavedView> _views = [];
    private MudTextField<string>? _field;
    private string? _failure;
    private string? _problem;
    private string _name = "";
    private bool _isShared;
    private bool _isSaving;
    private bool _isBusy;
    private bool _isFocusDue;

    [Inject]
    private SavedViewService Service { get; set; } = null!;

    [Inject]
    private TagService Tags { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    /// <summary>What is shown now.</summary>
    [Parameter, EditorRequired]
    public FleetQuery Query { get; set; } = new();

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isFocusDue && _field is not null)
        {
            _isFocusDue = false;
            await _field.FocusAsync();
        }
    }

    private static string NameOf(SavedView view) => $"{view.Name}{(view.IsShared ? " (shared)" : "")}{(view.DeletedTag is { } tag ? $": tag {tag.Tag} was deleted" : "")}";

    private async Task OnOpenChangedAsync(bool isOpen)
    {
        if (isOpen)
        {
            var read = await Service.GetAllAsync(_gone.Token);
            (_views, _failure) = (read.Value ?? [], read.Failure?.Message);
        }
    }

    private void OpenForm() => (_isSaving, _isFocusDue, _problem, _isShared, _name) = (true, true, null, !Service.MayOwn, "");

    private void Close() => _isSaving = false;

    private async Task SaveAsync()
    {
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        var saved = await Service.AddAsync(_name, (Query with { Page = 1 }).ToUri().TrimStart('/').TrimStart('?'), _isShared, _gone.Token);
        (_isBusy, _problem, _isSaving) = (false, saved.Failure?.Message, !saved.IsSuccess);
        if (saved.IsSuccess)
        {
            Messages.Show($"View “{saved.Value.Name}” saved.", isFailure: false);
        }
    }
}
