using System.Diagnostics.CodeAnalysis;

namespace WsusDashboard.Dashboard.Kernel;

/// <summary>An expected failure, in words for a person: what happened, to which server, what to do next.</summary>
public abstract record Failure(string Message);

/// <summary>No such server, run, service, pool or playbook.</summary>
public sealed record NotFound(string Message) : Failure(Message);

/// <summary>The agent does not answer; nothing was changed by this request.</summary>
public sealed record Unreachable(string Message) : Failure(Message);

/// <summary>The agent did not answer in time: whether the request was carried out is not known until it answers again.</summary>
public sealed record TimedOut(string Message) : Failure(Message);

/// <summary>The local policy of the server refuses it (monitor-only, a pool or service that is not allowed).</summary>
public sealed record Refused(string Message) : Failure(Message);

/// <summary>The person who asks may not do this; nothing was changed.</summary>
public sealed record Forbidden(string Message) : Failure(Message);

/// <summary>The state is against it: another repair goes on, the plan no longer fits, the address is taken.</summary>
/// <param name="Message">What is in the way.</param>
/// <param name="RepairId">The repair that is in the way, where one is.</param>
public record Conflict(string Message, string? RepairId = null) : Failure(Message);

/// <summary>A server that shares something with this one is being repaired; nothing was started.</summary>
public sealed record Occupied(string Message) : Conflict(Message);

/// <summary>Input that cannot be taken; nothing was started or saved.</summary>
/// <param name="Message">All of it in one sentence.</param>
/// <param name="Errors">One for each field.</param>
public sealed record Invalid(string Message, IReadOnlyList<FieldError> Errors) : Failure(Message)
{
    public static Invalid Of(params IReadOnlyList<FieldError> errors) => new(string.Join(" ", errors.Select(error => error.Message)), errors);

    public static Invalid Of(string field, string message) => Of([new FieldError(field, message)]);
}

/// <summary>The agent or the database could not do it now; try again later.</summary>
public record Unavailable(string Message) : Failure(Message);

/// <summary>The audit can't be written, so nothing was sent to the server.</summary>
public sealed record NotRecorded(string Message) : Unavailable(Message);

/// <summary>One field that cannot be taken.</summary>
/// <param name="Field">The field as it stands in the body, the query or the form.</param>
/// <param name="Message">What is wrong, with the value and what is allowed.</param>
public sealed record FieldError(string Field, string Message);

/// <summary>A value, or the expected failure that stands in its place.</summary>
/// <typeparam name="T">The value.</typeparam>
public sealed record Outcome<T>
{
    public T? Value { get; private init; }

    public Failure? Failure { get; private init; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsSuccess => Failure is null;

    public static implicit operator Outcome<T>(T value) => new() { Value = value };

    public static implicit operator Outcome<T>(Failure failure) => new() { Failure = failure };
}

/// <summary>The value of an outcome that has none.</summary>
public sealed record Done
{
    public static Done Instance { get; } = new();
}
