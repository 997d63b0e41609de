using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// The one way to write the audit. Threading: one entry after another, because each names the one before. What cannot be stored is in the log of the program.
/// </summary>
internal sealed partial class AuditLog(
    IDbContextFactory<SecurityContext> contexts,
    AuditChain chain,
    AuditHead head,
    StorageHealth health,
    TimeProvider timeProvider,
    ILogger<AuditLog> logger) : IDisposable
{
    /// <summary>What one field of an entry holds at most; the rest is cut off.</summary>
    private const int MaximumLength = 4_000;

    private readonly SemaphoreSlim _writing = new(1);

    /// <param name="who">The name of who asked; for a sign-in that failed the name as it was typed.</param>
    /// <param name="identity">As what.</param>
    /// <param name="note">What was asked for.</param>
    public async Task WriteAsync(string who, CallerIdentity identity, AuditNote note)
    {
        Log.Asked(logger, who, note.What, note.ServerName, note.Detail, note.Outcome);
        try
        {
            await AppendAsync([ToEntry(who, identity, note)]);
        }
        catch (Exception exception) when (StorageFault.Of(exception) is var problem && problem != StorageProblem.None)
        {
            health.ReportFailure(problem);
            Log.NotStored(logger, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.HeadNotWritten(logger, exception);
        }
    }

    /// <summary>Several notes in one transaction, for a writer that tries again: what cannot be stored is thrown, not only logged.</summary>
    /// <param name="who">As in <see cref="WriteAsync"/>.</param>
    /// <param name="identity">As what.</param>
    /// <param name="notes">In their order.</param>
    public Task WriteAllAsync(string who, CallerIdentity identity, IReadOnlyList<AuditNote> notes) => AppendAsync([.. notes.Select(note => ToEntry(who, identity, note))]);

    /// <summary>Adds entries at the end of the chain, in one transaction.</summary>
    public async Task AppendAsync(IReadOnlyList<AuditEntry> entries)
    {
        await _writing.WaitAsync();
        try
        {
            await using var context = await contexts.CreateDbContextAsync(CancellationToken.None);
            var (sequence, hash) = await ReadEndAsync(context, CancellationToken.None);
            foreach (var entry in entries)
            {
                entry.Sequence = ++sequence;
                entry.PreviousHash = hash;
                entry.Hash = hash = chain.HashOf(entry);
                context.AuditEntries.Add(entry);
            }

            await context.SaveChangesAsync(CancellationToken.None);
            await head.WriteAsync(sequence, hash);
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

    private AuditEntry ToEntry(string who, CallerIdentity identity, AuditNote note) => new()
    {
        At = AuditChain.WholeMilliseconds(timeProvider.GetUtcNow().UtcDateTime),
        Who = Cut(who),
        PersonId = identity.PersonId,
        From = Cut(identity.From),
        What = Cut(note.What),
        ServerId = note.ServerId,
        ServerName = Cut(note.ServerName),
        Site = Cut(note.Site),
        Detail = Cut(note.Detail),
        Before = Cut(note.Before),
        After = Cut(note.After),
        Outcome = Cut(note.Outcome),
        Ticket = Cut(note.Ticket),
    };

    private static string Cut(string text) => text.Length <= MaximumLength ? text : text[..MaximumLength];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Who} asked for {What} on {ServerName} ({Detail}): {Outcome}")]
        public static partial void Asked(ILogger logger, string who, string what, string serverName, string detail, string outcome);

        [LoggerMessage(2, LogLevel.Error, "The audit entry above couldn't be stored")]
        public static partial void NotStored(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "The audit entry above is stored, but the file that names the newest entry couldn't be written; until the next entry, entries cut off at the end would go unnoticed")]
        public static partial void HeadNotWritten(ILogger logger, Exception exception);
    }
}
