using System.Buffers;
using System.Globalization;
using System.Text;

namespace WsusDashboard.Shared.Errors;

/// <summary>Brings a text into the one form in which texts and the table's words are compared: full-width and composed characters, spaces, quotes, dashes, case.</summary>
internal static class FailureSignText
{
    /// <summary>Compatibility forms can make eighteen characters of one; the result is cut to the same length again.</summary>
    public static string Normalize(string text, int maximumLength)
    {
        var cut = text.AsSpan(0, Math.Min(text.Length, maximumLength));
        var compared = Ascii.IsValid(cut) ? cut : Compose(cut);

        return Fold(compared[..Math.Min(compared.Length, maximumLength)]);
    }

    private static string Compose(ReadOnlySpan<char> text)
    {
        var whole = new StringBuilder(text.Length);
        while (!text.IsEmpty)
        {
            // Half a character can't be normalized, and neither can a place that Unicode gives to no character.
            var isWhole = Rune.DecodeFromUtf16(text, out var rune, out var length) is OperationStatus.Done && Rune.GetUnicodeCategory(rune) is not UnicodeCategory.OtherNotAssigned;
            whole.Append(isWhole ? text[..length] : ['\uFFFD']);
            text = text[length..];
        }

        return whole.Replace('\u00B4', '\'').ToString().Normalize(NormalizationForm.FormKC);
    }

    private static string Fold(ReadOnlySpan<char> text)
    {
        var folded = ArrayPool<char>.Shared.Rent(text.Length);
        var length = 0;
        foreach (var character in text)
        {
            var next = Fold(character);
            if (next is not '\0' && (next is not ' ' || (length > 0 && folded[length - 1] is not ' ')))
            {
                folded[length++] = next;
            }
        }

        var result = new string(folded, 0, length);
        ArrayPool<char>.Shared.Return(folded);

        return result;
    }

    /// <summary>One character as it's compared: all white space is a space; a format or control character is left out (NUL).</summary>
    private static char Fold(char character) => character switch
    {
        >= 'a' and <= 'z' or >= '0' and <= '9' => character,
        // Turkish writes four letters where others write two; a text in capitals doesn't say which was meant.
        'I' or '\u0130' or '\u0131' => 'i',
        // The dot that lower case takes off a Turkish capital.
        '\u0307' => '\0',
        '\u2018' or '\u2019' or '\u201A' or '\u201B' or '\u2032' or '`' => '\'',
        '\u201C' or '\u201D' or '\u201E' or '\u201F' or '\u2033' or '\u00AB' or '\u00BB' => '"',
        >= '\u2010' and <= '\u2015' or '\u2212' => '-',
        _ when char.IsWhiteSpace(character) => ' ',
        _ when CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format => '\0',
        _ => char.ToLowerInvariant(character),
    };
}
