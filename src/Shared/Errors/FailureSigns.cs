using System.Text.RegularExpressions;

namespace WsusDashboard.Shared.Errors;

/// <summary>Reads what an error text says, by its numbers, its exception types and its words.</summary>
public static partial class FailureSigns
{
    /// <summary>All the signs that stand in a text; None for an empty one.</summary>
    public static FailureSign Of(string text)
    {
        var signs = FailureSign.None;
        foreach (var (sign, pattern) in English)
        {
            signs |= pattern.IsMatch(text) ? sign : FailureSign.None;
        }

        return signs;
    }

    private static readonly (FailureSign Sign, Regex Pattern)[] English =
    [
        (FailureSign.NameResolution, NameResolution()),
        (FailureSign.ConnectionRefused, ConnectionRefused()),
        (FailureSign.Http503, Http503()),
    ];

    [GeneratedRegex("could not be resolved|NameResolutionFailure|80072EE7", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NameResolution();

    [GeneratedRegex("actively refused|ConnectFailure|80072EFD", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ConnectionRefused();

    [GeneratedRegex(@"\(503\)|status(?: code)?:? 503\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Http503();
}
