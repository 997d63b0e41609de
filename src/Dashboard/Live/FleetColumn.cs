using System.Globalization;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Live;

/// <summary>The columns of the fleet's grid. A new one also needs its title, its width and its order in <see cref="FleetColumns.All"/>, and its cell in FleetRowView.</summary>
public enum FleetColumn
{
    State = 0,
    Server = 1,
    Cause = 2,
    LastSync = 3,
    Strip = 4,
    Updates = 5,
    Pool = 6,
    Drift = 7,
    Site = 8,
    LastGoodSync = 9,
}

/// <summary>What the grid knows of a column before it has a row.</summary>
/// <param name="Column">Which.</param>
/// <param name="Title">Its heading.</param>
/// <param name="WidthPixels">Its width where nobody has changed it; null = what the others leave.</param>
/// <param name="Sort">What its heading sorts by; null where it can't be sorted.</param>
/// <param name="IsWorstFirst">The first click on the heading sorts descending.</param>
/// <param name="IsShown">It is there where nobody has chosen columns.</param>
public sealed record FleetColumnDefinition(FleetColumn Column, string Title, int? WidthPixels, FleetSort? Sort, bool IsWorstFirst = false, bool IsShown = true)
{
    /// <summary>Class of its cells, its heading and its col element.</summary>
    public string Class { get; } = Column.ToString().ToLowerInvariant() + "-cell";
}

/// <summary>A column of a grid.</summary>
/// <param name="Column">Which.</param>
/// <param name="WidthPixels">As somebody set it; null = its own.</param>
public sealed record ShownColumn(FleetColumn Column, int? WidthPixels = null);

/// <summary>Which columns a grid has, in which order, how wide: as text short enough for an address, "state.server-220.cause".</summary>
/// <param name="Shown">From the left; <see cref="FleetColumn.Server"/> is always among them.</param>
public sealed record FleetColumns(ValueList<ShownColumn> Shown)
{
    public const int MinimumWidthPixels = 40;
    public const int MaximumWidthPixels = 800;

    /// <summary>Every column once, with a width.</summary>
    public const int MaximumTextLength = 300;

    private const char Separator = '.';
    private const char WidthMark = '-';

    /// <summary>Every column there is, in the order in which they stand and are offered.</summary>
    public static IReadOnlyList<FleetColumnDefinition> All { get; } =
    [
        new(FleetColumn.State, "State", 176, FleetSort.Health, IsWorstFirst: true),
        new(FleetColumn.Server, "Server", 136, FleetSort.Name),
        new(FleetColumn.Cause, "Cause and action", null, FleetSort.Cause, IsWorstFirst: true),
        new(FleetColumn.LastSync, "Last sync", 184, FleetSort.LastSync),
        new(FleetColumn.LastGoodSync, "Last good sync", 124, FleetSort.LastGoodSync, IsShown: false),
        new(FleetColumn.Strip, "Last 14 syncs", 226, null),
        new(FleetColumn.Updates, "Updates", 84, FleetSort.Updates),
        new(FleetColumn.Pool, "Pool", 100, FleetSort.Pool, IsWorstFirst: true),
        new(FleetColumn.Drift, "Drift", 58, FleetSort.Drift, IsWorstFirst: true),
        new(FleetColumn.Site, "Site", 66, FleetSort.Site),
    ];

    public static FleetColumns Default { get; } = new([.. All.Where(definition => definition.IsShown).Select(definition => new ShownColumn(definition.Column))]);

    public static FleetColumnDefinition Of(FleetColumn column) => All.First(definition => definition.Column == column);

    /// <summary>Null where the text is no list of columns: an unknown or doubled one, none of the server, a width out of range.</summary>
    public static FleetColumns? Parse(string? text)
    {
        if (text is not { Length: > 0 and <= MaximumTextLength })
        {
            return null;
        }

        var shown = new List<ShownColumn>();
        foreach (var part in text.Split(Separator))
        {
            var mark = part.IndexOf(WidthMark, StringComparison.Ordinal);
            var name = mark < 0 ? part : part[..mark];
            var definition = All.FirstOrDefault(known => NameOf(known.Column) == name);
            int? width = null;
            if (mark >= 0)
            {
                if (!int.TryParse(part[(mark + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < MinimumWidthPixels or > MaximumWidthPixels)
                {
                    return null;
                }

                width = number;
            }

            if (definition is null || shown.Any(known => known.Column == definition.Column))
            {
                return null;
            }

            shown.Add(new(definition.Column, width));
        }

        return shown.Any(known => known.Column == FleetColumn.Server) ? new([.. shown]) : null;
    }

    public bool Has(FleetColumn column) => Shown.Any(shown => shown.Column == column);

    /// <summary>Its width in pixels; null = what the others leave.</summary>
    public int? WidthOf(FleetColumn column) => Shown.FirstOrDefault(shown => shown.Column == column)?.WidthPixels ?? Of(column).WidthPixels;

    /// <summary>Adds a column where it stands by itself, before the first that comes after it there; or takes it away. The server's name stays.</summary>
    public FleetColumns With(FleetColumn column, bool isShown)
    {
        if (isShown == Has(column) || column == FleetColumn.Server)
        {
            return this;
        }

        if (!isShown)
        {
            return new([.. Shown.Where(shown => shown.Column != column)]);
        }

        List<FleetColumn> order = [.. All.Select(definition => definition.Column)];
        var shown = Shown.ToList();
        var next = shown.FindIndex(other => order.IndexOf(other.Column) > order.IndexOf(column));
        shown.Insert(next < 0 ? shown.Count : next, new(column));
        return new([.. shown]);
    }

    /// <summary>Puts a shown column so many places to the right (negative: left), at most to the end.</summary>
    public FleetColumns Move(FleetColumn column, int places)
    {
        var shown = Shown.ToList();
        var from = shown.FindIndex(other => other.Column == column);
        if (from < 0)
        {
            return this;
        }

        var moved = shown[from];
        shown.RemoveAt(from);
        shown.Insert(Math.Clamp(from + places, 0, shown.Count), moved);
        return new([.. shown]);
    }

    /// <summary>Sets the width of a shown column; numbers beyond the limits are brought back to them.</summary>
    public FleetColumns Resize(FleetColumn column, int widthPixels) =>
        new([.. Shown.Select(shown => shown.Column == column ? shown with { WidthPixels = Math.Clamp(widthPixels, MinimumWidthPixels, MaximumWidthPixels) } : shown)]);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Join(Separator, Shown.Select(shown =>
        shown.WidthPixels is { } width ? string.Create(CultureInfo.InvariantCulture, $"{NameOf(shown.Column)}{WidthMark}{width}") : NameOf(shown.Column)));

    private static string NameOf(FleetColumn column)
    {
        var name = column.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
