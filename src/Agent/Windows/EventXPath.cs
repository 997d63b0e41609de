using System.Globalization;

namespace WsusDashboard.Agent.Windows;

/// <summary>The XPath of an event query; apart from the reader, because it can be tested on any system.</summary>
internal static class EventXPath
{
    public static string For(EventQuery query)
    {
        if (query.Provider.AsSpan().IndexOfAny('\'', '"') >= 0)
        {
            throw new ArgumentException($"Provider name \"{query.Provider}\" must not contain quotes.", nameof(query));
        }

        var since = query.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var conditions = new List<string> { $"Provider[@Name='{query.Provider}']", $"TimeCreated[@SystemTime>='{since}']" };
        if (query.AfterRecordId > 0)
        {
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"EventRecordID>{query.AfterRecordId}"));
        }

        if (query.EventIds.Count > 0)
        {
            var ids = string.Join(" or ", query.EventIds.Select(id => string.Create(CultureInfo.InvariantCulture, $"EventID={id}")));
            conditions.Add($"({ids})");
        }

        return $"*[System[{string.Join(" and ", conditions)}]]";
    }
}
