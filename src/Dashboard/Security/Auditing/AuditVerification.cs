using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>What a check of the chain found.</summary>
/// <param name="IsIntact">True where every entry is as it was written, and none is missing.</param>
/// <param name="Checked">Entries that were looked at, up to the first that is wrong.</param>
/// <param name="FirstBroken">The number of the first entry that is wrong or missing; null where all is well.</param>
/// <param name="Sentence">For a person.</param>
public sealed record AuditVerdict(bool IsIntact, long Checked, long? FirstBroken, string Sentence);

/// <summary>Checks the chain from its anchor to its end.</summary>
internal sealed class AuditVerification(IDbContextFactory<SecurityContext> contexts, AuditChain chain, AuditHead head)
{
    public async Task<AuditVerdict> VerifyAsync(CancellationToken cancellationToken)
    {
        // Read first: entries that are written meanwhile come after it.
        var end = await head.ReadAsync(cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var anchor = await context.AuditAnchors.AsNoTracking().OrderByDescending(known => known.Sequence).FirstOrDefaultAsync(cancellationToken);
        if (anchor is not null && !Same(anchor.Proof, chain.ProofOf(anchor.Sequence, anchor.Hash)))
        {
            return Broken(0, anchor.Sequence, "this dashboard didn't make the anchor behind which old entries were removed");
        }

        var (sequence, hash, count, seen) = (anchor?.Sequence ?? 0, anchor?.Hash ?? [], 0L, end is not { IsProven: true } || end.Sequence == (anchor?.Sequence ?? 0));
        await foreach (var entry in context.AuditEntries.AsNoTracking().OrderBy(entry => entry.Sequence).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (entry.Sequence != sequence + 1)
            {
                return Broken(count, sequence + 1, "it's missing");
            }

            if (!Same(entry.PreviousHash, hash))
            {
                return Broken(count, entry.Sequence, "it doesn't follow the entry before it");
            }

            if (!Same(entry.Hash, chain.HashOf(entry)))
            {
                return Broken(count, entry.Sequence, "it was changed after it was written");
            }

            if (end is { IsProven: true } last && last.Sequence == entry.Sequence)
            {
                seen = true;
                if (!Same(last.Hash, entry.Hash))
                {
                    return Broken(count, entry.Sequence, "another entry was written with this number");
                }
            }

            (sequence, hash, count) = (entry.Sequence, entry.Hash, count + 1);
        }

        if (!seen && end!.Sequence > sequence)
        {
            return Broken(count, sequence + 1, $"entries up to {end.Sequence} were written and are missing at the end");
        }

        // Without it, nobody can tell whether entries are missing at the end.
        if (end is not { IsProven: true } && sequence > 0)
        {
            return Broken(count, sequence + 1, end is null ? "audit.head, which says where the audit ends, is missing or can't be read" : "audit.head, which says where the audit ends, wasn't written by this dashboard");
        }

        return new(true, count, null, anchor is null
            ? $"The audit is intact: {count} entries, each as it was written."
            : $"The audit is intact: {count} entries, each as it was written; those up to {anchor.Sequence} were removed by retention.");
    }

    private static AuditVerdict Broken(long count, long sequence, string why) =>
        new(false, count, sequence, $"The audit is broken at entry {sequence}: {why}. The {count} entries before it are as they were written.");

    private static bool Same(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);
}
