namespace WsusDashboard.Agent.Security.Audit;

/// <summary>
/// The agent's own audit. What is carried out goes into a chain: one line an event, only ever appended, each with the hash of the one before, on the disk before
/// it counts; a change that cannot be written down is not begun. What changed nothing is only counted, apart from it. Both are readable without any hub.
/// </summary>
/// <remarks>Safe for use from several threads; one writes at a time.</remarks>
internal sealed partial class AgentAudit
{
    private const int LongestText = 1_000;

    private readonly Lock _gate = new();
    private readonly Lock _refusalsGate = new();
    private readonly string _dataDirectory;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<AgentAudit> _logger;
    private AuditChain? _chain;
    private AuditRefusals? _refusals;
    private bool _isRefusalLost;

    public AgentAudit(AgentOptions options, TimeProvider timeProvider, ILogger<AgentAudit> logger) =>
        (_dataDirectory, _timeProvider, _logger) = (options.DataDirectory, timeProvider, logger);

    /// <summary>An entry stands in the chain. Raised under the lock of the writer, in the order of the chain: handlers return at once.</summary>
    public event Action<AgentAuditEntry>? Written;

    /// <summary>Compares the chain with its head, and writes what is wrong into it, without waiting for the first command.</summary>
    public void Begin() => Try(AuditChain.OwnVerb, "", () =>
    {
        lock (_gate)
        {
            Open();
        }
    });

    /// <summary>Appends an entry to the chain; number, time and hashes are set here.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public void Write(AgentAuditEntry entry)
    {
        try
        {
            lock (_gate)
            {
                Append(Open(), Bounded(entry));
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

    /// <summary>Counts a request that changed nothing: it was refused, waits, or had nothing left to do.</summary>
    public void Count(AgentAuditEntry entry) => Try(entry.Verb, entry.Outcome, () => Refusals().Add(Bounded(entry)));

    /// <summary>Counts a caller that was not let in.</summary>
    public void WriteRefusedAccess(AgentCaller caller, string request, string why) =>
        Count(new AgentAuditEntry { Verb = "access", Hub = caller.HubName, HubId = caller.Hub?.Id ?? "", From = caller.From, What = request, Outcome = "refused", Detail = why });

    /// <summary>Writes what was counted since the last time.</summary>
    public void Flush() => Try(AuditChain.OwnVerb, "", () => Refusals().Flush());

    /// <summary>The chain, opened; what was found wrong stands in it first.</summary>
    private AuditChain Open()
    {
        if (_chain is { } open)
        {
            return open;
        }

        var chain = AuditChain.Open(_dataDirectory, _timeProvider.GetUtcNow());
        foreach (var finding in chain.Findings)
        {
            Append(chain, finding);
            Log.Found(_logger, finding.What, finding.Detail);
        }

        return _chain = chain;
    }

    private void Append(AuditChain chain, AgentAuditEntry entry)
    {
        AgentAuditEntry written;
        try
        {
            written = chain.Append(entry, _timeProvider.GetUtcNow());
        }
        catch
        {
            // How much of it reached the disk is found out by the next one.
            _chain = null;
            throw;
        }

        Written?.Invoke(written);
    }

    private AuditRefusals Refusals()
    {
        lock (_refusalsGate)
        {
            return _refusals ??= new(_dataDirectory, _timeProvider);
        }
    }

    private void Try(string verb, string outcome, Action write)
    {
        try
        {
            write();
            _isRefusalLost = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Said once, until it works again: whoever is refused can ask as often as they like.
            if (!_isRefusalLost)
            {
                _isRefusalLost = true;
                Log.NotWritten(_logger, verb, outcome, exception);
            }
        }
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

        [LoggerMessage(2, LogLevel.Error, "The agent's audit isn't as the agent left it: {File} {Reason}")]
        public static partial void Found(ILogger logger, string file, string reason);
    }
}
