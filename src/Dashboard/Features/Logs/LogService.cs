namespace WsusDashboard.Dashboard.Features.Logs;

/// <summary>One line of a log on a server.</summary>
/// <param name="At">UTC; null where the line has no time that can be read.</param>
/// <param name="Component">For example SMS_WSUS_SYNC_MANAGER.</param>
/// <param name="Severity">info, warning or error.</param>
/// <param name="Text">At most 8 KB.</param>
public sealed record LogEntry(DateTimeOffset? At, string Component, string Severity, string Text);

/// <summary>Logs of a server, read by its agent on demand.</summary>
public sealed class LogService
{
    public const int MaximumTailLines = 2000;

    /// <summary>The logs that an agent reads.</summary>
    public static IReadOnlyList<string> Names { get; } = ["wsyncmgr", "WCM", "WSUSCtrl"];

    /// <summary>The last lines, oldest first. Failures: NotFound, Invalid, Unreachable, TimedOut, Unavailable.</summary>
    public Task<Outcome<IReadOnlyList<LogEntry>>> TailAsync(int serverId, string name, int lines, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The last lines, then new ones as they come, until the reader goes. A failure is the last item.</summary>
    public IAsyncEnumerable<Outcome<LogEntry>> FollowAsync(int serverId, string name, int tailLines, CancellationToken cancellationToken) => throw new NotImplementedException();
}
