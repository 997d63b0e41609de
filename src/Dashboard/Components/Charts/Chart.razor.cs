using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace WsusDashboard.Dashboard.Components.Charts;

/// <summary>A place on a chart that was clicked.</summary>
/// <param name="X">On a category axis the index of the category, on a time axis milliseconds since 1970, else the value.</param>
/// <param name="Y">The same on the other axis.</param>
public sealed record ChartPlace(double X, double Y);

/// <summary>The part of the horizontal axis that is shown.</summary>
/// <param name="From">As <see cref="ChartPlace.X"/>.</param>
/// <param name="To">As <see cref="ChartPlace.X"/>, included.</param>
/// <param name="IsZoomed">False when all is shown again.</param>
public sealed record ChartRange(double From, double To, bool IsZoomed);

/// <summary>
/// An ECharts chart from plain options: anything that becomes the JSON of https://echarts.apache.org/en/option.html (anonymous objects, records,
/// JsonNode). Colours are "theme:good|warning|bad|busy|quiet|text|strong|line|surface|primary|background" and follow light and dark by themselves;
/// formatters are "format:integer|number|percent|duration|milliseconds|bytes|kilobytes" (duration: of seconds) and, on an axis of categories, "label:day"; a custom
/// series draws with "draw:span". Functions are not possible, because no page may evaluate code. The keyboard walks over it: arrows, Enter, + and -, Escape. It fits its parent's width, draws again when the options change, and goes with the component.
/// </summary>
public sealed partial class Chart : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private ElementReference _canvas;
    private ChartModule? _module;
    private DotNetObjectReference<Chart>? _self;
    private string? _wanted;
    private string? _drawn;

    [Inject]
    private IJSRuntime Runtime { get; set; } = null!;

    [Parameter, EditorRequired]
    public object Options { get; set; } = new();

    /// <summary>What a person who does not see the chart reads.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter]
    public int HeightPixels { get; set; } = 260;

    /// <summary>True where a drag selects a range and a double click shows all again.</summary>
    [Parameter]
    public bool HasDragZoom { get; set; }

    /// <summary>A click inside the grid that was no drag.</summary>
    [Parameter]
    public EventCallback<ChartPlace> OnChoose { get; set; }

    [Parameter]
    public EventCallback<ChartRange> OnZoom { get; set; }

    [JSInvokable]
    public Task ChooseAsync(double x, double y) => OnChoose.InvokeAsync(new ChartPlace(x, y));

    [JSInvokable]
    public Task ZoomAsync(double from, double to, bool isZoomed) => OnZoom.InvokeAsync(new ChartRange(from, to, isZoomed));

    public async ValueTask DisposeAsync()
    {
        if (_module is not null)
        {
            await _module.DisposeAsync(_canvas);
        }

        _self?.Dispose();
    }

    protected override void OnParametersSet() => _wanted = JsonSerializer.Serialize(Options, Json);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_wanted == _drawn)
        {
            return;
        }

        _drawn = _wanted;
        _self ??= DotNetObjectReference.Create(this);
        await (_module ??= new(Runtime)).ShowAsync("showChart", _canvas, _wanted, HasDragZoom, _self);
    }
}
