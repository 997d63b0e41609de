using System.Buffers;
using System.Globalization;
using System.Text;

namespace WsusDashboard.Shared.Text;

/// <summary>
/// Texts that show what they say: without control characters, which move a cursor, and without format characters, which turn the order of what follows around or can't be seen.
/// What a person or a dashboard sends (names, reasons, tickets) is refused with them; in what comes from logs they are replaced.
/// </summary>
public static class PlainText
{
    /// <summary>What stands in the place of a character that may not be there.</summary>
    public const char Replacement = '\uFFFD';

    private const char Ellipsis = '…';

    /// <summary>True where nothing in the text is a control or format character, a line break, or half a character.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mayBreak">Line breaks (CR, LF) and tabs are no mistake.</param>
    public static bool IsPlain(ReadOnlySpan<char> text, bool mayBreak = false)
    {
        while (!text.IsEmpty)
        {
            var bad = text.IndexOfAnyExceptInRange(' ', '~');
            if (bad < 0)
            {
                return true;
            }

            text = text[bad..];
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) is not OperationStatus.Done || !IsPlain(rune, mayBreak))
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    /// <summary>The text with what may not be there replaced: line breaks and tabs by a space, unless they may stay; everything else by <see cref="Replacement"/>. The same text where nothing is wrong.</summary>
    public static string Replace(string text, bool mayBreak = false)
    {
        if (IsPlain(text, mayBreak))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            var isWhole = Rune.DecodeFromUtf16(rest, out var rune, out var length) is OperationStatus.Done;
            if (isWhole && IsPlain(rune, mayBreak))
            {
                result.Append(rest[..length]);
            }
            else
            {
                result.Append(isWhole && Rune.IsWhiteSpace(rune) ? ' ' : Replacement);
            }

            rest = rest[length..];
        }

        return result.ToString();
    }

    /// <summary>At most so many characters of the text, the last of them an ellipsis where it was longer; no character is cut into halves.</summary>
    public static string Cut(string text, int maximumLength)
    {
        if (text.Length <= maximumLength)
        {
            return text;
        }

        var end = maximumLength - 1;
        return string.Concat(text.AsSpan(0, end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), [Ellipsis]);
    }

    private static bool IsPlain(Rune rune, bool mayBreak) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => mayBreak && rune.Value is '\r' or '\n' or '\t',
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        _ => true,
    };
}
