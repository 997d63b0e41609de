using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Features.Logs;

/// <summary>One line of a log on a server.</summary>
/// <param name="At">UTC; null where the line has no time that can be read.</param>
/// <param name="Component">For example SMS_WSUS_SYNC_MANAGER.</param>
/// <param name="Severity">info, warning or error.</param>
/// <param name="Text">At most 8 KB.</param>
public sealed record LogEntry(DateTimeOffset? At, string Component, string Severity, string Text)
{
    internal static LogEntry Of(Wire.LogLine line) => new(line.At?.ToDateTimeOffset(), line.Component, line.Severity, line.Text);
}

/// <summary>Logs of a server, read by its agent on demand; for those who may see the server.</summary>
internal sealed class LogService(AgentCommands agents, SharedLogs logs)
{
    public const int MaximumTailLines = ContractLimits.MaximumLogTailLines;

    private static readonly TimeSpan TailLimit = TimeSpan.FromSeconds(30);

    /// <summary>The logs that an agent reads.</summary>
    public static IReadOnlyList<string> Names => LogNames.All;

    /// <summary>The last lines, oldest first. Failures: NotFound, Invalid, Unreachable, TimedOut, Unavailable.</summary>
    public async Task<Outcome<IReadOnlyList<LogEntry>>> TailAsync(int serverId, string name, int lines, CancellationToken cancellationToken) =>
        Obstacle(serverId, name, lines) is { } obstacle ? obstacle : await logs.TailAsync(serverId, name, lines, TailLimit, cancellationToken);

    /// <summary>The last lines, then new ones as they come, until the reader goes. A failure is the last item.</summary>
    public IAsyncEnumerable<Outcome<LogEntry>> FollowAsync(int serverId, string name, int tailLines, CancellationToken cancellationToken) =>
        Obstacle(serverId, name, tailLines) is { } obstacle ? new Outcome<LogEntry>[] { obstacle }.ToAsyncEnumerable() : logs.FollowAsync(serverId, name, tailLines, cancellationToken);

    private Failure? Obstacle(int serverId, string name, int lines) => (Failure?)Check(name, lines) ?? agents.Find(serverId, Permission.View).Failure;

    private static Invalid? Check(string name, int lines)
    {
        var errors = new List<FieldError>();
        if (!Names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            errors.Add(new("name", $"\"{name}\" is not a log the agent reads. Allowed: {string.Join(", ", Names)}."));
        }

        if (lines is < 1 or > MaximumTailLines)
        {
            errors.Add(new("lines", $"{lines} is not a valid number of lines. Allowed: 1 to {MaximumTailLines}."));
        }

        return errors.Count == 0 ? null : Invalid.Of(errors);
    }
}
