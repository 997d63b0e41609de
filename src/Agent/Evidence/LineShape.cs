using System.Buffers;
using System.Text;

namespace WsusDashboard.Agent.Evidence;

/// <summary>What stays the same of a log line when it is written again: the line without its counts, times, ids and addresses of memory, but with the numbers that say which error it is.</summary>
internal static class LineShape
{
    private const char Number = '#';
    private const int GuidLength = 36;
    private const int ErrorDigits = 8;

    /// <summary>A number behind one of these says what happened: "HTTP status 503" is another line than "HTTP status 407".</summary>
    private static readonly HashSet<string> BeforeErrors = new(StringComparer.OrdinalIgnoreCase)
        { "status", "code", "error", "errorcode", "errno", "number", "hresult", "result", "exception", "state", "win32", "http" };

    /// <summary>The same, where an equals sign stands between: "ID=6703", "EventId=386"; a thread's or a process's id is one without.</summary>
    private static readonly HashSet<string> BeforeIds = new(StringComparer.OrdinalIgnoreCase) { "id", "eventid" };

    /// <summary>Status messages write their date with English names.</summary>
    private static readonly HashSet<string> DateWords = new(StringComparer.Ordinal)
        { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

    private static readonly SearchValues<char> Separators = SearchValues.Create(" :=(#-\"'");
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>Two lines of one log are the same line where their shapes are equal.</summary>
    public static string Of(string text)
    {
        var shape = new StringBuilder(text.Length);
        var word = "";
        var wordEnd = 0;
        for (var at = 0; at < text.Length;)
        {
            if (!char.IsAsciiLetterOrDigit(text[at]))
            {
                // A day of one digit has a second space before it.
                if (text[at] != ' ' || shape.Length == 0 || shape[^1] != ' ')
                {
                    shape.Append(text[at]);
                }

                at++;
                continue;
            }

            if (IsGuid(text.AsSpan(at)))
            {
                shape.Append(Number);
                at += GuidLength;
                continue;
            }

            var end = at + 1;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            {
                end++;
            }

            var token = text.AsSpan(at, end - at);
            if (!token.ContainsAny(Digits))
            {
                word = token.ToString();
                wordEnd = end;
                shape.Append(DateWords.Contains(word) ? "#" : word);
            }
            else if (IsErrorNumber(token) || (token.IndexOfAnyExcept(Digits) < 0 && (NamesError(word, text.AsSpan(wordEnd, at - wordEnd)) || IsBracketedStatus(text, at, end))))
            {
                shape.Append(token);
            }
            else
            {
                AppendWithoutDigits(shape, token);
            }

            at = end;
        }

        return shape.ToString();
    }

    /// <summary>A word of hexadecimal digits is one number, any other keeps its letters: "0d00h03m53s".</summary>
    private static void AppendWithoutDigits(StringBuilder shape, ReadOnlySpan<char> token)
    {
        if (token.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || (token.Length >= ErrorDigits && IsHexadecimal(token)))
        {
            shape.Append(Number);
            return;
        }

        for (var index = 0; index < token.Length; index++)
        {
            if (!char.IsAsciiDigit(token[index]))
            {
                shape.Append(token[index]);
            }
            else if (index == 0 || !char.IsAsciiDigit(token[index - 1]))
            {
                shape.Append(Number);
            }
        }
    }

    /// <summary>An HRESULT or an NTSTATUS of a failure, with or without 0x: 8 digits, the first of which has the highest bit.</summary>
    private static bool IsErrorNumber(ReadOnlySpan<char> token)
    {
        var digits = token.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? token[2..] : token;
        return digits.Length == ErrorDigits && digits[0] is '8' or 'C' or 'c' && IsHexadecimal(digits);
    }

    private static bool IsHexadecimal(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiHexDigit(character))
            {
                return false;
            }
        }

        return true;
    }

    private static bool NamesError(string word, ReadOnlySpan<char> between) =>
        between is "=" ? BeforeErrors.Contains(word) || BeforeIds.Contains(word) : !between.ContainsAnyExcept(Separators) && BeforeErrors.Contains(word);

    /// <summary>"(503)", in whatever language the words around it are.</summary>
    private static bool IsBracketedStatus(string text, int start, int end) =>
        end - start == 3 && text[start] is '4' or '5' && start > 0 && text[start - 1] == '(' && end < text.Length && text[end] == ')';

    private static bool IsGuid(ReadOnlySpan<char> text)
    {
        if (text.Length < GuidLength || text[8] != '-' || (text.Length > GuidLength && char.IsAsciiLetterOrDigit(text[GuidLength])))
        {
            return false;
        }

        return Guid.TryParseExact(text[..GuidLength], "D", out _);
    }
}
