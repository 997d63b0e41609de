using System.Buffers;
using System.Collections.Frozen;

namespace WsusDashboard.Shared.Errors;

/// <summary>What stands beside a number, in a normalized text. Every look goes at most <see cref="Reach"/> characters far.</summary>
internal readonly ref struct FailureSignContext
{
    private const int Reach = 40;
    private const int HttpReach = 24;

    /// <summary>"Error" and "error code" in the languages of Windows: they only say that the number behind them is one. They're in this list, not in the table, because no message is meant.</summary>
    private static readonly FrozenSet<string> ErrorWords = Of(
        "error err errno errorcode errornumber lasterror hr hresult nativeerrorcode wsaerror win32 wininet winhttp winsock fehler fehlercode systemfehler erreur errore erro fout foutcode systeemfout błąd błędu błędem "
        + "ошибка ошибки ошибку ошибкой hata hatası chyba chyby chybou hiba hibakód fel felkod feil feilkode fejl fejlkode virhe virhekoodi σφάλμα σφάλματος שגיאה");

    /// <summary>"Code": an error's only in longer numbers, or behind one of the words above.</summary>
    private static readonly FrozenSet<string> CodeWords = Of("code codice código codigo kod kodu kód код кода кодом number nr no");

    /// <summary>The same in scripts without spaces, where the word before it runs on.</summary>
    private static readonly string[] ErrorEndings = ["error", "errorcode", "エラー", "エラーコード", "错误", "错误代码", "錯誤", "錯誤碼", "오류"];

    /// <summary>Of an address, a list or a sentence.</summary>
    private static readonly SearchValues<char> Punctuation = SearchValues.Create("/.,;\\?&");

    private static readonly string[] CodeEndings = ["コード", "代码", "代碼", "코드"];

    /// <summary>What is counted, not said: behind "error: 403", too.</summary>
    private static readonly FrozenSet<string> Counted = Of("of update updates byte bytes b kb mb gb tb kib mib gib ms s sec second seconds minute minutes min hour hours day days item items file files row rows client clients computer computers revision revisions request requests time times x error errors warning warnings "
        + "aktualisierungen von sekunden dateien mises fichiers actualizaciones archivos aggiornamenti atualizações arquivos aktualizacji plików обновлений байт файлов güncelleştirme dosya 件 个 個 개 バイト 字节 바이트");

    private static readonly FrozenSet<string> NotAStatusOfHttp = Of("port ports request requests connection connections session sessions client clients thread threads timeout call calls queue byte bytes per after in pid process");

    private readonly ReadOnlySpan<char> _word;
    private readonly ReadOnlySpan<char> _wordBefore;
    private readonly bool _hasColon;

    private FailureSignContext(ReadOnlySpan<char> before)
    {
        HasMinus = before.EndsWith('-') && (before.Length == 1 || !char.IsLetterOrDigit(before[^2]));
        IsPartOfNumber = before.Length > 0 && (before[^1] is '/' or '\\' or '+' or '-' || (before.Length > 1 && before[^1] is '.' or ',' or ':' && char.IsAsciiDigit(before[^2])));
        HasBracket = before.EndsWith('(');

        var between = before.Length;
        while (between > 0 && before[between - 1] is ' ' or ':' or '=' or '(' or '[' or '{' or '#' or '\'' or '"' or '-' or '>')
        {
            _hasColon |= before[--between] is ':';
        }

        _word = LastWord(before[..between], out var start);
        _wordBefore = LastWord(before[..start].TrimEnd(" -"), out _);
    }

    /// <summary>The number is negative: nothing that it could be taken from stands before the minus.</summary>
    public bool HasMinus { get; }

    /// <summary>It's a piece of a date, a time, a path, an address or a larger number.</summary>
    public bool IsPartOfNumber { get; }

    public bool HasBracket { get; }

    /// <summary>"error code: 12007", "SocketException (10061)".</summary>
    public bool SaysError => IsErrorWord(_word) || IsCodeWord(_word) || IsException;

    public bool SaysSqlError => _word is "msg" or "sql" || (_word is "number" && _wordBefore is "error") || (_word is "error" && _wordBefore is "sql");

    /// <summary>"status 503", "error (503)"; behind "error:" a number without brackets can be a count.</summary>
    public bool SaysStatus => _word is "iis" || _word.EndsWith("status") || _word.EndsWith("statuscode")
        || (IsCodeWord(_word) && (_wordBefore.EndsWith("status") || IsErrorWord(_wordBefore)))
        || (IsErrorWord(_word) && (!_hasColon || HasBracket));

    private bool IsException => HasBracket && !_hasColon && (_word is "socketexception" or "win32exception");

    public static FailureSignContext Before(ReadOnlySpan<char> text, int start) => new(text[Math.Max(0, start - Reach)..start]);

    /// <summary>The number behind is one of Windows'.</summary>
    /// <param name="isShort">It has less than five digits: then "error: 5" can be a count, and "code 5" what a program ended with.</param>
    public bool SaysWindowsError(bool isShort) => !isShort ? SaysError
        : IsException || (IsErrorWord(_word) && !_hasColon) || (IsCodeWord(_word) && IsErrorWord(_wordBefore));

    /// <summary>What stands behind a number makes it a count, a share or a part: "updates", "of", "/", "%".</summary>
    public static bool IsCount(ReadOnlySpan<char> text, int end)
    {
        var after = text[end..Math.Min(text.Length, end + Reach)];
        if (after.Length > 0 && (after[0] is '/' or '%' || (after.Length > 1 && after[0] is '.' or ',' && char.IsAsciiDigit(after[1]))))
        {
            return true;
        }

        after = after.TrimStart(" )]");
        var length = 0;
        while (length < after.Length && char.IsLetter(after[length]))
        {
            length++;
        }

        return after.StartsWith('/') || Counted.GetAlternateLookup<ReadOnlySpan<char>>().Contains(after[..length]);
    }

    /// <summary>", severity: 14, state: 38" behind a number, in whatever language: only SQL Server writes that.</summary>
    public static bool IsSqlMessage(ReadOnlySpan<char> text, int end)
    {
        var after = text[end..Math.Min(text.Length, end + 2 * Reach)];
        return IsNamedNumber(ref after) && IsNamedNumber(ref after);
    }

    /// <summary>The words that RFC 9110 or .NET gives for a status stand behind it: "503 service unavailable", "(407) proxy authentication required".</summary>
    public static bool IsReason(ReadOnlySpan<char> text, int end, int status)
    {
        var after = text[end..Math.Min(text.Length, end + Reach)].TrimStart(" ):-.;'\"");
        return status switch
        {
            400 => after.StartsWith("bad request"),
            401 => after.StartsWith("unauthorized"),
            403 => after.StartsWith("forbidden"),
            404 => after.StartsWith("not found"),
            407 => after.StartsWith("proxy auth"),
            408 => after.StartsWith("request time"),
            500 => after.StartsWith("internal server error"),
            502 => after.StartsWith("bad gateway") || after.StartsWith("proxy error"),
            503 => after.StartsWith("service unavailable") || after.StartsWith("server unavailable"),
            504 => after.StartsWith("gateway time"),
            _ => false,
        };
    }

    /// <summary>"HTTP 503", "HTTP/1.1 503", "HTTP-Status 503", "HTTP ステータス 503": "http", at most a few words of whatever language, and the number.</summary>
    public static bool IsBehindHttp(ReadOnlySpan<char> text, int start)
    {
        var before = text[Math.Max(0, start - HttpReach)..start];
        var at = before.LastIndexOf("http");
        if (at < 0)
        {
            return false;
        }

        var between = before[(at + "http".Length)..];
        if (between is "/1.0 " or "/1.1 " or "/2 " or "/2.0 " or "/3 ")
        {
            return true;
        }

        if (between.ContainsAnyInRange('0', '9') || between.ContainsAny(Punctuation))
        {
            return false;
        }

        foreach (var word in between.Split(' '))
        {
            if (NotAStatusOfHttp.GetAlternateLookup<ReadOnlySpan<char>>().Contains(between[word].Trim(":=(-")))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsErrorWord(ReadOnlySpan<char> word) => ErrorWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) || EndsWithAny(word, ErrorEndings);

    private static bool IsCodeWord(ReadOnlySpan<char> word) => CodeWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) || EndsWithAny(word, CodeEndings);

    private static bool EndsWithAny(ReadOnlySpan<char> word, string[] endings)
    {
        foreach (var ending in endings)
        {
            if (word.EndsWith(ending))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> LastWord(ReadOnlySpan<char> text, out int start)
    {
        for (start = text.Length; start > 0 && (char.IsLetter(text[start - 1]) || text[start - 1] is '3' or '2' or 'ー');)
        {
            start--;
        }

        return text[start..];
    }

    private static bool IsNamedNumber(ref ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(", "))
        {
            return false;
        }

        var length = 2;
        while (length < text.Length && char.IsLetter(text[length]))
        {
            length++;
        }

        var digits = text[length..].TrimStart(": ");
        if (length == 2 || digits.IsEmpty || !char.IsAsciiDigit(digits[0]))
        {
            return false;
        }

        text = digits.TrimStart("0123456789");
        return true;
    }

    private static FrozenSet<string> Of(string words) => words.Split(' ').Select(word => FailureSignText.Normalize(word, FailureSigns.LongestText)).ToFrozenSet();
}
