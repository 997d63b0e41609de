using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Dashboard.Host.Layout;

/// <summary>Finds a server, or says what an error number means, from any page: type, arrow keys, Enter.</summary>
public sealed partial class ServerSearch : IDisposable
{
    private const int Shown = 10;
    private const int ErrorsShown = 3;

    /// <summary>Shorter texts are parts of names; the page of error numbers takes them too.</summary>
    private const int ShortestCode = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource _typing = new();
    private IReadOnlyList<LiveServer> _rows = [];
    private IReadOnlyList<ErrorExplanation> _errors = [];
    private string _text = "";
    private int _field;
    private int _total;
    private int _active = -1;
    private bool _hasResults;

    [Inject]
    private VisibleServers Servers { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private ILogger<ServerSearch> Logger { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    private bool IsOpen => _hasResults && _text.Length > 0;

    /// <summary>The place of "show all", behind servers and errors.</summary>
    private int Last => _rows.Count + _errors.Count;

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        _typing.Dispose();
    }

    private static string OptionId(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"server-search-{index}");

    private async Task OnInputAsync(ChangeEventArgs change)
    {
        _text = change.Value?.ToString()?.Trim() ?? "";
        await _typing.CancelAsync();
        _typing.Dispose();
        _typing = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        _active = -1;
        if (_text.Length == 0)
        {
            _hasResults = false;
            return;
        }

        try
        {
            var stopped = _typing.Token;
            await Task.Delay(Pause, TimeProvider, stopped);
            var page = new FleetQuery { Search = _text, Sort = FleetSort.Name, Descending = false, PageSize = Shown }.TakePage(await Servers.LoadAsync(stopped));
            _rows = page.Items;
            _total = page.Total;
            _errors = _text.Length < ShortestCode ? [] : [.. ErrorNumbers.Read(_text).Take(ErrorsShown).Select(ErrorExplanation.Of)];
            _hasResults = true;
        }
        catch (OperationCanceledException)
        {
            // A newer key stroke asks again.
        }
        catch (Exception error)
        {
            // The search stands outside the page: its trouble must not end the page.
            Log.NotSearched(Logger, error);
            _rows = [];
            _errors = [];
            _total = 0;
            _hasResults = false;
        }
    }

    private void OnKeyDown(KeyboardEventArgs key)
    {
        switch (key.Key)
        {
            case "ArrowDown" when IsOpen:
                _active = _active >= Last ? 0 : _active + 1;
                break;
            case "ArrowUp" when IsOpen:
                _active = _active <= 0 ? Last : _active - 1;
                break;
            case "Enter" when _text.Length > 0:
                Choose();
                break;
            case "Escape":
                Clear();
                break;
        }
    }

    private void Choose()
    {
        if (_active >= 0 && _active < _rows.Count)
        {
            Open(_rows[_active]);
        }
        else if (_active >= _rows.Count && _active < Last)
        {
            Open(_errors[_active - _rows.Count]);
        }
        else if (_active < 0 && _hasResults && _total == 1)
        {
            Open(_rows[0]);
        }
        else if (_active < 0 && _hasResults && _total == 0 && _errors.Count > 0)
        {
            Open(_errors[0]);
        }
        else
        {
            ShowAll();
        }
    }

    private void Open(LiveServer row)
    {
        Clear();
        Navigation.NavigateTo(Links.Server(row.Id));
    }

    private void Open(ErrorExplanation error)
    {
        Clear();
        Navigation.NavigateTo(Links.Explain(error.Number));
    }

    private void ShowAll()
    {
        var query = new FleetQuery { Search = _text };
        Clear();
        Navigation.NavigateTo(query.ToUri());
    }

    private void OnFocusOut() => _hasResults = false;

    private void Clear()
    {
        _text = "";
        _field++;
        _rows = [];
        _errors = [];
        _hasResults = false;
        _active = -1;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The server search failed")]
        public static partial void NotSearched(ILogger logger, Exception error);
    }
}
