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
        var common = Common(query, query.Provider);
        var values = query.FirstValues.Select(Quote).OfType<string>().ToList();

        // A value that cannot be written down is asked for with all others: too many events are passed over by their reader, a missing one by nobody.
        var selectors = values.Count < query.FirstValues.Count || values.Count == 0
            ? SelectIds(common, query.EventIds)
            : [.. SelectValues(common, query.EventIds.Except(query.SecondValueIds), "param1", values), .. SelectValues(common, query.EventIds.Intersect(query.SecondValueIds), "param2", values)];
        selectors = selectors.Concat(query.Others.SelectMany(other => SelectIds(Common(query, other.Provider), other.EventIds)));

        return new XElement(
            "QueryList",
            new XElement(
                "Query",
                new XAttribute("Id", 0),
                new XAttribute("Path", query.LogName),
                selectors.Select(selector => new XElement("Select", new XAttribute("Path", query.LogName), selector)))).ToString(SaveOptions.DisableFormatting);
    }

    private static IEnumerable<string> SelectIds(string common, IReadOnlyList<int> ids) => Chunks(ids, IdsOfASelector).Select(some => $"*[System[{common}{Ids(some)}]]");

    private static IEnumerable<string> SelectValues(string common, IEnumerable<int> ids, string name, IReadOnlyList<string> values) =>
        ids.Chunk(IdsBesideValues).SelectMany(some => values.Chunk(ValuesOfASelector).Select(chunk => $"*[System[{common}{Ids(some)}] and EventData[{Values(name, chunk)}]]"));

    private static string Common(EventQuery query, string provider)
    {
        if (provider.AsSpan().IndexOfAny('\'', '"') >= 0)
        {
            throw new ArgumentException($"Provider name \"{provider}\" must not contain quotes.", nameof(query));
        }

        var since = query.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var common = $"Provider[@Name='{provider}'] and TimeCreated[@SystemTime>='{since}']";
        return query.AfterRecordId > 0 ? string.Create(CultureInfo.InvariantCulture, $"{common} and EventRecordID>{query.AfterRecordId}") : common;
    }

    private static IEnumerable<int[]> Chunks(IReadOnlyList<int> ids, int size) => ids.Count == 0 ? [[]] : ids.Chunk(size);

    private static string Ids(int[] ids) =>
        ids.Length == 0 ? "" : $" and ({string.Join(" or ", ids.Select(id => string.Create(CultureInfo.InvariantCulture, $"EventID={id}")))})";

    private static string Values(string name, string[] values) => string.Join(" or ", values.Select(value => $"Data[@Name='{name}']={value}"));

    /// <summary>XPath has no escape: a text with an apostrophe (the French name of WAS, "Service d'activation des processus Windows") stands in double quotes. Null where it has both.</summary>
    private static string? Quote(string value) =>
        !value.Contains('\'', StringComparison.Ordinal) ? $"'{value}'" : !value.Contains('"', StringComparison.Ordinal) ? $"\"{value}\"" : null;
}
