using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Reads from the end of WCM.log how far Configuration Manager came when it last set WSUS up (configmgr.md, 5b; care.md, section 9). It writes once an hour.</summary>
/// <remarks>Threading: one read at a time; the collector's host sees to it.</remarks>
internal sealed class WcmLogReader(ConfigMgrFolder folder)
{
    /// <summary>An attempt is some dozen lines, the longest of which lists all selected categories.</summary>
    private const int MaximumBytes = 1024 * 1024;

    private const int LongestProblem = 1000;
    private const int MostCategories = 50;
    private const string State = "Setting new configuration state to ";
    private const string Category = "Category ";
    private const string NotFound = " not found on WSUS";

    /// <summary>What stands in a line that tells why an attempt came to nothing.</summary>
    private static readonly string[] Failures =
        ["Failed to ", "Subscription contains categories unknown", "Remote configuration failed", "The request failed", "Exception", "not found", "No Supported WSUS", "Error:(", "Error("];

    private (string Path, long Length, DateTime WrittenAt) _read;
    private WsusConfiguration? _last;

    /// <summary>Null where there is no such log, it cannot be read, or it says nothing of it.</summary>
    public WsusConfiguration? Read()
    {
        try
        {
            if (folder.FindLog(LogNames.ConfigurationManager) is not { } path || new FileInfo(path) is not { Exists: true } file)
            {
                return _last = null;
            }

            var version = (path, file.Length, file.LastWriteTimeUtc);
            if (_read != version)
            {
                _last = ReadEnd(path);
                _read = version;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or EdgeException)
        {
            // The log itself is read by a person, and as evidence; there it says why it cannot be.
            _last = null;
        }

        return _last;
    }

    private static WsusConfiguration? ReadEnd(string path)
    {
        using var file = LogFollower.Open(path);
        WsusConfiguration? found = null;
        var problem = "";
        List<string> categories = [];
        LogPieces.Read(file, Math.Max(0, file.Length - MaximumBytes), (in LogEntry entry) =>
        {
            var text = entry.ToLine().Text;
            if (text.StartsWith(State, StringComparison.OrdinalIgnoreCase) && text.Length > State.Length && char.IsAsciiDigit(text[State.Length]))
            {
                found = new WsusConfiguration { State = text[State.Length] - '0', At = entry.At };
                if (found.State == WsusConfiguration.Success)
                {
                    problem = "";
                    categories.Clear();
                }
            }
            else if (UnknownCategory(text) is { } category)
            {
                problem = text;
                if (categories.Count < MostCategories && !categories.Contains(category))
                {
                    categories.Add(category);
                }
            }
            else if (Failures.Any(failure => text.Contains(failure, StringComparison.Ordinal)))
            {
                problem = text;
            }
        });

        return found is null ? null : found with { Problem = problem.Length > LongestProblem ? problem[..LongestProblem] : problem, UnknownCategories = [.. categories] };
    }

    /// <summary>"Category Product:guid (name) not found on WSUS": the name, else what stands for it; null where the line is another.</summary>
    private static string? UnknownCategory(string text)
    {
        var end = text.IndexOf(NotFound, StringComparison.OrdinalIgnoreCase);
        if (!text.StartsWith(Category, StringComparison.OrdinalIgnoreCase) || end <= Category.Length)
        {
            return null;
        }

        var named = text[Category.Length..end].Trim();
        var open = named.IndexOf('(', StringComparison.Ordinal);
        return open >= 0 && named.EndsWith(')') && named.Length > open + 2 ? named[(open + 1)..^1] : named;
    }
}
