using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.SavedViews;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Host.Layout;

/// <summary>Ctrl+K: finds servers, problems, sites, pages and error numbers from any page, and leads to actions. It starts nothing itself.</summary>
public sealed partial class CommandPalette : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource _typing = new();
    private ElementReference _dialog;
    private PaletteSearch? _search;
    private IReadOnlyList<PaletteItem> _items = [];
    private string _text = "";
    private string? _answered;
    private int _field;
    private int _active;
    private int _serverCount;
    private bool _isOpen;

    [Inject]
    private VisibleServers Servers { get; set; } = null!;

    [Inject]
    private VisibleProblems Problems { get; set; } = null!;

    [Inject]
    private SavedViewService Views { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private IOwnership Ownership { get; set; } = null!;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private RepairSheetState Sheet { get; set; } = null!;

    [Inject]
    private ILogger<CommandPalette> Logger { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    private string Hint => _text.Length == 0 ? "Also: repair SERVER · timeline SERVER · explain NUMBER · dark · light"
        : _items.Count == 0 && _answered == _text ? "Nothing found."
        : _serverCount > 1 ? $"{Wording.Count(_serverCount, "server")} match."
        : "";

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        _typing.Dispose();
    }

    protected override void OnInitialized() => _search = new(Servers, Problems, Caller, Ownership);

    private static string OptionId(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"palette-{index}");

    /// <summary>The browser has opened it: what was used last stands there first.</summary>
    private async Task OnFocusInAsync()
    {
        if (_isOpen)
        {
            return;
        }

        _isOpen = true;
        await ReadViewsAsync();
        var recent = await Browser.InvokeAsync<string[]>("recent") ?? [];
        if (_isOpen && _text.Length == 0)
        {
            Show(new(_search!.Recall(recent), 0), "");
        }
    }

    /// <summary>The one thing that isn't in memory: read once for as long as it stands open.</summary>
    private async Task ReadViewsAsync()
    {
        try
        {
            _search!.Views = (await Views.GetAllAsync(_gone.Token)).Value ?? [];
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.NotSearched(Logger, error);
        }
        catch (OperationCanceledException)
        {
            // The page has gone.
        }
    }

    private async Task OnInputAsync(ChangeEventArgs change)
    {
        _text = change.Value?.ToString()?.Trim() ?? "";
        await _typing.CancelAsync();
        _typing.Dispose();
        _typing = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        try
        {
            var stopped = _typing.Token;
            await Task.Delay(Pause, TimeProvider, stopped);
            await FindAsync(stopped);
        }
        catch (OperationCanceledException)
        {
            // A newer key stroke asks again.
        }
    }

    private async Task FindAsync(CancellationToken cancellationToken)
    {
        var text = _text;
        try
        {
            var answer = text.Length == 0 ? new(_search!.Recall(await Browser.InvokeAsync<string[]>("recent") ?? []), 0) : await _search!.FindAsync(text, cancellationToken);
            if (text == _text)
            {
                Show(answer, text);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // It stands outside the page: its trouble must not end the page.
            Log.NotSearched(Logger, error);
            Show(PaletteAnswer.Nothing, text);
        }
    }

    private void Show(PaletteAnswer answer, string text) => (_items, _serverCount, _active, _answered) = (answer.Items, answer.ServerCount, 0, text);

    private async Task OnKeyDownAsync(KeyboardEventArgs key)
    {
        switch (key.Key)
        {
            case "ArrowDown" when _items.Count > 0:
                _active = (_active + 1) % _items.Count;
                break;
            case "ArrowUp" when _items.Count > 0:
                _active = (_active + _items.Count - 1) % _items.Count;
                break;
            case "Enter":
                await ChooseActiveAsync();
                break;
        }
    }

    private async Task ChooseActiveAsync()
    {
        if (_answered != _text)
        {
            // Enter right after the last letter: to what was typed, not to what its first letters found.
            await _typing.CancelAsync();
            await FindAsync(_gone.Token);
        }

        if (_active < _items.Count)
        {
            await ChooseAsync(_items[_active]);
        }
    }

    private async Task ChooseAsync(PaletteItem item)
    {
        Forget();
        await Browser.InvokeAsync("closeDialog", _dialog);
        await Browser.InvokeAsync("remember", item.Key, PaletteSearch.MaximumRecent);
        if (item.Sheet is { RepairId: { } run } running)
        {
            Sheet.OpenRun(running.ServerId, running.ServerName, run);
        }
        else if (item.Sheet is { } plan)
        {
            Sheet.OpenPlan(plan.ServerId, plan.ServerName, plan.Playbook);
        }
        else if (item.Action is { } action)
        {
            await Browser.InvokeAsync("act", action);
        }
        else if (item.Href is { } href)
        {
            Navigation.NavigateTo(href, forceLoad: item.IsApart);
        }
    }

    /// <summary>Closed, by a key, by a click beside it or because something was chosen.</summary>
    private void Forget()
    {
        if (_isOpen || _text.Length > 0)
        {
            _field++;
        }

        _isOpen = false;
        _text = "";
        Show(PaletteAnswer.Nothing, "");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The command palette couldn't search")]
        public static partial void NotSearched(ILogger logger, Exception error);
    }
}
