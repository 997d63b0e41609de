using System.Text.Json;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// The last entry of the audit, kept in a file beside the key file: entries that were cut off at the end of the database are missed by it. It is written
/// after the entry; a crash in between leaves it one behind, which hides nothing.
/// </summary>
internal sealed class AuditHead(DashboardOptions options)
{
    private string Path => System.IO.Path.Combine(options.DataDirectory, "audit.head");

    public async Task WriteAsync(long sequence, byte[] hash)
    {
        var unfinished = Path + ".part";
        await File.WriteAllTextAsync(unfinished, JsonSerializer.Serialize(new Known(sequence, Convert.ToHexString(hash))));
        File.Move(unfinished, Path, overwrite: true);
    }

    /// <summary>Null where there is none, or it cannot be read.</summary>
    public async Task<(long Sequence, byte[] Hash)?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize<Known>(await File.ReadAllTextAsync(Path, cancellationToken)) is { } known ? (known.Sequence, Convert.FromHexString(known.Hash)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return null;
        }
    }

    private sealed record Known(long Sequence, string Hash);
}
