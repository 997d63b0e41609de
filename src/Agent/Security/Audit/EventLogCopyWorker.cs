using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>
/// Copies each entry of the chain to the Windows event log, which whoever changes the agent's folder does not reach by it. How far it came stands in a file: what
/// was written right before the agent ended is copied by the next one, at worst twice. That file is believed only where the chain goes as far as it says: without it,
/// or with one that says more, all that is kept is copied.
/// </summary>
internal sealed partial class EventLogCopyWorker : BackgroundService
{
    public const string MarkFileName = "audit.copied";

    /// <summary>The verb of a policy that got wider: somebody should look at it.</summary>
    public const string PolicyWiderVerb = "policy-wider";

    private const int AskedEventId = 1000;
    private const int EndedEventId = 1001;
    private const int WarningEventId = 1002;

    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);
    private static readonly Backoff Pauses = new(TimeSpan.FromMinutes(1));

    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly AgentAudit _audit;
    private readonly IEventLogWriter _events;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<EventLogCopyWorker> _logger;
    private readonly string _dataDirectory;
    private long? _copied;

    public EventLogCopyWorker(AgentAudit audit, IEventLogWriter events, AgentOptions options, TimeProvider timeProvider, ILogger<EventLogCopyWorker> logger)
    {
        (_audit, _events, _timeProvider, _logger, _dataDirectory) = (audit, events, timeProvider, logger, options.DataDirectory);
        audit.Written += _ => _written.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            for (var failures = 0; ;)
            {
                try
                {
                    await CopyAsync(stoppingToken);
                    failures = 0;
                    await _written.Reader.ReadAsync(stoppingToken);
                }
                catch (EdgeException exception) when (exception.Failure == ReadFailure.OnlyOnWindows)
                {
                    return;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is EdgeException or IOException or UnauthorizedAccessException or OperationCanceledException)
                {
                    Log.NotCopied(_logger, exception.Message);
                    await Task.Delay(Pauses.Next(++failures), _timeProvider, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is left is copied at the next start.
        }
    }

    /// <summary>Copies what was written since the last time.</summary>
    internal async Task CopyAsync(CancellationToken cancellationToken)
    {
        _copied ??= ReadMark();
        while (OldestNewerThan(_copied.Value) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
            {
                using var limit = new CancellationTokenSource(WriteLimit, _timeProvider);
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                await _events.WriteAsync(ToRecord(entry), linked.Token);
                WriteMark(entry.Number);
            }
        }
    }

    private static EventLogRecord ToRecord(AgentAuditEntry entry)
    {
        var isWarning = entry.Outcome is "failed" or "refused" || entry.Verb == PolicyWiderVerb;

        // JSON escapes what could make a text look like another: control characters, line ends, marks of direction.
        return new(
            isWarning ? WarningEventId : entry.Outcome == "asked" ? AskedEventId : EndedEventId,
            isWarning,
            $"{entry.Verb}: {entry.Outcome}\n{JsonSerializer.Serialize(entry, AgentAuditJson.Default.AgentAuditEntry)}");
    }

    /// <summary>The entries of one file, the oldest that has any: a mark that is far behind must not bring all files into memory.</summary>
    private List<AgentAuditEntry> OldestNewerThan(long number)
    {
        // The file that is written comes first: renamed meanwhile, it is among the full ones as well.
        var current = NewerThan(AuditFiles.Current(_dataDirectory), number);
        return AuditFiles.FullNumbers(_dataDirectory).Where(last => last > number)
            .Select(last => NewerThan(AuditFiles.Full(_dataDirectory, last), number))
            .FirstOrDefault(entries => entries.Count > 0) ?? current;
    }

    private static List<AgentAuditEntry> NewerThan(string file, long number) => File.Exists(file)
        ? [.. AuditFiles.ReadFile(file).Where(line => line.IsWhole).Select(line => AuditFiles.Parse(line.Text)).OfType<AgentAuditEntry>().Where(entry => entry.Number > number)]
        : [];

    private long ReadMark()
    {
        var path = Path.Combine(_dataDirectory, MarkFileName);
        if (!File.Exists(path))
        {
            return 0;
        }

        var last = AuditFiles.FindLast(_dataDirectory)?.Number ?? 0;
        var isNumber = long.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber && number <= last)
        {
            return number;
        }

        // It is written after its entry: no crash puts it ahead.
        _audit.TryWrite(new AgentAuditEntry
        {
            Verb = AuditChain.OwnVerb,
            What = MarkFileName,
            Outcome = "failed",
            Detail = isNumber
                ? string.Create(CultureInfo.InvariantCulture, $"the Windows event log has entries up to {number} of this audit, but it went only to {last}: its end was cut off, an older copy was put back, or {MarkFileName} was changed. All that is kept is copied again.")
                : $"{MarkFileName} isn't what the agent wrote. All that is kept is copied again.",
        });
        return 0;
    }

    private void WriteMark(long number)
    {
        PrivateFile.Write(Path.Combine(_dataDirectory, MarkFileName), Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        _copied = number;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An audit entry couldn't be copied to the Windows event log; trying again: {Reason}")]
        public static partial void NotCopied(ILogger logger, string reason);
    }
}
