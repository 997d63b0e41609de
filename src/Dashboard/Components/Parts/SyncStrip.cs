using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>
/// The last synchronizations, oldest left: shape and colour tell the result, hover tells the rest. It is one piece of markup, made only when
/// its cells change: a page of 100 rows holds 1,400 of these symbols.
/// </summary>
public sealed class SyncStrip : ComponentBase
{
    private const int CellWidth = 15;
    private const int CellSize = 13;

    private IReadOnlyList<StripCell>? _drawn;
    private string? _drawnZone;
    private MarkupString _markup;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<StripCell> Cells { get; set; } = [];

    /// <summary>How much of the history is here: until it is complete, no cells say nothing.</summary>
    [Parameter]
    public HistoryState History { get; set; } = HistoryState.Complete;

    /// <summary>"Last 14 syncs: 2 succeeded, 12 cancelled."; what a screen reader says in place of the drawing.</summary>
    public static string Summary(IReadOnlyList<StripCell> cells)
    {
        if (cells.Count == 0)
        {
            return "No syncs known";
        }

        var counts = cells.GroupBy(cell => cell.Result).OrderByDescending(group => group.Count())
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {StateDisplay.Of(group.Key).Word.ToLowerInvariant()}"));
        return string.Create(CultureInfo.InvariantCulture, $"Last {cells.Count} syncs, oldest first: {string.Join(", ", counts)}");
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (Cells.Count == 0)
        {
            builder.AddMarkupContent(0, History switch
            {
                HistoryState.Reading => "<span class=\"quiet\" data-history=\"reading\">reading history</span>",
                HistoryState.Unknown => "<span class=\"quiet\" data-history=\"unknown\">nothing read yet</span>",
                _ => "<span class=\"quiet\" data-history=\"complete\">none yet</span>",
            });
            return;
        }

        if (_drawn is null || _drawnZone != Viewer.TimeZoneId || !_drawn.SequenceEqual(Cells))
        {
            _drawn = Cells;
            _drawnZone = Viewer.TimeZoneId;
            _markup = new MarkupString(Draw());
        }

        builder.AddContent(1, _markup);
    }

    private string Draw()
    {
        var encoder = HtmlEncoder.Default;
        var markup = new StringBuilder(256 + (Cells.Count * 220));
        markup.Append(CultureInfo.InvariantCulture, $"<svg class=\"strip\" role=\"img\" width=\"{Cells.Count * CellWidth}\" height=\"16\" aria-label=\"{encoder.Encode(Summary(Cells))}\">");
        for (var index = 0; index < Cells.Count; index++)
        {
            var look = StateDisplay.Of(Cells[index].Result);
            markup.Append(CultureInfo.InvariantCulture, $"<g class=\"{look.ToneClass}\"><title>{encoder.Encode(Hover(Cells[index], look))}</title>");
            markup.Append(CultureInfo.InvariantCulture, $"<use href=\"#i-{look.Icon}\" x=\"{(index * CellWidth) + 1}\" y=\"1.5\" width=\"{CellSize}\" height=\"{CellSize}\"/></g>");
        }

        return markup.Append("</svg>").ToString();
    }

    private string Hover(StripCell cell, StateDisplay look)
    {
        var text = new StringBuilder($"{look.Word} · {Viewer.Minute(cell.StartedAt)}");
        if (cell.Duration is { } duration)
        {
            text.Append(CultureInfo.InvariantCulture, $" · {Wording.Duration(duration)}");
        }

        if (cell.Result != SyncResult.Succeeded && cell.ErrorText.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{cell.ErrorText}");
        }

        return text.ToString();
    }
}
