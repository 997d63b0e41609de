namespace WsusDashboard.Agent.Settings;

/// <summary>The options are wrong: every mistake at once, so that a person corrects them in one go.</summary>
public sealed class AgentOptionsException(IReadOnlyList<string> errors)
    : Exception("The agent does not start, because its options are wrong:" + Environment.NewLine + string.Join(Environment.NewLine, errors.Select(error => "  " + error)))
{
    /// <summary>One sentence a mistake: the key, the value, what is allowed.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
