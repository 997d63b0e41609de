using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Parts;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Stacked days. Keyboard and screen reader take the table beside it.</summary>
public sealed partial class SyncChart
{
    private IReadOnlyList<SyncDay>? _drawn;
    private object? _options;

    [Parameter, EditorRequired]
    public IReadOnlyList<SyncDay> Days { get; set; } = [];

    /// <summary>A day was clicked.</summary>
    [Parameter]
    public EventCallback<DateOnly> OnDay { get; set; }

    private string Label => string.Create(CultureInfo.InvariantCulture, $"Synchronizations of {Days.Count} days: {Days.Sum(day => day.Succeeded)} succeeded, {Days.Sum(day => day.Cancelled)} cancelled, {Days.Sum(day => day.Failed)} failed. The same numbers stand in the table.");

    protected override void OnParametersSet()
    {
        if (_drawn is null || !_drawn.SequenceEqual(Days))
        {
            _drawn = Days;
            _options = Build();
        }
    }

    private async Task ChooseDayAsync(ChartPlace place)
    {
        var index = (int)place.X;
        if (index >= 0 && index < Days.Count && OnDay.HasDelegate)
        {
            await OnDay.InvokeAsync(Days[index].Day);
        }
    }

    private object Build() => new
    {
        Grid = new { Left = 40, Right = 12, Top = 36, Bottom = 26 },
        Legend = new { Type = "scroll", Top = 0, Left = 0, ItemWidth = 12, ItemHeight = 12 },
        Tooltip = new { Trigger = "axis", AxisPointer = new { Type = "shadow" } },
        XAxis = new { Type = "category", Data = Days.Select(day => day.Day.ToString("MMM d", CultureInfo.InvariantCulture)) },
        YAxis = new { Type = "value", MinInterval = 1 },
        Series = new[]
        {
            Bars("Failed", "theme:bad", day => day.Failed),
            Bars("Cancelled", "theme:warning", day => day.Cancelled),
            Bars("Succeeded", "theme:good", day => day.Succeeded),
            Bars("Running", "theme:busy", day => day.Running),
            Bars("No end recorded", "theme:quiet", day => day.Unknown),
        },
    };

    private object Bars(string name, string color, Func<SyncDay, int> count) => new
    {
        Type = "bar",
        Name = name,
        Stack = "day",
        BarMaxWidth = 28,
        BarCategoryGap = "25%",
        ItemStyle = new { Color = color },
        Cursor = OnDay.HasDelegate ? "pointer" : "default",
        Data = Days.Select(count),
    };
}
