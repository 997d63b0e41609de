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
    public static string Replace(string text, bool mayBreak = false) => IsPlain(text, mayBreak) ? text : Replace(text, rune => IsPlain(rune, mayBreak));

    /// <summary>
    /// The same on one line, for texts that must not look like others (names, the audit): also without what is drawn as nothing, or as whatever a program likes. A check of what comes in
    /// doesn't go so far: which characters exist depends on the version of Unicode, and two sides may have two.
    /// </summary>
    public static string ReplaceInvisible(string text) => Replace(text, IsVisible);

    /// <summary>No control, format or private character, no line end, none that nobody sees, and not the one that stands for these.</summary>
    public static bool IsVisible(Rune rune) => IsPlain(rune, mayBreak: false) && !IsDrawnAsNothing(rune.Value) && rune.Value != Replacement
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);

    private static string Replace(string text, Func<Rune, bool> isKept)
    {
        var result = new StringBuilder(text.Length);
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            var isWhole = Rune.DecodeFromUtf16(rest, out var rune, out var length) is OperationStatus.Done;
            if (isWhole && isKept(rune))
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

    /// <summary>Letters, marks and signs: fillers of Hangul, selectors of variants, the empty Braille cell (Unicode's Default_Ignorable_Code_Point).</summary>
    private static bool IsDrawnAsNothing(int value) =>
        value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsPlain(Rune rune, bool mayBreak) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => mayBreak && rune.Value is '\r' or '\n' or '\t',
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        _ => true,
    };
}
