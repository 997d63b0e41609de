using System.Globalization;
using System.Text;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// Texts of the audit as they are kept: one line, at most so long, and without what changes how a line is read. A name as it was typed at the sign-in or as a
/// provider sends it may hold line ends, directions and signs without width; on a console, in a file and on a page each of them makes one entry look like another.
/// </summary>
internal static class AuditText
{
    /// <summary>What one field of an entry holds at most; the rest is cut off.</summary>
    public const int MaximumLength = 4_000;

    /// <summary>Stands for each character that isn't kept.</summary>
    private const char Replacement = '\uFFFD';

    public static string Of(string text)
    {
        var cut = text.Length <= MaximumLength ? text : text[..MaximumLength];
        if (IsPlain(cut))
        {
            return cut;
        }

        var plain = new StringBuilder(cut.Length);
        foreach (var rune in cut.EnumerateRunes())
        {
            // Half a pair comes as the replacement already.
            plain.Append(IsKept(rune) ? rune.ToString() : rune.Value is '\n' or '\r' or '\t' ? " " : Replacement.ToString());
        }

        return plain.ToString();
    }

    /// <summary>Nearly every text is.</summary>
    private static bool IsPlain(string text)
    {
        foreach (var character in text)
        {
            if (character is < ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>No controls, directions, joiners, line ends, or characters that nobody sees.</summary>
    public static bool IsKept(Rune rune) => !IsInvisible(rune.Value) && rune.Value != Replacement && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);

    /// <summary>Letters, marks and signs that are drawn as nothing: fillers of Hangul, selectors of variants, the empty Braille cell (Unicode's Default_Ignorable_Code_Point).</summary>
    private static bool IsInvisible(int value) =>
        value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0100 and <= 0xE01EF);
}
