namespace WsusDashboard.Agent;

/// <summary>Why a command was not carried out. One place (Api) maps these to gRPC status and ProblemDetails.</summary>
public enum CommandFailure
{
    /// <summary>A field is wrong; the violations name each, with what is allowed. Nothing was started.</summary>
    InvalidArgument = 1,

    /// <summary>There is no run of that id, or no run that could be undone.</summary>
    NotFound = 2,

    /// <summary>The local policy, or the state of the server, refuses it.</summary>
    Refused = 3,

    /// <summary>Something else goes on, the server changed since the plan, or the key was used for another request.</summary>
    Conflict = 4,

    /// <summary>Windows, IIS, WSUS or the journal did not answer, or not in time.</summary>
    Unavailable = 5,

    /// <summary>The caller has not proved who it is.</summary>
    Unauthenticated = 6,
}

/// <summary>One wrong field of a request.</summary>
/// <param name="Field">Its name as in the contract, for example "playbook".</param>
/// <param name="Description">What is wrong with it, with the value.</param>
/// <param name="AllowedValues">What is allowed, where that is a list; else empty.</param>
public sealed record FieldViolation(string Field, string Description, IReadOnlyList<string> AllowedValues);

/// <summary>A request was not carried out; the message is for a person.</summary>
public sealed class CommandException : Exception
{
    public CommandException(CommandFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    public CommandException(IReadOnlyList<FieldViolation> violations)
        : base(string.Join(" ", violations.Select(violation => violation.Description)))
    {
        Failure = CommandFailure.InvalidArgument;
        Violations = violations;
    }

    public CommandFailure Failure { get; }

    /// <summary>True where the same command may be carried out later as it is: something else goes on now, or does not answer.</summary>
    public bool IsTemporary { get => field || Failure == CommandFailure.Unavailable; init; }

    /// <summary>The wrong fields; only with <see cref="CommandFailure.InvalidArgument"/>.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; } = [];
}
