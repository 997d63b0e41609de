using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>
/// Sites by day: each cell is split by its results, the bad part at the bottom and dark, so that a bad day shows by shape as well as by colour.
/// One piece of markup: 90 days of 10 sites are 900 cells. The numbers stand in the table beside it.
/// </summary>
public sealed class SiteStrip : ComponentBase
{
    private const int Height = 16;

    private IReadOnlyList<SiteDays>? _drawn;
    private MarkupString _markup;

    [Parameter, EditorRequired]
    public IReadOnlyList<SiteDays> Sites { get; set; } = [];

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (!ReferenceEquals(_drawn, Sites))
        {
            _drawn = Sites;
            _markup = new MarkupString(Draw());
        }

        builder.AddContent(0, _markup);
    }

    private string Draw()
    {
        var markup = new StringBuilder("<div class=\"site-strip\">");
        foreach (var site in Sites)
        {
            var name = site.Site.Length == 0 ? "(no site)" : site.Site;
            var bad = site.Days.Count(day => day.Failed + day.Cancelled > 0);
            var label = string.Create(CultureInfo.InvariantCulture, $"{name}: syncs failed or were cancelled on {bad} of {site.Days.Count} days");
            var width = Math.Max(1, site.Days.Count);
            markup.Append(CultureInfo.InvariantCulture, $"<span class=\"site-name\">{HtmlEncoder.Default.Encode(name)}</span>");
            markup.Append(CultureInfo.InvariantCulture, $"<svg role=\"img\" aria-label=\"{HtmlEncoder.Default.Encode(label)}\" viewBox=\"0 0 {width * 10} {Height}\" preserveAspectRatio=\"none\" height=\"{Height}\">");
            for (var index = 0; index < site.Days.Count; index++)
            {
                DrawDay(markup, site.Days[index], index * 10);
            }

            markup.Append("</svg>");
        }

        return markup.Append("</div>").ToString();
    }

    private static void DrawDay(StringBuilder markup, SyncDay day, int x)
    {
        var ended = day.Succeeded + day.Cancelled + day.Failed + day.Unknown;
        markup.Append(CultureInfo.InvariantCulture, $"<g><title>{Hover(day)}</title><rect x=\"{x}\" y=\"0\" width=\"9\" height=\"{Height}\" class=\"cell-none\"/>");
        double y = 0;
        foreach (var (count, cell) in new[] { (day.Succeeded, "cell-good"), (day.Unknown, "cell-none"), (day.Cancelled, "cell-warning"), (day.Failed, "cell-bad") })
        {
            if (count > 0)
            {
                var height = (double)Height * count / ended;
                markup.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{y:0.##}\" width=\"9\" height=\"{height:0.##}\" class=\"{cell}\"/>");
                y += height;
            }
        }

        markup.Append("</g>");
    }

    private static string Hover(SyncDay day) => day.Total == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{day.Day:yyyy-MM-dd} · no synchronization")
        : string.Create(CultureInfo.InvariantCulture, $"{day.Day:yyyy-MM-dd} · {day.Succeeded} succeeded, {day.Cancelled} cancelled, {day.Failed} failed");
}
