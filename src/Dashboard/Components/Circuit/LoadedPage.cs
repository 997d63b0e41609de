using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Components.Circuit;

/// <summary>
/// A page that reads its address, loads one view and then follows what changes. The last view stays while a new one loads; an older load
/// never overwrites a newer one. All of it on the renderer's thread.
/// </summary>
/// <typeparam name="TView">All that the page shows, loaded at once.</typeparam>
public abstract partial class LoadedPage<TView> : ComponentBase, IDisposable
    where TView : class
{
    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource? _loading;
    private string _path = "";
    private string _query = "";

    protected LoadedPage() => Gone = _gone.Token;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Caller Asker { get; set; } = null!;

    [Inject]
    private PrerenderHandoff Handoff { get; set; } = null!;

    [Inject]
    private ILoggerFactory LoggerFactory { get; set; } = null!;

    /// <summary>Public and settable because the framework carries it from the first rendering to the circuit.</summary>
    [PersistentState]
    public string? HandoffKey { get; set; }

    /// <summary>Null until the first load ended.</summary>
    protected TView? View { get; set; }

    /// <summary>What went wrong with the last load, for a person; null while all is well.</summary>
    protected string? LoadError { get; private set; }

    protected bool IsLoading { get; private set; }

    /// <summary>True when a load has ended with nothing: what the address names does not exist.</summary>
    protected bool IsMissing => !IsLoading && View is null && LoadError is null;

    /// <summary>Cancelled when the page goes; can be asked after that, too.</summary>
    protected CancellationToken Gone { get; }

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        _gone.Cancel();
        _gone.Dispose();
        _loading?.Dispose();
        OnDisposing();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes filters and selection from the address.</summary>
    protected virtual void ReadAddress(string uri)
    {
    }

    /// <summary>Null where what the address names does not exist.</summary>
    protected abstract Task<TView?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Runs once the page is live, until it goes.</summary>
    protected virtual Task FollowAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected virtual void OnDisposing()
    {
    }

    /// <summary>True where a path is still this page's. A page whose parts have paths of their own takes these, too: it reads its address again and goes on.</summary>
    protected virtual bool Covers(string path) => path == _path;

    protected override async Task OnInitializedAsync()
    {
        (_path, _query) = (PathOf(Navigation.Uri), QueryOf(Navigation.Uri));
        ReadAddress(Navigation.Uri);
        Navigation.LocationChanged += OnLocationChanged;
        View = Handoff.Take<TView>(HandoffKey, Asker.Identity);
        if (View is null)
        {
            await ReloadAsync();
        }

        HandoffKey = !RendererInfo.IsInteractive && View is not null ? Handoff.Put(View, Asker.Identity) : null;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        try
        {
            await FollowAsync(Gone);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The page has gone.
        }
    }

    protected async Task ReloadAsync()
    {
        if (Gone.IsCancellationRequested)
        {
            return;
        }

        if (_loading is not null)
        {
            await _loading.CancelAsync();
            _loading.Dispose();
        }

        var loading = _loading = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        var token = loading.Token;
        IsLoading = true;
        try
        {
            var view = await LoadAsync(token);
            if (!token.IsCancellationRequested)
            {
                View = view;
                LoadError = null;
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // A newer load, or nobody, wants it.
        }
        catch (Exception error) when (!token.IsCancellationRequested)
        {
            ReportLoadError(error);
        }
        finally
        {
            if (ReferenceEquals(_loading, loading))
            {
                IsLoading = false;
            }
        }
    }

    /// <summary>Keeps what is shown and says that it could not be read again.</summary>
    protected void ReportLoadError(Exception error)
    {
        Log.NotLoaded(LoggerFactory.CreateLogger(GetType()), error, PathOf(Navigation.Uri));
        LoadError = "WsusDashboard couldn't read this page from its database. Your servers aren't affected. Try again; if it keeps failing, see WsusDashboard's log for details.";
    }

    /// <summary>Takes a view that was loaded beside <see cref="ReloadAsync"/>.</summary>
    protected void ReportLoaded() => LoadError = null;

    /// <summary>Loads again and shows it.</summary>
    protected async Task RefreshAsync()
    {
        await ReloadAsync();
        StateHasChanged();
    }

    private static string PathOf(string uri) => new Uri(uri).AbsolutePath;

    private static string QueryOf(string uri) => new Uri(uri).Query;

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        var (path, query) = (PathOf(change.Location), QueryOf(change.Location));

        // Another place on the same page (#list) shows nothing else.
        if (Covers(path) && (path, query) != (_path, _query))
        {
            (_path, _query) = (path, query);
            _ = InvokeAsync(async () =>
            {
                ReadAddress(change.Location);
                StateHasChanged();
                await RefreshAsync();
            });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The page {Path} couldn't be loaded")]
        public static partial void NotLoaded(ILogger logger, Exception error, string path);
    }
}
