using System.Text.Json;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>
/// The agent's own audit: one line an event, only ever appended, each with the hash of the one before, on the disk before it counts. It is kept on the
/// server and readable without any hub. A change that cannot be written down is not begun.
/// </summary>
/// <remarks>Safe for use from several threads; one writes at a time.</remarks>
internal sealed partial class AgentAudit
{
    private const int LongestText = 1_000;

    // Strangers can knock as often as they like; what they leave here is bounded.
    private const int RefusedPerMinute = 20;

    private readonly Lock _gate = new();
    private readonly string _dataDirectory;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<AgentAudit> _logger;
    private readonly AttemptLimiter _refusals;
    private AgentAuditEntry? _last;
    private bool _hasRead;

    public AgentAudit(AgentOptions options, TimeProvider timeProvider, ILogger<AgentAudit> logger)
    {
        (_dataDirectory, _timeProvider, _logger) = (options.DataDirectory, timeProvider, logger);
        _refusals = new AttemptLimiter(RefusedPerMinute, RefusedPerMinute, TimeSpan.FromMinutes(1), timeProvider);
    }

    /// <summary>Appends an entry; number, time and hashes are set here.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public void Write(AgentAuditEntry entry)
    {
        try
        {
            lock (_gate)
            {
                Append(entry);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(_logger, entry.Verb, entry.Outcome, exception);
            throw new CommandException(CommandFailure.Unavailable, $"The agent's audit in {_dataDirectory} can't be written: {exception.Message} Without it, nothing is changed on this server.", exception);
        }
    }

    /// <summary>Appends an entry about something that has happened already: where it cannot be written, the log of the program has it.</summary>
    public void TryWrite(AgentAuditEntry entry)
    {
        try
        {
            Write(entry);
        }
        catch (CommandException)
        {
            // Write has logged it.
        }
    }

    /// <summary>Notes a caller that was not let in; at most so many a minute.</summary>
    public void WriteRefusedAccess(AgentCaller caller, string request, string why)
    {
        if (_refusals.TryEnter(""))
        {
            TryWrite(new AgentAuditEntry { Verb = "access", Hub = caller.HubName, From = caller.From, What = request, Outcome = "refused", Detail = why });
        }
    }

    private void Append(AgentAuditEntry entry)
    {
        var last = ReadLast();
        var numbered = Bounded(entry) with { Number = (last?.Number ?? 0) + 1, At = _timeProvider.GetUtcNow(), Previous = last?.Hash ?? "", Hash = "" };
        numbered = numbered with { Hash = numbered.ComputeHash() };
        var path = AuditFiles.Current(_dataDirectory);
        if (new FileInfo(path) is { Exists: true, Length: > AuditFiles.MaximumFileBytes })
        {
            AuditFiles.Rotate(_dataDirectory);
        }

        using (var stream = new FileStream(path, PrivateFile.Options(FileMode.Append)))
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(numbered, AgentAuditJson.Default.AgentAuditEntry));
            stream.Write("\n"u8);
            stream.Flush(flushToDisk: true);
        }

        _last = numbered;
        new AuditHead(numbered.Number, numbered.Hash).Write(_dataDirectory);
    }

    /// <summary>The chain goes on where the agent before this one left it; a line that was cut by a crash is ended, and stays visible as damaged.</summary>
    private AgentAuditEntry? ReadLast()
    {
        if (!_hasRead)
        {
            _last = AuditFiles.ReadLines(_dataDirectory).Select(line => AuditFiles.Parse(line.Line)).LastOrDefault(entry => entry is not null);
            _hasRead = true;
        }

        return _last;
    }

    private static AgentAuditEntry Bounded(AgentAuditEntry entry) => entry with
    {
        Who = Bounded(entry.Who),
        Hub = Bounded(entry.Hub),
        What = Bounded(entry.What),
        Reason = Bounded(entry.Reason),
        Ticket = Bounded(entry.Ticket),
        Detail = Bounded(entry.Detail),
    };

    private static string Bounded(string text) => text.Length > LongestText ? text[..LongestText] + "…" : text;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The audit entry \"{Verb}\" ({Outcome}) can't be written")]
        public static partial void NotWritten(ILogger logger, string verb, string outcome, Exception exception);
    }
}
