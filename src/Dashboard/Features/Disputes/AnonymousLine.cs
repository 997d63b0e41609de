using System.Collections.Frozen;
using System.Text;
using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>
/// What may be given away of a text: the words of the list line-words.txt and the error numbers that the product knows, in lower case; everything else, a name above all, is a gap. What may
/// stay is listed, not what must go: a name that nobody thought of can't slip through. The list holds what Windows, WSUS and Configuration Manager write themselves.
/// </summary>
internal static class AnonymousLine
{
    private const string WordList = "line-words.txt";

    /// <summary>Stands for one or several words that aren't given away.</summary>
    private const string Gap = "*";

    private const int MaximumLength = 400;
    private const int ShortestNumber = 3;

    private static readonly Lazy<FrozenSet<string>> Words = new(ReadWords);

    private static readonly Lazy<FrozenSet<string>> Numbers = new(() => ErrorNumbers.All
        .SelectMany(known => known.Number.ToString().ToLowerInvariant().Split(' ', '.'))
        .SelectMany(number => number.StartsWith("0x", StringComparison.Ordinal) ? [number, number[2..]] : new[] { number })
        .Where(number => number.Length >= ShortestNumber && number.Any(char.IsAsciiDigit))
        .ToFrozenSet());

    /// <param name="text">Any text.</param>
    /// <param name="names">Names of servers and sites that are a single word, in lower case: they go even where they are words of the list.</param>
    public static string Of(string text, IReadOnlySet<string> names)
    {
        var result = new StringBuilder();
        var isGap = false;
        foreach (var token in Tokens(text))
        {
            var isKept = !names.Contains(token) && (Words.Value.Contains(token) || Numbers.Value.Contains(token));
            if (isKept || !isGap)
            {
                var piece = isKept ? token : Gap;
                if (result.Length + piece.Length + 1 > MaximumLength)
                {
                    break;
                }

                result.Append(result.Length > 0 ? " " : "").Append(piece);
            }

            isGap = !isKept;
        }

        return result.ToString();
    }

    /// <summary>An id made of a text: its known words, joined by hyphens.</summary>
    public static string ToId(string text, IReadOnlySet<string> names) => string.Join('-', Of(text, names).Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word != Gap));

    /// <summary>True where a word is on the list, for tests of it.</summary>
    internal static bool Knows(string word) => Words.Value.Contains(word) || Numbers.Value.Contains(word);

    /// <summary>Runs of letters and digits, in lower case. A number that is a part of an address, a version or an id is none: it comes as an empty text.</summary>
    private static IEnumerable<string> Tokens(string text)
    {
        var begin = -1;
        for (var index = 0; index <= text.Length; index++)
        {
            var isPart = index < text.Length && char.IsLetterOrDigit(text[index]);
            if (isPart && begin < 0)
            {
                begin = index;
            }
            else if (!isPart && begin >= 0)
            {
                var isPiece = text.AsSpan(begin, index - begin).ContainsAnyInRange('0', '9') && (IsJoined(text, begin - 1, begin - 2) || IsJoined(text, index, index + 1));
                yield return isPiece ? "" : text[begin..index].ToLowerInvariant();
                begin = -1;
            }
        }
    }

    private static bool IsJoined(string text, int joint, int beyond) =>
        joint >= 0 && joint < text.Length && text[joint] is '.' or '-' or ':' or '_' && beyond >= 0 && beyond < text.Length && char.IsLetterOrDigit(text[beyond]);

    private static FrozenSet<string> ReadWords()
    {
        using var stream = typeof(AnonymousLine).Assembly.GetManifestResourceStream(WordList) ?? throw new InvalidOperationException($"{WordList} is not part of this program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet();
    }
}
