using System.Management.Automation;

namespace WsusDashboard.PowerShell.Client;

/// <summary>What was asked for couldn't be done. The message is for people and never holds the token.</summary>
public sealed class DashboardException : Exception
{
    internal DashboardException(string errorId, ErrorCategory category, string message, Exception? cause = null)
        : base(message, cause)
    {
        ErrorId = errorId;
        Category = category;
    }

    /// <summary>What scripts decide by; the first part of the record's FullyQualifiedErrorId.</summary>
    public string ErrorId { get; }

    /// <summary>The category of the record.</summary>
    public ErrorCategory Category { get; }

    /// <summary>The dashboard's HTTP status; null where it gave no answer.</summary>
    public int? StatusCode { get; internal set; }

    /// <summary>True where the next request would fail in the same way: a command that works on several things ends.</summary>
    internal bool EndsCommand { get; init; }

    /// <summary>True where the dashboard may answer if it's asked again later.</summary>
    internal bool MayPass => Category is ErrorCategory.ConnectionError or ErrorCategory.OperationTimeout or ErrorCategory.ResourceUnavailable or ErrorCategory.LimitsExceeded;
}
