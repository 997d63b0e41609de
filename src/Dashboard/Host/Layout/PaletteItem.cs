using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.Repairs;

namespace WsusDashboard.Dashboard.Host.Layout;

/// <summary>A line of the command palette. What it leads to is one of an address, the repair sheet, and something the browser does.</summary>
/// <param name="Key">Names it in the browser's list of recent ones; the same for as long as the thing is the same.</param>
/// <param name="Kind">What sort of thing it is, in one word.</param>
/// <param name="Title">Its name.</param>
internal sealed record PaletteItem(string Key, string Kind, string Title)
{
    /// <summary>What tells it from others of the same name; may be empty.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Its state, where it has one.</summary>
    public StateDisplay? Look { get; init; }

    /// <summary>The address it leads to.</summary>
    public string? Href { get; init; }

    /// <summary>True where the browser has to load the address.</summary>
    public bool IsApart { get; init; }

    /// <summary>What the repair sheet opens with: a plan, or a repair that runs. The palette itself starts nothing.</summary>
    public RepairSubject? Sheet { get; init; }

    /// <summary>What boot.js does: "theme-dark", "theme-light", "density", "shortcuts", "print".</summary>
    public string? Action { get; init; }
}

/// <summary>What was found for a text.</summary>
/// <param name="Items">In order; the first is what Enter takes.</param>
/// <param name="ServerCount">Servers that match the text, also those that aren't listed.</param>
internal sealed record PaletteAnswer(IReadOnlyList<PaletteItem> Items, int ServerCount)
{
    public static PaletteAnswer Nothing { get; } = new([], 0);
}
