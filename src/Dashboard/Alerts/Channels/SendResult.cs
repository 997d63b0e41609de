namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>What came of a try.</summary>
public enum SendState
{
    /// <summary>The other side took it.</summary>
    Sent = 0,

    /// <summary>It may be taken later.</summary>
    Later = 1,

    /// <summary>It will never be taken as it is.</summary>
    Refused = 2,
}

/// <summary>What came of a try, for a person; without secrets.</summary>
/// <param name="State">What came of it.</param>
/// <param name="Text">At most <see cref="MaximumTextLength"/> characters.</param>
/// <param name="RetryAfter">So long the other side wants to be left alone; null where it doesn't say.</param>
internal sealed record SendResult(SendState State, string Text, TimeSpan? RetryAfter = null)
{
    public const int MaximumTextLength = 500;

    public static SendResult Sent(string text) => new(SendState.Sent, Cut(text));

    public static SendResult Later(string text, TimeSpan? after = null) => new(SendState.Later, Cut(text), after);

    public static SendResult Refused(string text) => new(SendState.Refused, Cut(text));

    /// <summary>What the other side says is cut and has no control characters.</summary>
    private static string Cut(string text)
    {
        var plain = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return plain.Length <= MaximumTextLength ? plain : plain[..(MaximumTextLength - 1)] + "…";
    }
}
