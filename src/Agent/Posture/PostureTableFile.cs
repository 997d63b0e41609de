using System.Globalization;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;

namespace WsusDashboard.Agent.Posture;

/// <summary>The table that this agent judges with: the release's, or the one that an administrator put into the data folder where that is newer. A change of that file goes to the audit, with its SHA-256.</summary>
/// <remarks>Threading: one caller at a time, the collector.</remarks>
internal sealed class PostureTableFile(AgentOptions options, AgentStore store, AgentAudit audit, TimeProvider timeProvider)
{
    public const string FileName = "posture-table.json";

    private const string Verb = "posture-table";
    private const string AuditedKey = "audited";

    private string? _audited;

    /// <summary>The table in force, and what is told of it.</summary>
    public async Task<(PostureTableReading Reading, TableInForce Table)> ReadAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var release = PostureTable.ReadOfRelease(now);
        var path = Path.Combine(options.DataDirectory, FileName);
        PostureTableReading? renewed;
        try
        {
            renewed = Read(path, now);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (release, PostureRules.InForce(release) with { Problem = $"{path} can't be read: {exception.Message}" });
        }

        if (renewed is null)
        {
            return (release, PostureRules.InForce(release));
        }

        await AuditAsync(renewed, cancellationToken).ConfigureAwait(false);
        return renewed.Table is not { } table ? (release, PostureRules.InForce(release) with { Problem = $"{path} isn't used: {renewed.Mistakes[0]}" })
            : release.Table is { } built && built.AsOf >= table.AsOf ? (release, PostureRules.InForce(release))
            : (renewed, PostureRules.InForce(renewed) with { IsFromFile = true });
    }

    /// <summary>Null where there is no file. One that is too large isn't read to its end.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PostureTableReading? Read(string path, DateTimeOffset now)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[PostureTableReader.LargestBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return PostureTable.Read(bytes[..length], now);
    }

    private async Task AuditAsync(PostureTableReading renewed, CancellationToken cancellationToken)
    {
        _audited ??= store.Read(connection => connection.Scalar<string>("SELECT value FROM posture_table WHERE name = $name", ("$name", AuditedKey))) ?? "";
        if (_audited == renewed.Sha256)
        {
            return;
        }

        audit.TryWrite(new AgentAuditEntry
        {
            Verb = Verb,
            From = AgentCaller.Here,
            What = renewed.Table is { } table ? string.Create(CultureInfo.InvariantCulture, $"Table of {table.AsOf:yyyy-MM-dd}") : FileName,
            Outcome = renewed.Table is null ? "refused" : "done",
            Detail = renewed.Table is null ? $"SHA-256 {renewed.Sha256}: {renewed.Mistakes[0]}" : $"SHA-256 {renewed.Sha256}",
        });
        _audited = renewed.Sha256;
        await store.WriteAsync(
            connection => connection.Execute("INSERT INTO posture_table (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = $value", ("$name", AuditedKey), ("$value", renewed.Sha256)),
            cancellationToken).ConfigureAwait(false);
    }
}
