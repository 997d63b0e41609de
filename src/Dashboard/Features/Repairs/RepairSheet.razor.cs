using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>The side sheet in which a repair is planned, confirmed and followed, at an address of its own. Closing it stops nothing.</summary>
public sealed partial class RepairSheet : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private ElementReference _dialog;
    private RepairSubject? _subject;
    private bool _isOpen;
    private bool _isPrepared;

    [Inject]
    private RepairSheetState Sheet { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await OpenAddressAsync();
        }

        var shouldBeOpen = _subject is not null;
        if (shouldBeOpen == _isOpen)
        {
            return;
        }

        _isOpen = shouldBeOpen;
        if (!_isPrepared)
        {
            _isPrepared = true;
            await Browser.InvokeAsync("closeOnShade", _dialog);
        }

        await Browser.InvokeAsync(shouldBeOpen ? "openDialog" : "closeDialog", _dialog);
    }

    /// <summary>Somebody came by a link: right after a start of the dashboard its servers are not here yet.</summary>
    private async Task OpenAddressAsync()
    {
        try
        {
            await Live.WhenLoadedAsync(_gone.Token);
            _subject = Sheet.Subject;
            StateHasChanged();
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The page below says that there are no servers yet.
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(() =>
    {
        var subject = Sheet.Subject;
        if (subject is null)
        {
            Sheet.Left();
        }

        if (subject != _subject)
        {
            _subject = subject;
            StateHasChanged();
        }
    });

    private void ShowRun(string repairId) => Sheet.ReplaceByRun(_subject!.ServerId, repairId);

    /// <summary>Back to where it was opened from; by a link, to the server.</summary>
    private async Task CloseAsync()
    {
        if (_subject is not { } subject)
        {
            return;
        }

        // Asked for twice, by the button and by the dialog that closes: once is enough.
        _subject = null;
        if (Sheet.IsOpenedFromPage)
        {
            await Browser.InvokeAsync("goBack");
        }
        else
        {
            Navigation.NavigateTo(Links.Server(subject.ServerId), replace: true);
        }
    }
}
