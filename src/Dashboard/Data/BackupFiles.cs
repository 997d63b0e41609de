using System.Globalization;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Data;

/// <summary>The copies of a SQLite database, in their folder. The name has the time in it, so the order of names is the order of times.</summary>
internal static class BackupFiles
{
    /// <summary>At the end of the name while a copy isn't whole.</summary>
    public const string Unfinished = ".part";

    private const string Prefix = "dashboard-";
    private const string Suffix = ".db";

    public static string NameFor(DateTimeOffset at) => Prefix + at.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + Suffix;

    /// <summary>Paths of whole copies.</summary>
    public static IReadOnlyList<string> NewestFirst(DashboardOptions options) =>
        Directory.Exists(options.BackupDirectory) ? [.. Directory.GetFiles(options.BackupDirectory, Prefix + "*" + Suffix).OrderDescending(StringComparer.Ordinal)] : [];

    /// <summary>Paths of copies that were never finished.</summary>
    public static IEnumerable<string> Leftovers(DashboardOptions options) => Directory.EnumerateFiles(options.BackupDirectory, Prefix + "*" + Unfinished);
}
