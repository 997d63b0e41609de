using System.Globalization;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Probing;

/// <summary>
/// Reads the numbers of an error page of IIS. A request from the server itself gets the detailed page, in the language of the server: its words differ,
/// its numbers ("500.19", "0x8007007e") do not. HTTP.sys, which answers for a stopped pool, tells no sub-status.
/// </summary>
internal static class IisErrorPage
{
    private const int CodeDigits = 8;
    private const int MostDigits = 2;

    /// <param name="status">HTTP status of the answer: a number of another status on the page is none of its own.</param>
    /// <param name="page">The beginning of the page.</param>
    /// <returns>Null and empty where the page tells none.</returns>
    public static (int? SubStatus, string ErrorCode) Read(int status, string page) => (status is >= 400 and < 600 ? FindSubStatus(status, page) : null, FindCode(page));

    /// <summary>"500.19", alone: not a part of a version, as "10.0.500.19" has one.</summary>
    private static int? FindSubStatus(int status, string page)
    {
        var own = string.Create(CultureInfo.InvariantCulture, $"{status}.");
        for (var scanner = new TextScanner(page, StringComparison.Ordinal); scanner.Find(own);)
        {
            var start = scanner.Position - own.Length;
            var digits = scanner.TakeWhile(char.IsAsciiDigit);
            var isAlone = (start == 0 || (!char.IsAsciiDigit(page[start - 1]) && page[start - 1] != '.')) && scanner.Rest is not ['.', >= '0' and <= '9', ..];
            if (isAlone && digits.Length is > 0 and <= MostDigits)
            {
                return int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    private static string FindCode(string page)
    {
        for (var scanner = new TextScanner(page, StringComparison.Ordinal); scanner.FindWord("0x");)
        {
            var digits = scanner.TakeWhile(char.IsAsciiHexDigit);
            if (digits is ['8', ..] && digits.Length == CodeDigits && scanner.IsAtBoundary)
            {
                return $"0x{digits.ToString().ToUpperInvariant()}";
            }
        }

        return "";
    }
}
