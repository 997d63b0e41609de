using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.EvidencePacks;

/// <summary>What a check of a pack found.</summary>
/// <param name="IsIntact">Each file is as this dashboard made it, and each audit entry in it as it was written.</param>
/// <param name="AuditEntries">Entries that were checked.</param>
/// <param name="Sentence">For a person.</param>
public sealed record EvidenceVerdict(bool IsIntact, int AuditEntries, string Sentence);

/// <summary>Checks evidence packs. It needs the key file of the dashboard that made them, and neither its database nor the dashboard itself.</summary>
internal sealed class EvidenceVerification(EvidenceSeal seal, AuditChain chain)
{
    /// <summary>Checks the pack in this file instead of starting: exit code 0 = intact, 2 = not.</summary>
    public const string Switch = "--verify-evidence";

    /// <summary>Larger ones aren't made; what claims to be larger is not unpacked.</summary>
    private const long MaximumBytes = 256 * 1024 * 1024;

    /// <exception cref="DashboardStartException">There is no key file, or it can't be used.</exception>
    public static EvidenceVerification Open(DashboardOptions options)
    {
        // Never a new one: with it every pack would look forged.
        if (!File.Exists(options.KeyFilePath))
        {
            throw new DashboardStartException($"{Switch} needs the key file of the dashboard that made the pack, and {options.KeyFilePath} doesn't exist. Set {DashboardOptions.KeyOf(options.KeyFile)} or {DashboardOptions.KeyOf(options.DataDirectory)}.");
        }

        var key = KeyFile.Open(options);
        return new(new(key), new(key));
    }

    /// <exception cref="DashboardStartException">The file can't be read.</exception>
    public EvidenceVerdict Verify(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Verify(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DashboardStartException($"{Switch} is \"{path}\", which can't be read: {exception.Message} Allowed: an evidence pack, as the dashboard made it.");
        }
    }

    public EvidenceVerdict Verify(Stream pack)
    {
        try
        {
            using var zip = new ZipArchive(pack, ZipArchiveMode.Read);
            return Verify(Read(zip));
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatException)
        {
            return Broken($"it isn't an evidence pack: {exception.Message}");
        }
    }

    private EvidenceVerdict Verify(Dictionary<string, byte[]> files)
    {
        if (!files.Remove(EvidenceFiles.Manifest, out var text) || !files.Remove(EvidenceFiles.Proof, out var proof))
        {
            return Broken($"{EvidenceFiles.Manifest} or {EvidenceFiles.Proof} is missing");
        }

        if (!seal.IsRight(text, Convert.FromHexString(Encoding.ASCII.GetString(proof))))
        {
            return Broken($"{EvidenceFiles.Manifest} was changed, or another dashboard made it");
        }

        var (manifest, entries) = (JsonSerializer.Deserialize<EvidenceManifest>(text, JsonColumn.Json)!, 0);
        foreach (var named in manifest.Files)
        {
            if (!files.Remove(named.Name, out var content))
            {
                return Broken($"{named.Name} is missing");
            }

            if (Convert.ToHexStringLower(SHA256.HashData(content)) != named.Sha256)
            {
                return Broken($"{named.Name} was changed");
            }

            if (named.Name == EvidenceFiles.Audit)
            {
                var extract = JsonSerializer.Deserialize<AuditExtract>(content, JsonColumn.Json)!;
                if (FindBroken(extract) is { } mistake)
                {
                    return Broken(mistake);
                }

                entries = extract.Entries.Count;
            }
        }

        return files.Count > 0
            ? Broken($"{PlainText.Cut(PlainText.Replace(files.Keys.First()), 100)} doesn't belong to it")
            : new(true, entries, $"The evidence is intact: {PlainText.Replace(manifest.Subject)}, made {Wording.Time(manifest.MadeAt)} for {PlainText.Replace(manifest.MadeBy)}, with {Wording.Count(entries, "audit entry", "audit entries")}.");
    }

    /// <summary>The first entry that isn't as it was written, or doesn't stand where the chain has it; null where all do.</summary>
    private string? FindBroken(AuditExtract extract)
    {
        var hashes = extract.Links.ToDictionary(link => link.Sequence, link => link.Hash);
        foreach (var row in extract.Entries)
        {
            if (Convert.ToHexStringLower(chain.HashOf(ToEntry(row))) != row.Hash)
            {
                return $"audit entry {row.Sequence} isn't as it was written";
            }

            hashes[row.Sequence] = row.Hash;
        }

        var first = hashes.Count == 0 ? 0 : hashes.Keys.Min();
        foreach (var row in extract.Entries.Where(row => row.Sequence > first))
        {
            if (hashes.GetValueOrDefault(row.Sequence - 1) != row.PreviousHash)
            {
                return $"audit entry {row.Sequence} doesn't follow the entry before it";
            }
        }

        return hashes.Count > 0 && hashes.Keys.Max() - first + 1 != hashes.Count ? "entries are missing in between" : null;
    }

    private static AuditEntry ToEntry(AuditRow row) => new()
    {
        Sequence = row.Sequence,
        At = row.At.UtcDateTime,
        Who = row.Who,
        PersonId = row.PersonId,
        From = row.From,
        What = row.What,
        ServerId = row.ServerId,
        ServerName = row.ServerName,
        Site = row.Site,
        Detail = row.Detail,
        Before = row.Before,
        After = row.After,
        Outcome = row.Outcome,
        Ticket = row.Ticket,
        PreviousHash = Convert.FromHexString(row.PreviousHash),
        Hash = Convert.FromHexString(row.Hash),
    };

    private static Dictionary<string, byte[]> Read(ZipArchive zip)
    {
        var (files, left) = (new Dictionary<string, byte[]>(StringComparer.Ordinal), MaximumBytes);
        foreach (var entry in zip.Entries)
        {
            using var reading = entry.Open();
            using var content = new MemoryStream();
            var buffer = new byte[81_920];
            for (int read; (read = reading.Read(buffer)) > 0; left -= read)
            {
                if (read > left)
                {
                    throw new InvalidDataException($"It holds more than {MaximumBytes / 1024 / 1024} MB.");
                }

                content.Write(buffer, 0, read);
            }

            if (!files.TryAdd(entry.FullName, content.ToArray()))
            {
                throw new InvalidDataException("It holds two files of one name.");
            }
        }

        return files;
    }

    private static EvidenceVerdict Broken(string why) => new(false, 0, $"The evidence isn't intact: {why}.");
}
