using System.Security.Cryptography;
using System.Text.Json;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>What the file beside the key says of the audit's last entry.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="IsProven">False where the file wasn't written with this dashboard's key.</param>
internal sealed record AuditEnd(long Sequence, byte[] Hash, bool IsProven);

/// <summary>
/// The last entry of the audit, kept in a file beside the key file and proven by the key: entries that were cut off at the end of the database are missed by it, and whoever can write the file
/// but doesn't have the key can't move it back. It is written after the entry; a crash in between leaves it one behind, which hides nothing.
/// </summary>
internal sealed class AuditHead(DashboardOptions options, AuditChain chain)
{
    public void Write(long sequence, byte[] hash) =>
        PrivateFile.Write(options.AuditHeadPath, JsonSerializer.SerializeToUtf8Bytes(new Known(sequence, Convert.ToHexString(hash), Convert.ToHexString(chain.EndProofOf(sequence, hash)))));

    /// <summary>Null where there is none, or it cannot be read.</summary>
    public async Task<AuditEnd?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Read(await File.ReadAllTextAsync(options.AuditHeadPath, cancellationToken)) is { } known
                ? new(known.Sequence, known.Hash, CryptographicOperations.FixedTimeEquals(known.Proof, chain.EndProofOf(known.Sequence, known.Hash)))
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The number that such a file names, whoever wrote it; null where it is no content of such a file.</summary>
    public static long? ReadSequence(string? content) => content is null ? null : Read(content)?.Sequence;

    private static (long Sequence, byte[] Hash, byte[] Proof)? Read(string content)
    {
        try
        {
            return JsonSerializer.Deserialize<Known>(content) is { } known ? (known.Sequence, Convert.FromHexString(known.Hash ?? ""), Convert.FromHexString(known.Proof ?? "")) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    private sealed record Known(long Sequence, string? Hash, string? Proof);
}
