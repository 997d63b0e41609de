using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>A line of the map.</summary>
/// <param name="Site">Its name; empty for servers without one.</param>
/// <param name="Cells">Its servers by name: a cell stays where it is, whatever its state.</param>
public sealed record FleetMapSite(string Site, ValueList<FleetMapCell> Cells)
{
    /// <summary>How many of its servers aren't healthy.</summary>
    public int Ill => Cells.Count(cell => cell.State.Tone is Tone.Bad or Tone.Warning);

    /// <summary>By site, those without one last.</summary>
    public static ValueList<FleetMapSite> Of(IReadOnlyList<LiveServer> servers) =>
    [
        .. servers.GroupBy(server => server.Site)
            .OrderBy(site => site.Key.Length == 0)
            .ThenBy(site => site.Key, StringComparer.Ordinal)
            .Select(site => new FleetMapSite(
                site.Key,
                [.. site.OrderBy(server => server.Name, StringComparer.OrdinalIgnoreCase).ThenBy(server => server.Id).Select(server => new FleetMapCell(server.Id, server.Name, StateDisplay.Of(server)))])),
    ];
}

/// <summary>A server on the map.</summary>
/// <param name="State">How it is, as everywhere else.</param>
public sealed record FleetMapCell(int ServerId, string Name, StateDisplay State)
{
    /// <summary>What stands in the cell beside its colour: one character, because thousands of them are drawn.</summary>
    public string Symbol => SymbolOf(State);

    public static string SymbolOf(StateDisplay state) => state.Icon switch
    {
        "check" => "✓",
        "cross" => "×",
        "warn" => "!",
        "none" => "–",
        "stop" => "Q",
        "wrench" => "R",
        _ => "…",
    };
}
