using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>Filters of the fleet. Each choice is a new address: nothing is kept beside the URL.</summary>
public sealed partial class FleetToolbar : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static readonly Health[] Offered = [Health.Critical, Health.Warning, Health.Healthy, Health.Unreachable, Health.Unknown];

    private CancellationTokenSource _typing = new();
    private string _search = "";
    private string? _shownSearch;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Parameter, EditorRequired]
    public FleetQuery Query { get; set; } = new();

    [Parameter, EditorRequired]
    public FleetView View { get; set; } = null!;

    private string Total => Query.IsFiltered
        ? $"{Wording.Number(View.Page.Total)} of {Wording.Count(View.Counts.Total, "server")}"
        : Wording.Count(View.Counts.Total, "server");

    public void Dispose()
    {
        _typing.Cancel();
        _typing.Dispose();
    }

    protected override void OnParametersSet()
    {
        // The box follows the address (back button, cleared filters), but never overwrites what is being typed.
        if (Query.Search != _shownSearch)
        {
            _shownSearch = Query.Search;
            _search = Query.Search ?? "";
        }
    }

    private static string? Text(ChangeEventArgs change) => change.Value?.ToString() is { Length: > 0 } text ? text : null;

    private static Health? Read(ChangeEventArgs change) => Enum.TryParse<Health>(Text(change), out var health) ? health : null;

    private void Go(FleetQuery query) => Navigation.NavigateTo((query with { Page = 1 }).ToUri());

    private async Task OnSearchAsync(ChangeEventArgs change)
    {
        _search = change.Value?.ToString() ?? "";
        await _typing.CancelAsync();
        _typing.Dispose();
        _typing = new CancellationTokenSource();
        var stopped = _typing.Token;
        try
        {
            await Task.Delay(Pause, TimeProvider, stopped);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        var text = _search.Trim();
        _shownSearch = text.Length == 0 ? null : text;
        Navigation.NavigateTo((Query with { Search = _shownSearch, Page = 1 }).ToUri(), replace: Query.Search is not null);
    }
}
