using System.Globalization;

namespace WsusDashboard.Shared.Errors;

/// <summary>Numbers and names of errors that WSUS, Configuration Manager and what they rest on write, in plain words.</summary>
public static class ErrorNumbers
{
    /// <summary>Characters of a text that <see cref="FindAll"/> reads.</summary>
    public const int LongestText = 65_536;

    /// <summary>Different numbers that <see cref="FindAll"/> gives, at most.</summary>
    public const int MostFound = 64;

    private const int LowestWithoutStatus = 1000;

    /// <summary>The whole table, in its order.</summary>
    public static IReadOnlyList<KnownError> All => ErrorTable.Instance.All;

    /// <summary>What the table says of a number; for an HRESULT that wraps an HTTP status, what it says of the status. Null where it has neither.</summary>
    public static KnownError? Find(ErrorNumber number) =>
        ErrorTable.Instance.Find(number) ?? (number is { Kind: ErrorKind.Windows, HttpStatus: { } status } ? ErrorTable.Instance.Find(ErrorNumber.Http(status)) : null);

    /// <summary>The error numbers and names in a text, each once, in the order of the text, known or not. Takes time in proportion to the text's length and never throws.</summary>
    /// <param name="text">Any text; what lies beyond <see cref="LongestText"/> isn't read.</param>
    public static IReadOnlyList<FoundError> FindAll(string text) => ErrorScanner.FindAll(text);

    /// <summary>What someone who types a number may mean: "0x80244022", "-2145107934", "503", "SQL 1205", "WU_E_PT_HTTP_STATUS_DENIED", or a whole line of a log. Several where the digits count in several ways.</summary>
    /// <returns>Empty where the text is in no form that is known.</returns>
    public static IReadOnlyList<ErrorNumber> Read(string text) => ErrorInput.Read(text);

    /// <summary>The errors that contain every word of a text in their number, names, words or family, in the order of the table.</summary>
    public static IEnumerable<KnownError> Search(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length == 0 ? [] : All.Where(error => words.All(word => Has(error, word)));
    }

    /// <summary>"HTTP 407: the proxy asks …" for the number of a run's error; null for 0 and for what is not known.</summary>
    public static string? Describe(long errorCode)
    {
        var number = OfRun(errorCode);
        return errorCode != 0 && Find(number) is { } known ? $"{number}: {known.Words}" : null;
    }

    /// <summary>A state of SMS_SUPSyncStatus in words; the bare number where it is not known.</summary>
    public static string DescribeState(int state) =>
        Find(ErrorNumber.StatusMessage(state)) is { } known ? $"{known.Number}, {known.Words}" : state.ToString(CultureInfo.InvariantCulture);

    /// <summary>How a run carries its error: up to 999 is an HTTP status, everything else a number of Windows.</summary>
    public static ErrorNumber OfRun(long errorCode) =>
        errorCode is > 0 and < LowestWithoutStatus ? ErrorNumber.Http((int)errorCode) : ErrorNumber.Windows(unchecked((uint)errorCode));

    private static bool Has(KnownError error, string word) =>
        error.Words.Contains(word, StringComparison.OrdinalIgnoreCase) || error.Symbol.Contains(word, StringComparison.OrdinalIgnoreCase)
        || ErrorFamilies.NameOf(error.Family).Contains(word, StringComparison.OrdinalIgnoreCase) || error.Number.ToString().Contains(word, StringComparison.OrdinalIgnoreCase);
}
