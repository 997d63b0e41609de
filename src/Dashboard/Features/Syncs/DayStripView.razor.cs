using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Servers by day: hover tells, a click or Enter opens the day of that server. Arrow keys walk over it.</summary>
public sealed partial class DayStripView : IAsyncDisposable
{
    // As charts.js has them.
    private const int CellPixels = 14;
    private const int NamesPixels = 150;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private ElementReference _box;
    private ChartModule? _module;
    private DotNetObjectReference<DayStripView>? _self;
    private DayStrip? _drawn;

    [Inject]
    private IJSRuntime Runtime { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter, EditorRequired]
    public DayStrip Strip { get; set; } = null!;

    private string Label => string.Create(CultureInfo.InvariantCulture, $"{Strip.Rows.Items.Count} servers by {Strip.Days.Count} days. Arrow keys move, Enter opens the day. The Table button shows the same as a table.");

    private string Space => string.Create(CultureInfo.InvariantCulture, $"width:{NamesPixels + (Strip.Days.Count * CellPixels)}px");

    [JSInvokable]
    public Task OpenAsync(int row, int day)
    {
        if (row >= 0 && row < Strip.Rows.Items.Count && day >= 0 && day < Strip.Days.Count)
        {
            Navigation.NavigateTo(Links.Timeline(Strip.Rows.Items[row].ServerId, Strip.Days[day]));
        }

        return Task.CompletedTask;
    }

    /// <summary>What the script draws: each cell is two digits that name one of the kinds, because most days look alike.</summary>
    public static string Pack(DayStrip strip)
    {
        var kinds = new Dictionary<SyncCounts, int>();
        var rows = strip.Rows.Items.Select(row => new { Name = row.ServerName, Cells = Pack(row.Cells, kinds), IsReading = row.IsReadingHistory }).ToList();
        var days = strip.Days.Select((day, index) => (day, index)).ToDictionary(entry => entry.day, entry => entry.index);
        return JsonSerializer.Serialize(
            new
            {
                First = strip.Days.Count == 0 ? "" : strip.Days[0].ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Days = strip.Days.Count,
                Rows = rows,
                Kinds = kinds.OrderBy(kind => kind.Value).Select(kind => new[] { kind.Key.Succeeded, kind.Key.Cancelled, kind.Key.Failed, kind.Key.Unknown, kind.Key.Running }),
                PatchDays = PatchDays(strip.Days).Where(days.ContainsKey).Select(day => days[day]),
            },
            Json);
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is not null)
        {
            await _module.DisposeAsync(_box);
        }

        _self?.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (ReferenceEquals(_drawn, Strip))
        {
            return;
        }

        _drawn = Strip;
        _self ??= DotNetObjectReference.Create(this);
        await (_module ??= new(Runtime)).ShowAsync("showStrip", _box, Pack(Strip), _self);
    }

    private static IEnumerable<DateOnly> PatchDays(IReadOnlyList<DateOnly> days)
    {
        if (days.Count == 0)
        {
            yield break;
        }

        for (var month = new DateOnly(days[0].Year, days[0].Month, 1); month <= days[^1]; month = month.AddMonths(1))
        {
            yield return PatchTuesday.Of(month.Year, month.Month).Day;
        }
    }

    private static string Pack(IReadOnlyList<SyncCounts> cells, Dictionary<SyncCounts, int> kinds)
    {
        const string digits = "0123456789abcdefghijklmnopqrstuvwxyz";
        const int limit = 36 * 36;
        var packed = new StringBuilder(cells.Count * 2);
        foreach (var cell in cells)
        {
            // More kinds of days than two digits name are not seen in practice; such a day is shown by its results, its counts capped.
            var shown = kinds.Count < limit - 32 || kinds.ContainsKey(cell) ? cell : new SyncCounts(Math.Min(1, cell.Succeeded), Math.Min(1, cell.Cancelled), Math.Min(1, cell.Failed), Math.Min(1, cell.Unknown), Math.Min(1, cell.Running));
            if (!kinds.TryGetValue(shown, out var kind))
            {
                kinds[shown] = kind = kinds.Count;
            }

            packed.Append(digits[kind / 36]).Append(digits[kind % 36]);
        }

        return packed.ToString();
    }
}
