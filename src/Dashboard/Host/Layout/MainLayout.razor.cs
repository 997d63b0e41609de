using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Host.Layout;

/// <summary>The frame of every page: bar, menu, content, the one repair sheet, the command palette and the one confirm dialog.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? _boundary;
    private IReadOnlyList<MenuEntry> _entries = [];
    private bool _isMenuOpen;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private IOwnership Ownership { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private HttpContext? HttpContext { get; set; }

    public void Dispose()
    {
        Viewer.Changed -= OnViewerChanged;
        Navigation.LocationChanged -= OnLocationChanged;
    }

    protected override void OnInitialized()
    {
        _entries = MenuEntry.For(Caller, Ownership);
        Navigation.LocationChanged += OnLocationChanged;
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

    private static NavLinkMatch MatchOf(MenuEntry entry) => entry.Href == Links.Fleet ? NavLinkMatch.All : NavLinkMatch.Prefix;

    private void OnViewerChanged() => _ = InvokeAsync(StateHasChanged);

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        if (_isMenuOpen)
        {
            _ = InvokeAsync(() =>
            {
                _isMenuOpen = false;
                StateHasChanged();
            });
        }
    }

    private void OpenMenu() => _isMenuOpen = true;

    private void SetMenu(bool isOpen) => _isMenuOpen = isOpen;

    private void OnMenuKey(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
        {
            _isMenuOpen = false;
        }
    }

    private void Recover() => _boundary?.Recover();

    private async Task FocusContentAsync() => await Browser.InvokeAsync("focusContent");
}
