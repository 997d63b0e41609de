using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>What one read of a section brought.</summary>
public sealed record Reading
{
    private Reading()
    {
    }

    public SectionStatus Status { get; private init; }

    /// <summary>The section's value; where it could not be read, what is known all the same, or null to keep the last one.</summary>
    public object? Value { get; private init; }

    public ReadFailure Failure { get; private init; }

    /// <summary>For a person; null while all is well.</summary>
    public string? Error { get; private init; }

    public static Reading Ok(object value) => new() { Status = SectionStatus.Ok, Value = value };

    /// <summary>The role does not exist on this server: a state, not an error.</summary>
    public static Reading NotInstalled(string reason) => new() { Status = SectionStatus.NotInstalled, Error = reason };

    public static Reading Unreadable(ReadFailure failure, string error, object? value = null) =>
        new() { Status = SectionStatus.Unreadable, Failure = failure, Error = error, Value = value };

    internal Reading WithValue(object? value) => this with { Value = value };

    public static Reading Unreadable(EdgeException exception, object? value = null) =>
        Unreadable(exception.Failure, exception.Message, value);
}

/// <summary>How much of a section is read.</summary>
public enum ReadDepth
{
    /// <summary>On schedule: heavy counts only when they are due.</summary>
    Scheduled = 0,

    /// <summary>Somebody waits for the answer: heavy counts too.</summary>
    Everything = 1,
}
