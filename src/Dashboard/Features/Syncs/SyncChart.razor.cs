using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Vizor.ECharts;
using WsusDashboard.Dashboard.Components.Layout;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>
/// Stacked days. The chart script is loaded when the first chart is shown; colours come from the theme in force, and app.js paints again when the
/// theme changes. Keyboard and screen reader take the table beside it.
/// </summary>
public sealed partial class SyncChart : IDisposable
{
    private readonly string _id = $"chart-{Guid.NewGuid():N}";
    private IReadOnlyList<SyncDay>? _drawn;
    private ChartOptions? _options;
    private ChartColors? _colors;
    private DotNetObjectReference<SyncChart>? _self;
    private bool _isAttachDue;
    private bool _isGone;

    /// <summary>Colours of the theme in force, as CSS text.</summary>
    public sealed record ChartColors(string Good, string Warning, string Bad, string Quiet, string Busy, string Text, string Strong, string Line, string Surface, string Font);

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<SyncDay> Days { get; set; } = [];

    /// <summary>A day was clicked.</summary>
    [Parameter]
    public EventCallback<DateOnly> OnDay { get; set; }

    private string Label => string.Create(CultureInfo.InvariantCulture, $"Synchronizations of {Days.Count} days: {Days.Sum(day => day.Succeeded)} succeeded, {Days.Sum(day => day.Cancelled)} cancelled, {Days.Sum(day => day.Failed)} failed. The same numbers stand in the table.");

    [JSInvokable]
    public async Task ChooseDay(int index)
    {
        if (index >= 0 && index < Days.Count && OnDay.HasDelegate)
        {
            await OnDay.InvokeAsync(Days[index].Day);
        }
    }

    public void Dispose()
    {
        _isGone = true;
        _self?.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isAttachDue)
        {
            _isAttachDue = false;
            _self ??= DotNetObjectReference.Create(this);
            await Browser.InvokeAsync("attachChart", _id, OnDay.HasDelegate ? _self : null);
            return;
        }

        if (_drawn is not null && _drawn.SequenceEqual(Days))
        {
            return;
        }

        _drawn = Days;
        _colors ??= await LoadColorsAsync();
        if (_colors is not null && !_isGone)
        {
            _options = Build(_colors);
            _isAttachDue = true;
            StateHasChanged();
        }
    }

    private async Task<ChartColors?> LoadColorsAsync()
    {
        await Browser.InvokeAsync("loadCharts");
        return await Browser.InvokeAsync<ChartColors>("chartColors");
    }

    private ChartOptions Build(ChartColors colors) => new()
    {
        Animation = false,
        TextStyle = new() { Color = colors.Text, FontFamily = colors.Font },
        Grid = new() { Left = 40, Right = 12, Top = 36, Bottom = 26 },
        Legend = new() { Type = LegendType.Scroll, Top = 0, Left = 0, ItemWidth = 12, ItemHeight = 12, TextStyle = new() { Color = colors.Text } },
        Tooltip = new()
        {
            Trigger = TooltipTrigger.Axis,
            AxisPointer = new() { Type = AxisPointerType.Shadow },
            BackgroundColor = colors.Surface,
            BorderColor = colors.Line,
            TextStyle = new() { Color = colors.Strong },
            Confine = true,
        },
        Toolbox = new() { Show = true, ItemSize = 0, Feature = new() { DataZoom = new() { Show = true } } },
        XAxis = new()
        {
            Type = AxisType.Category,
            Data = Days.Select(day => day.Day.ToString("MMM d", CultureInfo.InvariantCulture)).ToArray(),
            AxisLabel = new() { Color = colors.Text },
            AxisTick = new() { Show = false },
            AxisLine = new() { LineStyle = new() { Color = colors.Line } },
        },
        YAxis = new()
        {
            Type = AxisType.Value,
            MinInterval = 1,
            AxisLabel = new() { Color = colors.Text },
            SplitLine = new() { LineStyle = new() { Color = colors.Line } },
        },
        Series =
        [
            Bars("Failed", colors.Bad, day => day.Failed),
            Bars("Cancelled", colors.Warning, day => day.Cancelled),
            Bars("Succeeded", colors.Good, day => day.Succeeded),
            Bars("Running", colors.Busy, day => day.Running),
            Bars("No end recorded", colors.Quiet, day => day.Unknown),
        ],
    };

    private BarSeries Bars(string name, string color, Func<SyncDay, int> count) => new()
    {
        Name = name,
        Stack = "day",
        BarMaxWidth = 28,
        BarCategoryGap = "25%",
        ItemStyle = new() { Color = color },
        Cursor = OnDay.HasDelegate ? "pointer" : "default",
        Data = Days.Select(count).ToArray(),
    };
}
