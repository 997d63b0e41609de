using System.Globalization;

namespace WsusDashboard.Shared.Text;

/// <summary>Reads a line that has a shape from left to right: each step takes what stands at its place and moves behind it, or says that something else stands there.</summary>
/// <remarks>
/// In the place of regular expressions: one with a word's boundary or without regard to case holds up to 700 KB of tables, and a program that waits most of its time has dozens of them.
/// No step goes back, so that a reading takes as long as its text.
/// </remarks>
/// <param name="text">The text.</param>
/// <param name="comparison">How words are compared.</param>
public ref struct TextScanner(ReadOnlySpan<char> text, StringComparison comparison = StringComparison.OrdinalIgnoreCase)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>What was not taken yet.</summary>
    public readonly ReadOnlySpan<char> Rest => _text[_at..];

    /// <summary>Where <see cref="Rest"/> begins.</summary>
    public readonly int Position => _at;

    /// <summary>A word begins or ends here: of the characters on both sides just one is of a word.</summary>
    public readonly bool IsAtBoundary => IsOfAWord(_text, _at - 1) != IsOfAWord(_text, _at);

    /// <summary>A letter, a digit or an underscore, of any script, or what is written with a letter as one: an accent, a joiner.</summary>
    public static bool IsOfAWord(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' || (character >= '\u0080' && IsOfAForeignWord(character));

    /// <summary>Goes behind the next place where the words stand.</summary>
    public bool Find(string words)
    {
        var found = Rest.IndexOf(words, comparison);
        _at = found < 0 ? _text.Length : _at + found + words.Length;

        return found >= 0;
    }

    /// <summary>Goes behind the next place where the words stand and no word runs into them.</summary>
    public bool FindWord(string words)
    {
        while (Find(words))
        {
            if (!IsOfAWord(_text, _at - words.Length - 1))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The words stand here.</summary>
    public bool Take(string words)
    {
        var isHere = Rest.StartsWith(words, comparison);
        _at += isHere ? words.Length : 0;

        return isHere;
    }

    /// <summary>Takes what is part of something; may be nothing.</summary>
    public ReadOnlySpan<char> TakeWhile(Func<char, bool> isPart)
    {
        var start = _at;
        while (_at < _text.Length && isPart(_text[_at]))
        {
            _at++;
        }

        return _text[start.._at];
    }

    /// <summary>White space, at least one; line breaks are.</summary>
    public bool TakeSpace() => !TakeWhile(char.IsWhiteSpace).IsEmpty;

    /// <summary>White space, where there is any.</summary>
    public bool SkipSpace() => TakeSpace() || true;

    /// <summary>What stands here up to the next white space; at least one character.</summary>
    public bool TakeToken(out ReadOnlySpan<char> token)
    {
        token = TakeWhile(character => !char.IsWhiteSpace(character));

        return !token.IsEmpty;
    }

    /// <summary>A number in digits alone.</summary>
    public bool TakeNumber(out long number) => long.TryParse(TakeWhile(char.IsAsciiDigit), NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool IsOfAForeignWord(char character) => character is '\u200C' or '\u200D'
        || char.IsLetter(character)
        || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;

    private static bool IsOfAWord(ReadOnlySpan<char> text, int index) => (uint)index < (uint)text.Length && IsOfAWord(text[index]);
}
