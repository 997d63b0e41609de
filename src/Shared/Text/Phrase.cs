namespace WsusDashboard.Shared.Text;

/// <summary>Words that are looked for in a text, whatever their case: anywhere or where a word begins or ends, alone or with others behind them on the same line.</summary>
/// <param name="Words">The words as a program writes them: constant English, or names.</param>
public sealed record Phrase(string Words)
{
    /// <summary>No word runs into them: "Drivers" isn't in "AllDrivers".</summary>
    public bool BeginsWord { get; init; }

    /// <summary>They run into no word.</summary>
    public bool EndsWord { get; init; }

    /// <summary>One of these must stand behind them on the same line; empty where nothing must.</summary>
    public IReadOnlyList<string> Then { get; init; } = [];

    /// <summary>So many characters may stand between.</summary>
    public int Within { get; init; } = int.MaxValue;

    public static implicit operator Phrase(string words) => new(words);

    /// <summary>The words alone, not as a part of larger ones.</summary>
    public static Phrase Word(string words) => new(words) { BeginsWord = true, EndsWord = true };

    /// <summary>The words, and behind them on the same line one of the others.</summary>
    public static Phrase InOrder(string words, params string[] then) => new(words) { Then = then };

    public bool IsIn(ReadOnlySpan<char> text)
    {
        for (var scanner = new TextScanner(text); BeginsWord ? scanner.FindWord(Words) : scanner.Find(Words);)
        {
            if (EndsWord && !scanner.IsAtBoundary)
            {
                continue;
            }

            if (Then.Count == 0 || IsFollowed(scanner.Rest))
            {
                return true;
            }

            if (Within == int.MaxValue && !scanner.Find("\n"))
            {
                // What isn't behind the first words of a line is behind none of them.
                return false;
            }
        }

        return false;
    }

    private bool IsFollowed(ReadOnlySpan<char> behind)
    {
        var end = behind.IndexOf('\n');
        var line = end < 0 ? behind : behind[..end];
        foreach (var words in Then)
        {
            if (line[..(int)Math.Min(line.Length, (long)Within + words.Length)].Contains(words, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
