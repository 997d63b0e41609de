using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Host.Layout;

/// <summary>The frame of every page: bar, content, the one repair sheet and the one confirm dialog.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? _boundary;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private IOwnership Ownership { get; set; } = null!;

    [CascadingParameter]
    private HttpContext? HttpContext { get; set; }

    public void Dispose() => Viewer.Changed -= OnViewerChanged;

    protected override void OnInitialized()
    {
        Viewer.Changed += OnViewerChanged;
        Viewer.UseTimeZone(HttpContext?.Request.Cookies[Viewer.TimeZoneCookie]);
    }

    protected override void OnParametersSet() => _boundary?.Recover();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            Viewer.UseTimeZone(await Browser.InvokeAsync<string>("start"));
        }
    }

    private void OnViewerChanged() => _ = InvokeAsync(StateHasChanged);

    private void Recover() => _boundary?.Recover();

    private async Task FocusContentAsync() => await Browser.InvokeAsync("focusContent");
}
