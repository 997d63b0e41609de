using System.Globalization;

namespace WsusDashboard.Shared.Errors;

/// <summary>Finds error numbers in a text: one pass over its words; what stands before a number is looked at for a few words only.</summary>
internal ref struct ErrorScanner
{
    private const int HexDigits = 8;

    /// <summary>A point and three digits: request filtering counts up to "403.504".</summary>
    private const int LongestSecond = 4;

    private const int LongestSymbol = 80;
    private const int ShortestSymbol = 6;

    private readonly ReadOnlySpan<char> _text;
    private List<FoundError>? _found;
    private bool _isSql;

    private ErrorScanner(ReadOnlySpan<char> text) => _text = text;

    public static IReadOnlyList<FoundError> FindAll(string text)
    {
        var scanner = new ErrorScanner(text.AsSpan(0, Math.Min(text.Length, ErrorNumbers.LongestText)));
        scanner.Scan();
        return scanner._found ?? (IReadOnlyList<FoundError>)[];
    }

    private void Scan()
    {
        var position = 0;
        while (position < _text.Length && (_found?.Count ?? 0) < ErrorNumbers.MostFound)
        {
            if (!NumberContext.IsWordCharacter(_text[position]))
            {
                position++;
                continue;
            }

            var end = position + 1;
            while (end < _text.Length && NumberContext.IsWordCharacter(_text[end]))
            {
                end++;
            }

            position = TakeWord(position, end);
        }
    }

    /// <summary>Returns where the reading goes on.</summary>
    private int TakeWord(int start, int end)
    {
        var word = _text[start..end];
        if (word.Length > 2 && word[0] == '0' && (word[1] | 0x20) == 'x')
        {
            TakeHexadecimal(word[2..], start, end);
        }
        else if (IsBareHexadecimal(word, start, end))
        {
            TakeBareHexadecimal(word, start, end);
        }
        else if (IsDigits(word))
        {
            return TakeDecimal(word, start, end);
        }
        else if (ErrorNumber.SqlState(word) is { } state && IsSqlState(state, start, end))
        {
            Add(state, start, end);
        }
        else if (!char.IsAsciiDigit(word[0]))
        {
            TakeName(word, start, end);
        }

        return end;
    }

    private void TakeHexadecimal(ReadOnlySpan<char> digits, int start, int end)
    {
        digits = digits.TrimEnd("lLuU");
        if (digits.Length == 2 * HexDigits && digits[..HexDigits].Equals("FFFFFFFF", StringComparison.OrdinalIgnoreCase))
        {
            digits = digits[HexDigits..];
        }

        if (digits.Length > HexDigits || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value == 0)
        {
            return;
        }

        var number = ErrorNumber.Windows(value);
        var isKnown = ErrorNumbers.Find(number) is not null;
        var isError = digits.Length == HexDigits && ErrorFacilities.IsError(value);
        if (isError || isKnown && value > ushort.MaxValue || isKnown && SaysError(start, end))
        {
            Add(number, start, end);
        }
    }

    /// <summary>Eight hexadecimal digits that begin as an error does; not those of a GUID.</summary>
    private readonly bool IsBareHexadecimal(ReadOnlySpan<char> word, int start, int end)
    {
        if (word.Length != HexDigits || word[0] is not '8' and not 'C' and not 'c')
        {
            return false;
        }

        var hasDigit = false;
        foreach (var character in word)
        {
            if (!char.IsAsciiHexDigit(character))
            {
                return false;
            }

            hasDigit |= char.IsAsciiDigit(character);
        }

        return hasDigit && !IsJoined(start - 1, -1) && !IsJoined(end, 1);
    }

    private static bool IsDigits(ReadOnlySpan<char> word)
    {
        foreach (var character in word)
        {
            if (!char.IsAsciiDigit(character))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True where a hyphen joins the word with another one, as in a GUID.</summary>
    private readonly bool IsJoined(int position, int step) =>
        position >= 0 && position < _text.Length && _text[position] is '-' or '{' && position + step is var next && next >= 0 && next < _text.Length && NumberContext.IsWordCharacter(_text[next]);

    private void TakeBareHexadecimal(ReadOnlySpan<char> word, int start, int end)
    {
        var number = ErrorNumber.Windows(uint.Parse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        if (ErrorNumbers.Find(number) is not null || ErrorFacilities.IsError(number.Value) && (NumberContext.Before(_text, start) & NumberContext.AnyError) != 0)
        {
            Add(number, start, end);
        }
    }

    private int TakeDecimal(ReadOnlySpan<char> word, int start, int end)
    {
        if (!long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value > uint.MaxValue)
        {
            return end;
        }

        var context = NumberContext.Before(_text, start);
        if (IsNegative(start))
        {
            if (value is > 65_536 and <= 2_147_483_648)
            {
                Add(ErrorNumber.Windows(unchecked((uint)-value)), start - 1, end);
            }
            else if (value == 2 && (context & NumberHints.Sql) != 0)
            {
                Add(ErrorNumber.SqlServer(-2), start - 1, end);
            }

            return end;
        }

        if (start > 0 && _text[start - 1] == '.' && start > 1 && char.IsAsciiDigit(_text[start - 2]))
        {
            // Inside an address or a version.
            return end;
        }

        return TakeSecond(value, context, start, end) ?? TakeWhole(value, word, context, start, end);
    }

    /// <summary>"403.4": returns where the reading goes on; null where no second number follows.</summary>
    private int? TakeSecond(long status, NumberHints context, int start, int end)
    {
        if (end + 1 >= _text.Length || _text[end] != '.' || !char.IsAsciiDigit(_text[end + 1]))
        {
            return null;
        }

        var after = end + 1;
        while (after < _text.Length && NumberContext.IsWordCharacter(_text[after]))
        {
            after++;
        }

        var isVersion = after + 1 < _text.Length && _text[after] == '.' && char.IsAsciiDigit(_text[after + 1]);
        if (!isVersion && status is >= 400 and < 600 && after - end <= LongestSecond && int.TryParse(_text[(end + 1)..after], NumberStyles.None, CultureInfo.InvariantCulture, out var second))
        {
            var number = ErrorNumber.Iis((int)status, second);
            var isSaid = (context & (NumberContext.AnyError | NumberHints.Http)) != 0 || NumberContext.IsInParentheses(_text, start, after);
            if (isSaid || ErrorNumbers.Find(number) is not null && !NumberContext.IsWordNext(_text, after) && (after >= _text.Length || _text[after] != '%'))
            {
                Add(number, start, after);
            }
        }

        return after;
    }

    private int TakeWhole(long value, ReadOnlySpan<char> word, NumberHints context, int start, int end)
    {
        if (ErrorNumber.SqlState(word) is { } state && IsSqlState(state, start, end))
        {
            Add(state, start, end);
        }
        else if (Choose(value, word.Length, context, start, end) is { } number)
        {
            Add(number, start, end);
        }

        return end;
    }

    private readonly ErrorNumber? Choose(long value, int digits, NumberHints context, int start, int end)
    {
        if (value > int.MaxValue)
        {
            // A count of bytes is as long: without the word it must be one that is known.
            var number = ErrorNumber.Windows((uint)value);
            return (context & NumberContext.AnyError) != 0 && ErrorFacilities.IsError(number.Value) || ErrorNumbers.Find(number) is not null && !NumberContext.IsWordNext(_text, end) ? number : null;
        }

        var small = (int)value;
        var isLevelNext = NumberContext.IsLevelNext(_text, end);
        if (isLevelNext || (context & NumberHints.Sql) != 0)
        {
            var message = ErrorNumber.SqlServer(small);
            return isLevelNext || (context & NumberContext.AnyError) != 0 || ErrorNumbers.Find(message) is not null ? message : null;
        }

        if ((context & (NumberHints.Event | NumberHints.Id)) != 0)
        {
            var named = (context & NumberHints.Event) != 0 ? ErrorNumber.WsusEvent(small) : ErrorNumber.StatusMessage(small);
            return ErrorNumbers.Find(named) is not null ? named : null;
        }

        var isStatus = digits == 3 && small is >= 400 and < 600;
        if (isStatus && ((context & NumberHints.Http) != 0 || NumberContext.IsInParentheses(_text, start, end)))
        {
            return ErrorNumber.Http(small);
        }

        if (small is 0 or > ushort.MaxValue || !SaysError(start, end))
        {
            return null;
        }

        ErrorNumber[] possible = _isSql ? [ErrorNumber.SqlServer(small), ErrorNumber.Windows((uint)small)] : [ErrorNumber.Http(small), ErrorNumber.Windows((uint)small)];
        foreach (var number in possible)
        {
            if (ErrorNumbers.Find(number) is not null)
            {
                return number;
            }
        }

        return (context & NumberHints.Windows) != 0 ? ErrorNumber.Windows((uint)small) : null;
    }

    /// <summary>"error 5", "win32 error 5 occurred"; not "error: 5 updates".</summary>
    private readonly bool SaysError(int start, int end)
    {
        var context = NumberContext.Before(_text, start);
        return (context & NumberHints.Windows) != 0 || (context & NumberHints.Error) != 0 && !NumberContext.IsWordNext(_text, end);
    }

    private readonly bool IsSqlState(ErrorNumber state, int start, int end) =>
        (NumberContext.Before(_text, start) & NumberHints.SqlState) != 0
        || start > 0 && _text[start - 1] == '[' && end < _text.Length && _text[end] == ']' && ErrorNumbers.Find(state) is not null;

    private readonly bool IsNegative(int start) => start > 0 && _text[start - 1] is '-' or '\u2212' && (start == 1 || !NumberContext.IsWordCharacter(_text[start - 2]));

    private void TakeName(ReadOnlySpan<char> word, int start, int end)
    {
        _isSql |= word.StartsWith("sql", StringComparison.OrdinalIgnoreCase);
        if (word.Length is >= ShortestSymbol and <= LongestSymbol && IsNameLike(word) && ErrorTable.Instance.FindSymbol(word) is { } known)
        {
            Add(known.Number, start, end);
        }
    }

    /// <summary>Several words in one: a plain word of a sentence is no name of an error.</summary>
    private static bool IsNameLike(ReadOnlySpan<char> word)
    {
        if (word.Contains('_'))
        {
            return true;
        }

        for (var index = 1; index < word.Length; index++)
        {
            if (char.IsAsciiLetterUpper(word[index]) && char.IsAsciiLetterLower(word[index - 1]))
            {
                return true;
            }
        }

        return false;
    }

    private void Add(ErrorNumber number, int start, int end)
    {
        _found ??= [];
        foreach (var known in _found)
        {
            if (known.Number == number)
            {
                return;
            }
        }

        _found.Add(new FoundError(number, start, end - start));
    }
}
