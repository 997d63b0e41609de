namespace WsusDashboard.Shared.Errors;

/// <summary>What the words before a number say of it.</summary>
[Flags]
internal enum NumberHints
{
    None = 0,

    /// <summary>"error", "failed with", "returned".</summary>
    Error = 1 << 0,

    /// <summary>"HRESULT", "win32", "GetLastError", "error code": a number of Windows.</summary>
    Windows = 1 << 1,

    /// <summary>"HTTP", "status", "status code".</summary>
    Http = 1 << 2,

    /// <summary>"Msg", "SqlException", "SQL Server error".</summary>
    Sql = 1 << 3,

    /// <summary>"SQL", which stands before years and versions as well.</summary>
    SqlWord = 1 << 7,

    SqlState = 1 << 4,

    /// <summary>"ID".</summary>
    Id = 1 << 5,

    /// <summary>"event", "event ID".</summary>
    Event = 1 << 6,
}

/// <summary>Looks at what stands around a number.</summary>
internal static class NumberContext
{
    public const NumberHints AnyError = NumberHints.Error | NumberHints.Windows;

    private const int MostWords = 4;
    private const int LongestWord = 24;

    public static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || character == '_';

    /// <summary>What up to four words before a position say; the first that says nothing, and the end of a sentence, end the look.</summary>
    public static NumberHints Before(ReadOnlySpan<char> text, int position)
    {
        var context = NumberHints.None;
        for (var count = 0; count < MostWords; count++)
        {
            var end = SkipSeparators(text, position);
            var start = end;
            while (start > 0 && IsWordCharacter(text[start - 1]) && end - start <= LongestWord)
            {
                start--;
            }

            if (start == end || end - start > LongestWord || Meaning(text[start..end]) is not { } meaning)
            {
                break;
            }

            context |= meaning;
            position = start;
        }

        return Settle(context);
    }

    public static bool IsInParentheses(ReadOnlySpan<char> text, int start, int end) => start > 0 && text[start - 1] == '(' && end < text.Length && text[end] == ')';

    /// <summary>True where a word follows after a space: what is counted, or a unit.</summary>
    public static bool IsWordNext(ReadOnlySpan<char> text, int end) => end + 1 < text.Length && text[end] == ' ' && char.IsLetter(text[end + 1]);

    /// <summary>"Error: 18456, Severity: 14", "Msg 18456, Level 14": how SQL Server and its tools write a message.</summary>
    public static bool IsLevelNext(ReadOnlySpan<char> text, int end) =>
        text[end..].StartsWith(", Severity", StringComparison.OrdinalIgnoreCase) || text[end..].StartsWith(", Level", StringComparison.OrdinalIgnoreCase);

    private static int SkipSeparators(ReadOnlySpan<char> text, int position)
    {
        var lowest = Math.Max(0, position - LongestWord);
        while (position > lowest && text[position - 1] is ' ' or '\t' or ':' or '=' or '(' or ')' or '[' or '#' or '"' or '\'' or '-' or '/' or '.' or '\u2212')
        {
            position--;
        }

        return position;
    }

    /// <summary>"SQL" with "error" speaks of a message of SQL Server.</summary>
    private static NumberHints Settle(NumberHints context) =>
        (context & NumberHints.SqlWord) != 0 && (context & AnyError) != 0 ? context | NumberHints.Sql : context;

    /// <summary>Null for a word that says nothing of a number; None for one that only stands between.</summary>
    private static NumberHints? Meaning(ReadOnlySpan<char> word)
    {
        Span<char> buffer = stackalloc char[LongestWord];
        var length = word.ToLowerInvariant(buffer);
        return length < 0 ? null : (ReadOnlySpan<char>)buffer[..length] switch
        {
            "error" or "errors" or "err" or "fehler" or "failed" or "failure" or "fails" or "returned" or "returns" or "exception" or "result" or "rc" or "reason" => NumberHints.Error,
            "hresult" or "hr" or "win32" or "win32error" or "lasterror" or "getlasterror" or "le" or "errorcode" or "exitcode" or "ntstatus" or "code" or "windows" or "winhttp" => NumberHints.Windows,
            "http" or "https" or "status" or "statuscode" or "httpstatus" or "response" or "sc" or "iis" => NumberHints.Http,
            "msg" or "sqlexception" or "sqlerror" => NumberHints.Sql,
            "sql" or "mssql" => NumberHints.SqlWord,
            "sqlstate" => NumberHints.SqlState,
            "id" or "statmsg" => NumberHints.Id,
            "event" or "eventid" => NumberHints.Event,
            "number" or "nr" or "no" or "is" or "was" or "with" or "of" or "the" or "a" or "server" or "remote" or "message" or "exit" or "0" or "1" or "2" or "3" or "system" => NumberHints.None,
            _ => null,
        };
    }
}
