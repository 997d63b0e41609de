using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// The proof of the audit: each entry's HMAC-SHA256 covers its fields and the HMAC of the entry before. The key comes from the key file, so that whoever
/// has the database alone can neither change an entry nor make a new chain.
/// </summary>
internal sealed class AuditChain(KeyFile keyFile)
{
    private readonly byte[] _key = keyFile.Derive("audit");

    public byte[] HashOf(AuditEntry entry)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Append(hmac, entry.PreviousHash);
        Append(hmac, entry.Sequence);
        Append(hmac, MillisecondsOf(entry.At));
        foreach (var text in new[]
        {
            entry.Who, entry.PersonId, entry.From, entry.What, entry.ServerId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", entry.ServerName,
            entry.Site, entry.Detail, entry.Before, entry.After, entry.Outcome, entry.Ticket,
        })
        {
            Append(hmac, Encoding.UTF8.GetBytes(text));
        }

        return hmac.GetHashAndReset();
    }

    /// <summary>Of an anchor, behind which the entries up to this one were removed.</summary>
    public byte[] ProofOf(long sequence, byte[] hash) => ProofOf("anchor"u8, sequence, hash);

    /// <summary>Of the newest entry. An anchor's proof is another one, so that no anchor can stand for the end.</summary>
    public byte[] EndProofOf(long sequence, byte[] hash) => ProofOf("end"u8, sequence, hash);

    /// <summary>What every database keeps of a time.</summary>
    public static DateTime WholeMilliseconds(DateTime at) => DateTime.UnixEpoch.AddMilliseconds(MillisecondsOf(at));

    private byte[] ProofOf(ReadOnlySpan<byte> purpose, long sequence, byte[] hash)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Append(hmac, purpose);
        Append(hmac, sequence);
        Append(hmac, hash);
        return hmac.GetHashAndReset();
    }

    private static long MillisecondsOf(DateTime at) => (long)Math.Floor((at - DateTime.UnixEpoch).TotalMilliseconds);

    /// <summary>With its length, so that no two different entries give the same bytes.</summary>
    private static void Append(IncrementalHash hmac, ReadOnlySpan<byte> bytes)
    {
        Append(hmac, bytes.Length);
        hmac.AppendData(bytes);
    }

    private static void Append(IncrementalHash hmac, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hmac.AppendData(bytes);
    }
}
