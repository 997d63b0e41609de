using System.Globalization;

namespace WsusDashboard.Shared.Errors;

/// <summary>
/// Reads a normalized text once, from left to right, for numbers and names. A number in eight hexadecimal digits says what it is; a short one counts only where what stands beside it says
/// that it's an error or an HTTP status: "12029 updates", thread 407 and "(503) bytes" are none.
/// </summary>
internal ref struct FailureSignScanner
{
    private const int ResultDigits = 8;
    private const int GuidGroup = 4;

    private readonly ReadOnlySpan<char> _text;
    private readonly IReadOnlySet<int> _statusPlaces;

    /// <summary>From here on a status may stand in brackets alone, as .NET writes it behind the name of its exception in every language; the end of the text where no such name stands.</summary>
    private readonly int _webException;

    private FailureSignScanner(string text, IReadOnlySet<int> statusPlaces)
    {
        _text = text;
        _statusPlaces = statusPlaces;
        var web = text.IndexOf("webexception", StringComparison.Ordinal);
        _webException = web < 0 ? text.Length : web;
    }

    /// <param name="text">As <see cref="FailureSignText.Normalize"/> gives it.</param>
    /// <param name="statusPlaces">Where the words say that an HTTP status stands.</param>
    public static FailureSign In(string text, IReadOnlySet<int> statusPlaces) => new FailureSignScanner(text, statusPlaces).Scan();

    private readonly FailureSign Scan()
    {
        var signs = FailureSign.None;
        for (var at = 0; at < _text.Length;)
        {
            var end = at;
            while (end < _text.Length && IsPart(_text[end]))
            {
                end++;
            }

            if (end > at)
            {
                signs |= Of(at, end);
            }

            at = end + 1;
        }

        return signs;
    }

    private readonly FailureSign Of(int start, int end)
    {
        var token = _text[start..end];
        if (!token.ContainsAnyExceptInRange('0', '9'))
        {
            return OfDigits(start, end);
        }

        if (token.StartsWith("0x", StringComparison.Ordinal))
        {
            return OfHexadecimal(token[2..], start);
        }

        return token.Length == ResultDigits && token[0] is '8' or 'c' && IsHexadecimal(token, out var number) && !IsGuid(end)
            ? FailureSignNumbers.OfResult((uint)number)
            : FailureSignNames.Of(token, _text[..start]);
    }

    /// <summary>0x80072EE7, 0x2EE7, 0xFFFFFFFF80072EE7.</summary>
    private readonly FailureSign OfHexadecimal(ReadOnlySpan<char> digits, int start) =>
        digits.Length > 2 * ResultDigits || !IsHexadecimal(digits, out var number) ? FailureSign.None
        : number > ushort.MaxValue ? (number >> 32 is 0 or uint.MaxValue ? FailureSignNumbers.OfResult((uint)number) : FailureSign.None)
        : FailureSignContext.Before(_text, start).SaysWindowsError(isShort: number < 10_000) ? FailureSignNumbers.OfWindows((int)number)
        : FailureSign.None;

    private readonly FailureSign OfDigits(int start, int end)
    {
        if (end - start > ResultDigits + 2 || !long.TryParse(_text[start..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return FailureSign.None;
        }

        var before = FailureSignContext.Before(_text, start);
        if (number > uint.MaxValue >> 1)
        {
            // -2147012889, and 2147954407 where it's said to be an error: a size can be as large.
            return number > uint.MaxValue ? FailureSign.None
                : before.HasMinus ? FailureSignNumbers.OfResult(unchecked((uint)-number))
                : before.SaysError && !FailureSignContext.IsCount(_text, end) ? FailureSignNumbers.OfResult((uint)number)
                : FailureSign.None;
        }

        if (before.HasMinus && number > int.MaxValue >> 4)
        {
            return FailureSignNumbers.OfResult(unchecked((uint)-number));
        }

        if (FailureSignNumbers.OfSql((int)(before.HasMinus ? -number : number)) is not FailureSign.None and var sql && (before.SaysSqlError || FailureSignContext.IsSqlMessage(_text, end)))
        {
            return sql;
        }

        if (before.IsPartOfNumber || before.HasMinus)
        {
            return FailureSign.None;
        }

        if (end - start == 3 && OfStatus(start, end, number, before) is not FailureSign.None and var status)
        {
            return status;
        }

        if (FailureSignContext.IsCount(_text, end))
        {
            return FailureSign.None;
        }

        // 80070005 is a size as well as an HRESULT without a letter in it.
        return end - start == ResultDigits ? (before.SaysError && IsHexadecimal(_text[start..end], out var result) ? FailureSignNumbers.OfResult((uint)result) : FailureSign.None)
            : number <= ushort.MaxValue && before.SaysWindowsError(isShort: number < 10_000) && (number < 1_000 || FailureSignNumbers.OfSql((int)number) is FailureSign.None) ? FailureSignNumbers.OfWindows((int)number)
            : FailureSign.None;
    }

    private readonly FailureSign OfStatus(int start, int end, long number, FailureSignContext before)
    {
        var sign = FailureSignNumbers.OfHttp((int)number);
        if (sign is FailureSign.None || _statusPlaces.Contains(start))
        {
            return sign;
        }

        // IIS's substatus: 403.4.
        if (end + 1 < _text.Length && _text[end] is '.' && char.IsAsciiDigit(_text[end + 1]))
        {
            end += 2;
            end += end < _text.Length && char.IsAsciiDigit(_text[end]) ? 1 : 0;
        }

        var isSaid = FailureSignContext.IsReason(_text, end, (int)number)
            || ((before.SaysStatus || FailureSignContext.IsBehindHttp(_text, start) || (start > _webException && before.HasBracket && end < _text.Length && _text[end] is ')'))
                && !FailureSignContext.IsCount(_text, end));

        return isSaid ? sign : FailureSign.None;
    }

    /// <summary>The number is the first group of a GUID.</summary>
    private readonly bool IsGuid(int end) =>
        end + GuidGroup + 1 < _text.Length && _text[end] is '-' && _text[end + GuidGroup + 1] is '-' && IsHexadecimal(_text.Slice(end + 1, GuidGroup), out _);

    private static bool IsPart(char character) => char.IsAsciiLetterOrDigit(character) || character is '_';

    private static bool IsHexadecimal(ReadOnlySpan<char> digits, out ulong number) => ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
}
