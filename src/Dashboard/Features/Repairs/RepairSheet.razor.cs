using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>The side sheet in which a repair is planned, confirmed and followed. Closing it stops nothing.</summary>
public sealed partial class RepairSheet : IDisposable
{
    private ElementReference _dialog;
    private RepairSubject? _subject;
    private bool _isOpen;
    private bool _isPrepared;

    [Inject]
    private RepairSheetState Sheet { get; set; } = null!;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    public void Dispose() => Sheet.Changed -= OnChanged;

    protected override void OnInitialized() => Sheet.Changed += OnChanged;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
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

    private void OnChanged() => _ = InvokeAsync(() =>
    {
        _subject = Sheet.Subject;
        StateHasChanged();
    });

    private void ShowRun(string repairId) => Sheet.OpenRun(_subject!.ServerId, _subject.ServerName, repairId);
}
