namespace WsusDashboard.Agent.Commands;

/// <summary>Checks what a caller sent: every mistake at once, each with its field, its value and what is allowed.</summary>
internal sealed class FieldChecks
{
    private const int LongestShownValue = 80;

    private readonly List<FieldViolation> _violations = [];

    public FieldChecks Add(string field, string description)
    {
        _violations.Add(new FieldViolation(field, description, []));
        return this;
    }

    /// <summary>Exactly one of a list, or, for names of the server, in any case.</summary>
    public FieldChecks OneOf(string field, string value, IReadOnlyList<string> allowed, StringComparer? comparer = null)
    {
        if (!allowed.Contains(value, comparer ?? StringComparer.Ordinal))
        {
            _violations.Add(new FieldViolation(field, $"{field} is \"{Shown(value)}\"; allowed: {string.Join(", ", allowed)}.", allowed));
        }

        return this;
    }

    /// <summary>A text that has to be there.</summary>
    public FieldChecks Needed(string field, string value) => string.IsNullOrWhiteSpace(value) ? Add(field, $"{field} is missing.") : this;

    /// <exception cref="CommandException">Something is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (_violations.Count > 0)
        {
            throw ToException();
        }
    }

    /// <summary>What is wrong, to be thrown.</summary>
    public CommandException ToException() => new(_violations);

    public static string Shown(string value) => value.Length > LongestShownValue ? value[..LongestShownValue] + "…" : value;
}
