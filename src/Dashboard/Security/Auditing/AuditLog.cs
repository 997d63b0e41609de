using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// The one way to write the audit. Threading: one entry after another, because each names the one before. What cannot be stored is in the log of the program,
/// and is owed: it is stored with the next entry that can be.
/// </summary>
internal sealed partial class AuditLog(
    IDbContextFactory<SecurityContext> contexts,
    AuditChain chain,
    AuditHead head,
    StorageHealth health,
    TimeProvider timeProvider,
    ILogger<AuditLog> logger) : IDisposable
{
    /// <summary>Of the entries that are owed; what does not fit is in the log of the program alone.</summary>
    private const int MaximumOwedCharacters = 2_000_000;

    /// <summary>What one field of an entry holds at most; the rest is cut off.</summary>
    private const int MaximumTextLength = 4_000;

    private readonly SemaphoreSlim _writing = new(1);
    private readonly Queue<AuditEntry> _owed = new();
    private int _owedCharacters;
    private long _first = long.MaxValue;

    /// <summary>Number of the first entry that this program wrote; the highest number there is before that.</summary>
    public long First => Interlocked.Read(ref _first);

    /// <param name="who">The name of who asked; for a sign-in that failed the name as it was typed.</param>
    /// <param name="identity">As what.</param>
    /// <param name="note">What was asked for.</param>
    public async Task WriteAsync(string who, CallerIdentity identity, AuditNote note)
    {
        var entry = ToEntry(who, identity, note);
        Log.Asked(logger, entry.Who, entry.What, entry.ServerName, entry.Detail, entry.Outcome);
        await _writing.WaitAsync();
        try
        {
            await StoreAsync([entry]);
        }
        catch (Exception exception) when (StorageFault.Of(exception) is var problem && problem != StorageProblem.None)
        {
            health.ReportFailure(problem);
            Owe(entry, exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes down what is about to be sent to a server. The value is the entry's number. Failure: NotRecorded; then it must not be sent.</summary>
    /// <param name="who">As in <see cref="WriteAsync"/>.</param>
    /// <param name="identity">As what.</param>
    /// <param name="note">What the outcome will say, as far as it is known.</param>
    /// <param name="key">The key that the agent knows the command by; empty where it has none.</param>
    public async Task<Outcome<long>> WriteIntentAsync(string who, CallerIdentity identity, AuditNote note, string key)
    {
        var entry = ToEntry(who, identity, AuditIntent.Of(note, key));
        Log.Asked(logger, entry.Who, entry.What, entry.ServerName, entry.Detail, entry.Outcome);
        try
        {
            await AppendAsync([entry]);
            return entry.Sequence;
        }
        catch (Exception exception) when (StorageFault.Of(exception) is var problem && problem != StorageProblem.None)
        {
            health.ReportFailure(problem);
            Log.IntentNotStored(logger, exception);
            return new NotRecorded($"Nothing was sent{(note.ServerName.Length > 0 ? $" to {note.ServerName}" : "")}, because the audit can't be written now. {health.Current.Message}");
        }
    }

    /// <summary>Several notes in one transaction, for a writer that tries again: what cannot be stored is thrown, not only logged.</summary>
    /// <param name="who">As in <see cref="WriteAsync"/>.</param>
    /// <param name="identity">As what.</param>
    /// <param name="notes">In their order.</param>
    public Task WriteAllAsync(string who, CallerIdentity identity, IReadOnlyList<AuditNote> notes) => AppendAsync([.. notes.Select(note => ToEntry(who, identity, note))]);

    /// <summary>Stores what is owed. False where it still can't be.</summary>
    public async Task<bool> WriteOwedAsync()
    {
        await _writing.WaitAsync();
        try
        {
            if (_owed.Count > 0)
            {
                await StoreAsync([]);
            }

            return true;
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Adds entries at the end of the chain, in one transaction.</summary>
    public async Task AppendAsync(IReadOnlyList<AuditEntry> entries)
    {
        await _writing.WaitAsync();
        try
        {
            await StoreAsync(entries);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Removes the entries that are older, behind an anchor from which the rest of the chain is proven. The value is how many went.</summary>
    public async Task<int> RemoveBeforeAsync(DateTime before, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);

            // Up to the first that stays, not whatever is old: a clock that was wrong for a while must not tear a hole.
            var firstKept = await context.AuditEntries.Where(entry => entry.At >= before).MinAsync(entry => (long?)entry.Sequence, cancellationToken);
            var last = await context.AuditEntries.AsNoTracking()
                .Where(entry => entry.At < before && (firstKept == null || entry.Sequence < firstKept))
                .OrderByDescending(entry => entry.Sequence)
                .Select(entry => new { entry.Sequence, entry.Hash })
                .FirstOrDefaultAsync(cancellationToken);
            if (last is null)
            {
                return 0;
            }

            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            context.AuditAnchors.Add(new() { Sequence = last.Sequence, At = timeProvider.GetUtcNow().UtcDateTime, Hash = last.Hash, Proof = chain.ProofOf(last.Sequence, last.Hash) });
            await context.SaveChangesAsync(cancellationToken);
            var removed = await context.AuditEntries.Where(entry => entry.Sequence <= last.Sequence).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return removed;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private static async Task<(long Sequence, byte[] Hash)> ReadEndAsync(SecurityContext context, CancellationToken cancellationToken)
    {
        if (await context.AuditEntries.AsNoTracking().OrderByDescending(entry => entry.Sequence).Select(entry => new { entry.Sequence, entry.Hash }).FirstOrDefaultAsync(cancellationToken) is { } last)
        {
            return (last.Sequence, last.Hash);
        }

        var anchor = await context.AuditAnchors.AsNoTracking().OrderByDescending(known => known.Sequence).FirstOrDefaultAsync(cancellationToken);
        return anchor is null ? (0, []) : (anchor.Sequence, anchor.Hash);
    }

    /// <summary>What is owed, and these entries behind it. Only while nobody else writes.</summary>
    private async Task StoreAsync(IReadOnlyList<AuditEntry> entries)
    {
        await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
        await using var turn = await AuditTurn.EnterAsync(context, CancellationToken.None);
        var (sequence, hash) = await ReadEndAsync(context, CancellationToken.None);

        // Before it is stored: whoever looks for what others left behind must not meet an entry of ours first.
        Interlocked.CompareExchange(ref _first, sequence + 1, long.MaxValue);
        foreach (var entry in _owed.Concat(entries))
        {
            entry.Sequence = ++sequence;
            entry.PreviousHash = hash;
            entry.Hash = hash = chain.HashOf(entry);
            context.AuditEntries.Add(entry);
        }

        await context.SaveChangesAsync(CancellationToken.None);
        await turn.CommitAsync(CancellationToken.None);
        _owed.Clear();
        _owedCharacters = 0;
        try
        {
            head.Write(sequence, hash);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.HeadNotWritten(logger, exception);
        }
    }

    private void Owe(AuditEntry entry, Exception exception)
    {
        var characters = entry.Who.Length + entry.From.Length + entry.What.Length + entry.ServerName.Length + entry.Site.Length + entry.Detail.Length + entry.Before.Length + entry.After.Length + entry.Outcome.Length + entry.Ticket.Length;
        if (_owedCharacters + characters > MaximumOwedCharacters)
        {
            Log.NotStored(logger, exception);
            return;
        }

        _owed.Enqueue(entry);
        _owedCharacters += characters;
        Log.Owed(logger, exception);
    }

    /// <summary>
    /// A text as an entry keeps it: one line, at most so long, and without what changes how a line is read. A name as it was typed at the sign-in or as a provider sends it may hold line ends,
    /// directions and signs without width; on a console, in a file and on a page each of them makes one entry look like another.
    /// </summary>
    internal static string Plain(string text) => PlainText.ReplaceInvisible(text.Length <= MaximumTextLength ? text : text[..MaximumTextLength]);

    private AuditEntry ToEntry(string who, CallerIdentity identity, AuditNote note) => new()
    {
        At = AuditChain.WholeMilliseconds(timeProvider.GetUtcNow().UtcDateTime),
        Who = Plain(who),
        PersonId = identity.PersonId,
        From = Plain(identity.From),
        What = Plain(note.What),
        ServerId = note.ServerId,
        ServerName = Plain(note.ServerName),
        Site = Plain(note.Site),
        Detail = note.Intent is { } intent ? AuditIntent.Refer(Plain(note.Detail), intent, MaximumTextLength) : AuditIntent.Defuse(Plain(note.Detail)),
        Before = Plain(note.Before),
        After = Plain(note.After),
        Outcome = Plain(note.Outcome),
        Ticket = Plain(note.Ticket),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Who} asked for {What} on {ServerName} ({Detail}): {Outcome}")]
        public static partial void Asked(ILogger logger, string who, string what, string serverName, string detail, string outcome);

        [LoggerMessage(2, LogLevel.Error, "The audit entry above couldn't be stored, and too many are waiting already, so it exists only in this log")]
        public static partial void NotStored(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "The audit entry above is stored, but the file that names the newest entry couldn't be written; until the next entry, entries cut off at the end would go unnoticed")]
        public static partial void HeadNotWritten(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Error, "The audit entry above couldn't be stored now; it will be stored together with the next one")]
        public static partial void Owed(ILogger logger, Exception exception);

        [LoggerMessage(5, LogLevel.Error, "The audit entry above couldn't be stored, so nothing was sent")]
        public static partial void IntentNotStored(ILogger logger, Exception exception);
    }
}
