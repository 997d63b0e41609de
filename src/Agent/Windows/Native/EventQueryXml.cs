using System.Globalization;
using System.Xml.Linq;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>The structured query for events; apart from the reader, because it can be tested on any system.</summary>
/// <remarks>Windows takes at most 20 expressions in a plain XPath and 32 in one selector (Microsoft: Consuming Events, Query Schema), so many ids are several selectors.</remarks>
internal static class EventQueryXml
{
    public const int MaximumExpressions = 20;

    // The provider, the time and the record id take three; a value takes two, its name and itself.
    private const int IdsOfASelector = 16;
    private const int IdsBesideValues = 5;
    private const int ValuesOfASelector = 5;

    public static string For(EventQuery query)
    {
        var common = Common(query);
        var values = query.FirstValues.Select(Quote).OfType<string>().ToList();

        // A value that cannot be written down is asked for with all others: too many events are passed over by their reader, a missing one by nobody.
        var selectors = values.Count < query.FirstValues.Count || values.Count == 0
            ? Chunks(query.EventIds, IdsOfASelector).Select(ids => $"*[System[{common}{Ids(ids)}]]")
            : Chunks(query.EventIds, IdsBesideValues).SelectMany(ids => values.Chunk(ValuesOfASelector).Select(some => $"*[System[{common}{Ids(ids)}] and EventData[{Values(some)}]]"));

        return new XElement(
            "QueryList",
            new XElement(
                "Query",
                new XAttribute("Id", 0),
                new XAttribute("Path", query.LogName),
                selectors.Select(selector => new XElement("Select", new XAttribute("Path", query.LogName), selector)))).ToString(SaveOptions.DisableFormatting);
    }

    private static string Common(EventQuery query)
    {
        if (query.Provider.AsSpan().IndexOfAny('\'', '"') >= 0)
        {
            throw new ArgumentException($"Provider name \"{query.Provider}\" must not contain quotes.", nameof(query));
        }

        var since = query.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var common = $"Provider[@Name='{query.Provider}'] and TimeCreated[@SystemTime>='{since}']";
        return query.AfterRecordId > 0 ? string.Create(CultureInfo.InvariantCulture, $"{common} and EventRecordID>{query.AfterRecordId}") : common;
    }

    private static IEnumerable<int[]> Chunks(IReadOnlyList<int> ids, int size) => ids.Count == 0 ? [[]] : ids.Chunk(size);

    private static string Ids(int[] ids) =>
        ids.Length == 0 ? "" : $" and ({string.Join(" or ", ids.Select(id => string.Create(CultureInfo.InvariantCulture, $"EventID={id}")))})";

    private static string Values(string[] values) => string.Join(" or ", values.Select(value => $"Data[@Name='param1']={value}"));

    /// <summary>XPath has no escape: a text with an apostrophe (the French name of WAS, "Service d'activation des processus Windows") stands in double quotes. Null where it has both.</summary>
    private static string? Quote(string value) =>
        !value.Contains('\'', StringComparison.Ordinal) ? $"'{value}'" : !value.Contains('"', StringComparison.Ordinal) ? $"\"{value}\"" : null;
}
