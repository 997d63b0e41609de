using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Features.Logs;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>Live tail of one of the logs of a server. Lines come in bursts: the list is drawn at most four times a second and keeps the newest.</summary>
public sealed partial class LogSection : IDisposable
{
    private static readonly (string Value, string Word)[] Severities = [("", "All lines"), ("warning", "Warnings and errors"), ("error", "Errors")];

    private const int Capacity = 1000;
    private const int TailLines = 200;

    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(250);

    private readonly List<Line> _lines = [];
    private CancellationTokenSource? _reading;
    private Failure? _failure;
    private ElementReference _scroll;
    private string? _name;
    private string _severity = "";
    private string? _search = "";
    private long _number;
    private bool _follows = true;
    private bool _isScrollDue;
    private bool _isDrawDue;
    private LogPlace? _place;
    private long? _chosen;
    private bool _isChosenDue;
    private string? _notice;

    private sealed record Line(long Number, LogEntry Entry);

    [Inject]
    private LogService Logs { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Parameter, EditorRequired]
    public int ServerId { get; set; }

    [Parameter, EditorRequired]
    public string ServerName { get; set; } = "";

    /// <summary>What the address names; null = nothing.</summary>
    [Parameter]
    public LogPlace? Place { get; set; }

    /// <summary>The log to open where the address names none; null = none, until a person chooses one.</summary>
    [Parameter]
    public string? Default { get; set; }

    private LogPlace? Wanted => Place ?? (Default is { } name ? new LogPlace(name, null) : null);

    private string? Shows => Wanted?.Log;

    private List<Line> Shown => [.. _lines.Where(line => IsShown(line.Entry))];

    public void Dispose()
    {
        _reading?.Cancel();
        _reading?.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_place != Wanted)
        {
            _place = Wanted;
            await (_place switch
            {
                { Moment: { } moment } => OpenAsync(moment),
                { Log: var log } => OpenAsync(log),
                _ => Task.CompletedTask,
            });
            StateHasChanged();
        }

        if (_isScrollDue)
        {
            _isScrollDue = false;
            await Browser.InvokeAsync("scrollToEnd", _scroll);
        }

        if (_isChosenDue)
        {
            _isChosenDue = false;
            await Browser.InvokeAsync("scrollToCurrent", _scroll);
        }
    }

    private static string Severity(string severity) => severity switch
    {
        "error" => "Error",
        "warning" => "Warning",
        _ => "",
    };

    private bool IsShown(LogEntry entry) =>
        (_severity.Length == 0 || entry.Severity == "error" || entry.Severity == _severity)
        && (string.IsNullOrEmpty(_search) || entry.Text.Contains(_search, StringComparison.OrdinalIgnoreCase));

    private async Task OpenAsync(string name)
    {
        var reading = await BeginAsync(name);
        _follows = true;
        _ = FollowAsync(name, reading);
    }

    /// <summary>Reads the end of the log once and shows the lines around the moment; new lines come when a person follows again.</summary>
    private async Task OpenAsync(LogMoment moment)
    {
        var reading = await BeginAsync(moment.Log);
        _follows = false;
        StateHasChanged();
        try
        {
            var read = await Logs.TailAsync(ServerId, moment.Log, LogService.MaximumTailLines, reading);
            if (reading.IsCancellationRequested)
            {
                return;
            }

            _failure = read.Failure;
            foreach (var entry in moment.Around(read.Value ?? [], Capacity))
            {
                Add(entry);
            }

            _chosen = moment.Nearest([.. _lines.Select(line => line.Entry)]) is { } index ? _lines[index].Number : null;
            _notice = read.IsSuccess ? moment.Missing(read.Value, ServerName, Viewer.Minute) : null;
            _isChosenDue = _chosen is not null;
            StateHasChanged();
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            // Another log was chosen, or the page has gone.
        }
    }

    private async Task<CancellationToken> BeginAsync(string name)
    {
        if (_reading is not null)
        {
            await _reading.CancelAsync();
            _reading.Dispose();
        }

        var reading = _reading = new CancellationTokenSource();
        _name = name;
        _lines.Clear();
        (_failure, _notice, _chosen) = (null, null, null);
        return reading.Token;
    }

    private async Task FollowAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var outcome in Logs.FollowAsync(ServerId, name, TailLines, cancellationToken))
            {
                if (outcome.IsSuccess)
                {
                    Add(outcome.Value);
                }
                else
                {
                    _failure = outcome.Failure;
                }

                _ = DrawSoonAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Another log was chosen, or the page has gone.
        }
        catch (Exception error)
        {
            await DispatchExceptionAsync(error);
        }
    }

    private void Add(LogEntry entry)
    {
        if (_lines.Count == Capacity)
        {
            _lines.RemoveAt(0);
        }

        _lines.Add(new Line(_number++, entry));
    }

    private async Task DrawSoonAsync(CancellationToken cancellationToken)
    {
        if (_isDrawDue || !_follows)
        {
            return;
        }

        _isDrawDue = true;
        try
        {
            await Task.Delay(DrawEvery, TimeProvider, cancellationToken);
            _isScrollDue = _follows;
            StateHasChanged();
        }
        catch (OperationCanceledException)
        {
            // Another log was chosen, or the page has gone.
        }
        finally
        {
            _isDrawDue = false;
        }
    }

    private void ToggleFollow()
    {
        if (_chosen is not null || _notice is not null)
        {
            // What is shown is a part of the log that was read once: its end is at another address.
            Navigation.NavigateTo(Links.Log(ServerId, _name!));
            return;
        }

        _follows = !_follows;
        _isScrollDue = _follows;
    }
}
