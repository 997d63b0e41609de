using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Features.Logs;

/// <summary>One line of a log on a server.</summary>
/// <param name="At">UTC; null where the line has no time that can be read.</param>
/// <param name="Component">For example SMS_WSUS_SYNC_MANAGER.</param>
/// <param name="Severity">info, warning or error.</param>
/// <param name="Text">At most 8 KB.</param>
public sealed record LogEntry(DateTimeOffset? At, string Component, string Severity, string Text);

/// <summary>Logs of a server, read by its agent on demand.</summary>
internal sealed class LogService(AgentCommands agents)
{
    public const int MaximumTailLines = ContractLimits.MaximumLogTailLines;

    private static readonly TimeSpan TailLimit = TimeSpan.FromSeconds(30);

    /// <summary>The logs that an agent reads.</summary>
    public static IReadOnlyList<string> Names => LogNames.All;

    /// <summary>The last lines, oldest first. Failures: NotFound, Invalid, Unreachable, TimedOut, Unavailable.</summary>
    public async Task<Outcome<IReadOnlyList<LogEntry>>> TailAsync(int serverId, string name, int lines, CancellationToken cancellationToken)
    {
        var entries = new List<LogEntry>();
        await foreach (var entry in ReadAsync(serverId, name, lines, follow: false, cancellationToken))
        {
            if (!entry.IsSuccess)
            {
                return entry.Failure;
            }

            entries.Add(entry.Value);
        }

        return entries;
    }

    /// <summary>The last lines, then new ones as they come, until the reader goes. A failure is the last item.</summary>
    public IAsyncEnumerable<Outcome<LogEntry>> FollowAsync(int serverId, string name, int tailLines, CancellationToken cancellationToken) =>
        ReadAsync(serverId, name, tailLines, follow: true, cancellationToken);

    private IAsyncEnumerable<Outcome<LogEntry>> ReadAsync(int serverId, string name, int lines, bool follow, CancellationToken cancellationToken)
    {
        var request = new Wire.ReadLogRequest { Name = name, TailLines = lines, Follow = follow };
        return Check(name, lines) is { } invalid
            ? new Outcome<LogEntry>[] { invalid }.ToAsyncEnumerable()
            : agents.StreamAsync(serverId, (client, options) => client.ReadLog(request, options), ToEntry, follow ? null : TailLimit, cancellationToken);
    }

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

    private static LogEntry ToEntry(Wire.LogLine line) => new(line.At?.ToDateTimeOffset(), line.Component, line.Severity, line.Text);
}
