using System.Globalization;

namespace WsusDashboard.Shared.Errors;

/// <summary>Reads a number that someone typed: without the words around it the same digits can mean several errors.</summary>
internal static class ErrorInput
{
    private const int HexDigits = 8;
    private const int LowestStatus = 400;
    private const int HighestStatus = 599;
    private const int LowestMessage = 6600;
    private const int HighestMessage = 6799;

    public static IReadOnlyList<ErrorNumber> Read(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
        {
            return [];
        }

        if (ErrorTable.Instance.FindSymbol(text) is { } named)
        {
            return [named.Number];
        }

        var space = text.LastIndexOf(' ');
        IReadOnlyList<ErrorNumber> bare = space < 0 ? ReadBare(text) : ReadAfter(text[..space], text[(space + 1)..]);
        return bare.Count > 0 ? bare : [.. ErrorNumbers.FindAll(text).Select(found => found.Number)];
    }

    /// <summary>What <see cref="ErrorNumber.ToString"/> writes, and how people say it.</summary>
    private static IReadOnlyList<ErrorNumber> ReadAfter(string kind, string digits)
    {
        if (kind.Equals("SQLSTATE", StringComparison.OrdinalIgnoreCase))
        {
            return ErrorNumber.SqlState(digits) is { } state ? [state] : [];
        }

        if (kind.Equals("IIS", StringComparison.OrdinalIgnoreCase))
        {
            return ReadSecond(digits) is { } iis ? [iis] : [];
        }

        if (!int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return [];
        }

        return kind.ToUpperInvariant() switch
        {
            "SQL" => [ErrorNumber.SqlServer(value)],
            "HTTP" when value is >= 0 and < 1000 => [ErrorNumber.Http(value)],
            "EVENT" or "WSUS EVENT" when value >= 0 => [ErrorNumber.WsusEvent(value)],
            "WIN32" when value is >= 0 and <= ushort.MaxValue => [ErrorNumber.Windows((uint)value)],
            _ => [],
        };
    }

    private static List<ErrorNumber> ReadBare(string text)
    {
        if (ReadHexadecimal(text) is { } hexadecimal)
        {
            return [ErrorNumber.Windows(hexadecimal)];
        }

        if (ReadSecond(text) is { } second)
        {
            return [second];
        }

        var known = new List<ErrorNumber>();
        if (ErrorNumber.SqlState(text) is { } state && ErrorNumbers.Find(state) is not null)
        {
            known.Add(state);
        }

        if (!long.TryParse(text.Replace('\u2212', '-'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value is < int.MinValue or > uint.MaxValue)
        {
            return known;
        }

        known.AddRange(Possible(value).Where(number => ErrorNumbers.Find(number) is not null));
        return known.Count > 0 ? known : Unknown(value) is { } unknown ? [unknown] : [];
    }

    private static uint? ReadHexadecimal(string text)
    {
        var isMarked = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var digits = isMarked ? text.AsSpan(2) : text;
        if (digits.Length == 2 * HexDigits && digits[..HexDigits].Equals("FFFFFFFF", StringComparison.OrdinalIgnoreCase))
        {
            digits = digits[HexDigits..];
        }

        var hasForm = isMarked ? digits.Length <= HexDigits : digits.Length == HexDigits && digits[0] is '8' or 'C' or 'c';
        return hasForm && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static ErrorNumber? ReadSecond(string text) =>
        text.Split('.') is [{ Length: 3 } status, { Length: >= 1 and <= 3 } second]
        && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? ErrorNumber.Iis(first, last)
            : null;

    private static IEnumerable<ErrorNumber> Possible(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            var number = (int)value;
            yield return ErrorNumber.StatusMessage(number);
            yield return ErrorNumber.Http(number);
            yield return ErrorNumber.SqlServer(number);
            yield return ErrorNumber.WsusEvent(number);
        }

        if (value != 0)
        {
            yield return ErrorNumber.Windows(unchecked((uint)value));
        }
    }

    private static ErrorNumber? Unknown(long value) => value switch
    {
        >= LowestStatus and <= HighestStatus => ErrorNumber.Http((int)value),
        >= LowestMessage and <= HighestMessage => ErrorNumber.StatusMessage((int)value),
        > 0 and <= ushort.MaxValue => ErrorNumber.Windows((uint)value),
        < -ushort.MaxValue or > int.MaxValue => ErrorNumber.Windows(unchecked((uint)value)),
        _ => null,
    };
}
