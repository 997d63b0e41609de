using System.Collections.Frozen;

namespace WsusDashboard.Shared.Errors;

/// <summary>One message that Windows, .NET, WSUS or SQL Server writes, by the part of it that doesn't change.</summary>
/// <param name="Language">"de", "pt-BR".</param>
/// <param name="Sign">What it says, one or two signs; None where an HTTP status stands right behind it.</param>
/// <param name="Words">The part, as the program writes it.</param>
/// <param name="Source">The public address where it was seen.</param>
internal sealed record FailureSignMessage(string Language, FailureSign Sign, string Words, string Source);

/// <summary>The table of <c>Languages/</c>, and the search for all of its words at once.</summary>
internal static class FailureSignMessages
{
    /// <summary>In the table: an HTTP status stands right behind the words.</summary>
    internal const string StatusFollows = "HttpStatus";

    /// <summary>By so many first characters the words at a place are found; none is shorter.</summary>
    internal const int ShortestWords = 5;

    private const int MostMarks = 4;

    private const string Folder = "failure-signs.";

    public static IReadOnlyList<FailureSignMessage> All { get; } = [.. Read()];

    private static readonly FrozenDictionary<string, (string Words, FailureSign Sign)[]> ByStart = All
        .Select(message => (Words: FailureSignText.Normalize(message.Words, FailureSigns.LongestText), message.Sign))
        .GroupBy(message => message.Words[..ShortestWords])
        .ToFrozenDictionary(group => group.Key, group => group.ToArray());

    private static readonly FrozenDictionary<string, (string Words, FailureSign Sign)[]>.AlternateLookup<ReadOnlySpan<char>> AtStart = ByStart.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The signs of the words in a normalized text.</summary>
    /// <param name="text">As <see cref="FailureSignText.Normalize"/> gives it.</param>
    /// <param name="statusPlaces">Where an HTTP status stands, if one does: the index behind words after which one follows.</param>
    public static FailureSign In(string text, out IReadOnlySet<int> statusPlaces)
    {
        var signs = FailureSign.None;
        HashSet<int>? places = null;

        for (var at = 0; at + ShortestWords <= text.Length; at++)
        {
            // A look at each word, or at each character of a script without spaces: a search for all words at once would hold half a megabyte of tables.
            if (!BeginsWord(text, at) || !AtStart.TryGetValue(text.AsSpan(at, ShortestWords), out var messages))
            {
                continue;
            }

            foreach (var (words, sign) in messages)
            {
                if (!text.AsSpan(at).StartsWith(words, StringComparison.Ordinal) || !EndsWord(text, at + words.Length))
                {
                    continue;
                }

                signs |= sign;
                if (sign is FailureSign.None)
                {
                    (places ??= []).Add(SkipMarks(text, at + words.Length));
                }
            }
        }

        statusPlaces = places ?? (IReadOnlySet<int>)FrozenSet<int>.Empty;
        return signs;
    }

    /// <summary>What languages put between the words and the status: ": (", " : (".</summary>
    private static int SkipMarks(string text, int at)
    {
        for (var end = Math.Min(text.Length, at + MostMarks); at < end && text[at] is ' ' or ':' or '(';)
        {
            at++;
        }

        return at;
    }

    private static bool BeginsWord(string text, int start) => start == 0 || !HasCase(text[start]) || !HasCase(text[start - 1]);

    /// <summary>"disk full" doesn't stand in "disk fully": a script with spaces has words, and the table's are whole ones.</summary>
    private static bool EndsWord(string text, int end) => end == text.Length || !HasCase(text[end - 1]) || !HasCase(text[end]);

    private static bool HasCase(char character) => char.IsLower(character);

    private static IEnumerable<FailureSignMessage> Read()
    {
        var assembly = typeof(FailureSignMessages).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var language = resource[Folder.Length..^".txt".Length];
            for (var number = 1; reader.ReadLine() is { } line; number++)
            {
                if (line.Length > 0 && line[0] is not '#')
                {
                    yield return Read(language, number, line);
                }
            }
        }
    }

    private static FailureSignMessage Read(string language, int number, string line)
    {
        var sign = FailureSign.None;
        if (line.Split('\t') is not [var name, var words, var source] || words.Length < ShortestWords || !Uri.IsWellFormedUriString(source, UriKind.Absolute)
            || !(name is StatusFollows || (Enum.TryParse(name, out sign) && sign is not FailureSign.None)))
        {
            throw new InvalidDataException($"Line {number} of {language}.txt: \"{line}\" must be one or more signs (with commas) or {StatusFollows}, words of at least {ShortestWords} characters, and an address, with tabs between.");
        }

        return new(language, sign, words, source);
    }
}
