using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;

namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>Shows what <see cref="Confirmation"/> asks. One of it stands in the layout.</summary>
public sealed partial class ConfirmDialog : IDisposable
{
    private ElementReference _dialog;
    private ConfirmRequest? _request;
    private ConfirmRequest? _shown;
    private string? _reason;
    private string? _ticket;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    public void Dispose() => Confirmation.Changed -= OnChanged;

    protected override void OnInitialized() => Confirmation.Changed += OnChanged;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (ReferenceEquals(_request, _shown))
        {
            return;
        }

        _shown = _request;
        await Browser.InvokeAsync(_request is null ? "closeDialog" : "openDialog", _dialog);
    }

    private void OnChanged() => _ = InvokeAsync(() =>
    {
        _request = Confirmation.Current;
        (_reason, _ticket) = (null, null);
        StateHasChanged();
    });

    private void Accept() => Confirmation.Answer(new ConfirmAnswer(_reason?.Trim() ?? "", _ticket?.Trim() ?? ""));

    private void Cancel()
    {
        if (Confirmation.Current is not null)
        {
            Confirmation.Answer(null);
        }
    }
}
