using System.Text.Json;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// The last entry of the audit, kept in a file beside the key file: entries that were cut off at the end of the database are missed by it. It is written
/// after the entry; a crash in between leaves it one behind, which hides nothing.
/// </summary>
internal sealed class AuditHead(DashboardOptions options)
{
    public void Write(long sequence, byte[] hash) =>
        PrivateFile.Write(options.AuditHeadPath, JsonSerializer.SerializeToUtf8Bytes(new Known(sequence, Convert.ToHexString(hash))));

    /// <summary>Null where there is none, or it cannot be read.</summary>
    public async Task<(long Sequence, byte[] Hash)?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await File.ReadAllTextAsync(options.AuditHeadPath, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null where it is no content of such a file.</summary>
    public static (long Sequence, byte[] Hash)? Parse(string? content)
    {
        try
        {
            return content is not null && JsonSerializer.Deserialize<Known>(content) is { } known ? (known.Sequence, Convert.FromHexString(known.Hash)) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    private sealed record Known(long Sequence, string Hash);
}
