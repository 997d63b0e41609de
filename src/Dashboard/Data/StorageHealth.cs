namespace WsusDashboard.Dashboard.Data;

/// <summary>What keeps the database from being written.</summary>
public enum StorageProblem
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Another writer holds it for longer than a statement waits.</summary>
    Locked = 1,

    /// <summary>File or folder cannot be written by this account.</summary>
    ReadOnly = 2,

    /// <summary>No space left.</summary>
    Full = 3,

    /// <summary>The file is no database, or damaged.</summary>
    Damaged = 4,

    /// <summary>Anything else.</summary>
    Other = 5,

    /// <summary>Its tables are not this version's, and cannot be made so.</summary>
    OtherVersion = 6,

    /// <summary>It belongs to dashboards with other keys.</summary>
    OtherKeys = 7,

    /// <summary>Its server doesn't answer. PostgreSQL alone.</summary>
    Unreachable = 8,
}

/// <summary>How the database does, for the banner above every page.</summary>
/// <param name="Problem">None while all is well.</param>
/// <param name="Since">UTC time since which it is so.</param>
/// <param name="Message">What happened, what goes on, what to do; empty while all is well.</param>
public sealed record StorageReport(StorageProblem Problem, DateTimeOffset? Since, string Message)
{
    public static StorageReport Well { get; } = new(StorageProblem.None, null, "");
}

/// <summary>How the database does. Threading: one immutable report, exchanged whole; readers may be on any thread.</summary>
public sealed class StorageHealth(DatabaseProvider database, TimeProvider timeProvider)
{
    private StorageReport _current = StorageReport.Well;

    public StorageReport Current => Volatile.Read(ref _current);

    /// <summary>What happened, for a person: paths and names are for those who are signed in.</summary>
    public string MessageFor(bool isSignedIn) => Current is { Problem: not StorageProblem.None } report
        ? isSignedIn ? report.Message : "WsusDashboard can't use its database right now. Its log says why."
        : "";

    /// <summary>Raised after a change, on the thread of the writer: a handler only signals.</summary>
    public event Action? Changed;

    internal void ReportSuccess()
    {
        if (Current.Problem != StorageProblem.None)
        {
            Set(StorageReport.Well);
        }
    }

    /// <summary>Its server answers, which says nothing about whether it can be written.</summary>
    internal void ReportReached()
    {
        if (Current.Problem == StorageProblem.Unreachable)
        {
            Set(StorageReport.Well);
        }
    }

    internal void ReportFailure(StorageProblem problem)
    {
        var current = Current;
        if (current.Problem != problem)
        {
            Set(new(problem, current.Since ?? timeProvider.GetUtcNow(), StorageFault.Describe(problem, database)));
        }
    }

    private void Set(StorageReport report)
    {
        Volatile.Write(ref _current, report);
        Changed?.Invoke();
    }
}
