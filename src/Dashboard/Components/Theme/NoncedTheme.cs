using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MudBlazor;

namespace WsusDashboard.Dashboard.Components.Theme;

/// <summary>The variables of a theme as a style element that the page's content security policy lets through: the library's own has no nonce.</summary>
public sealed class NoncedTheme : MudThemeProvider
{
    /// <summary>The one of this response.</summary>
    [Parameter, EditorRequired]
    public string Nonce { get; set; } = "";

    protected override void BuildRenderTree(RenderTreeBuilder __builder)
    {
        var style = BuildTheme() + (DefaultScrollbar ? "" : BuildMudBlazorScrollbar());
        __builder.AddMarkupContent(0, style.Replace("<style", $"<style nonce=\"{Nonce}\"", StringComparison.Ordinal));
    }
}
