using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows;

/// <summary>A source of this server could not be read, or refused a request; <see cref="Failure"/> says in which way.</summary>
public class EdgeException(ReadFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public ReadFailure Failure { get; } = failure;
}
