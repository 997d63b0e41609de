using System.Collections.Frozen;

namespace WsusDashboard.Dashboard.Kernel;

/// <summary>
/// Time zones by the names that browsers have (Europe/Zurich). Windows Server 2016 and 2019 bring no ICU, and know only names of their own (W. Europe Standard Time): there the
/// table time-zones.txt translates, which has what ICU 72 says of all its names.
/// </summary>
internal static class TimeZones
{
    private const string Table = "time-zones.txt";

    private static readonly Lazy<FrozenDictionary<string, string>> WindowsNames = new(ReadTable);

    /// <summary>All names of the table, with the one that Windows has for it.</summary>
    public static IReadOnlyDictionary<string, string> Known => WindowsNames.Value;

    /// <summary>The zone of this name, which is then its id too; null where this computer knows none.</summary>
    public static TimeZoneInfo? Find(string id) => Find(id, static name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null);

    /// <param name="id">For example Europe/Zurich.</param>
    /// <param name="findInSystem">What the system knows under a name; null where it knows none.</param>
    internal static TimeZoneInfo? Find(string id, Func<string, TimeZoneInfo?> findInSystem) =>
        findInSystem(id) ?? (Known.TryGetValue(id, out var name) && findInSystem(name) is { } zone ? Rename(zone, id) : null);

    // The rules of a zone of Windows, which is where this is needed, begin at midnight and never overlap; those of other systems may, and could not be taken over.
    private static TimeZoneInfo Rename(TimeZoneInfo zone, string id) =>
        TimeZoneInfo.CreateCustomTimeZone(id, zone.BaseUtcOffset, zone.DisplayName, zone.StandardName, zone.DaylightName, zone.GetAdjustmentRules());

    // A line a zone of Windows: its name, a colon, and the names that mean it.
    private static FrozenDictionary<string, string> ReadTable()
    {
        using var stream = typeof(TimeZones).Assembly.GetManifestResourceStream(Table) ?? throw new InvalidOperationException($"{Table} is not part of this program.");
        using var reader = new StreamReader(stream);
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { } line)
        {
            var end = line.IndexOf(": ", StringComparison.Ordinal);
            foreach (var name in line[(end + 2)..].Split(' '))
            {
                names.Add(name, line[..end]);
            }
        }

        return names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
