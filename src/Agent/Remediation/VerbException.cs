namespace WsusDashboard.Agent.Remediation;

/// <summary>Why a verb was not carried out. One place (Api) maps these to gRPC status and ProblemDetails.</summary>
public enum VerbFailure
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

/// <summary>A verb was not carried out; the message is for a person.</summary>
public sealed class VerbException : Exception
{
    public VerbException(VerbFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    public VerbException(IReadOnlyList<FieldViolation> violations)
        : base(string.Join(" ", violations.Select(violation => violation.Description)))
    {
        Failure = VerbFailure.InvalidArgument;
        Violations = violations;
    }

    public VerbFailure Failure { get; }

    /// <summary>The wrong fields; only with <see cref="VerbFailure.InvalidArgument"/>.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; } = [];
}
