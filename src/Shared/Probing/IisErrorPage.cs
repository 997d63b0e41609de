using System.Globalization;
using System.Text.RegularExpressions;

namespace WsusDashboard.Shared.Probing;

/// <summary>
/// Reads the numbers of an error page of IIS. A request from the server itself gets the detailed page, in the language of the server: its words differ,
/// its numbers ("500.19", "0x8007007e") do not. HTTP.sys, which answers for a stopped pool, tells no sub-status.
/// </summary>
internal static class IisErrorPage
{
    /// <summary>Alone: not a part of a version, as "10.0.500.1" has one.</summary>
    private static readonly Regex SubStatus = new(@"(?:^|[^0-9.])([45][0-9]{2})\.([0-9]{1,2})(?:[^0-9.]|\.[^0-9]|\.?$)", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    private static readonly Regex ErrorCode = new(@"\b0x8[0-9a-fA-F]{7}\b", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <param name="status">HTTP status of the answer: a number of another status on the page is none of its own.</param>
    /// <param name="page">The beginning of the page.</param>
    /// <returns>Null and empty where the page tells none.</returns>
    public static (int? SubStatus, string ErrorCode) Read(int status, string page)
    {
        var own = status.ToString(CultureInfo.InvariantCulture);
        var sub = SubStatus.Matches(page).FirstOrDefault(match => match.Groups[1].Value == own);
        var code = ErrorCode.Match(page);

        return (
            sub is null ? null : int.Parse(sub.Groups[2].Value, CultureInfo.InvariantCulture),
            code.Success ? $"0x{code.Value[2..].ToUpperInvariant()}" : "");
    }
}
