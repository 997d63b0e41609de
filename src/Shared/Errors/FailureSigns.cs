namespace WsusDashboard.Shared.Errors;

/// <summary>
/// Reads what an error text says, by its numbers, its names of exceptions and statuses, and its words. Numbers and names are the same in every language; the words are those of
/// <c>Languages/</c>. Configuration Manager's logs are English on every server, but carry the message of .NET or Windows in the server's language.
/// </summary>
public static class FailureSigns
{
    /// <summary>So much of a text is read, in UTF-16 units: a peer may send anything.</summary>
    public const int LongestText = 4_000;

    /// <summary>What forbids by an HTTP status also says "access denied"; that isn't Windows' error 5.</summary>
    private const FailureSign Forbidding = FailureSign.Http401 | FailureSign.Http403 | FailureSign.Http407;

    /// <summary>
    /// All the signs that stand in a text; None for an empty one, and for one that says nothing known. Never throws. Linear: the text is cut to <see cref="LongestText"/>, normalized once, searched
    /// once for all the words of all languages, and read once from left to right for numbers and names, with a look of bounded length to both sides of each.
    /// </summary>
    public static FailureSign Of(string text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return FailureSign.None;
        }

        var normalized = FailureSignText.Normalize(text, LongestText);
        var words = FailureSignMessages.In(normalized, out var statusPlaces);
        var written = FailureSignScanner.In(normalized, statusPlaces);

        return written | (((written | words) & Forbidding) != 0 ? words & ~FailureSign.AccessDenied : words);
    }
}
