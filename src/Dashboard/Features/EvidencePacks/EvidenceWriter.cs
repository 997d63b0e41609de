using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Features.EvidencePacks;

/// <summary>Packs files with a manifest and its proof into one zip.</summary>
internal static class EvidenceWriter
{
    /// <param name="manifest">Without its files.</param>
    /// <param name="seal">Of this dashboard.</param>
    /// <param name="files">Name and content, in their order.</param>
    public static byte[] Pack(EvidenceManifest manifest, EvidenceSeal seal, params IReadOnlyList<(string Name, byte[] Content)> files)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(manifest with { Files = [.. files.Select(file => new EvidenceFile(file.Name, file.Content.Length, Convert.ToHexStringLower(SHA256.HashData(file.Content))))] }, JsonColumn.Json);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files.Append((EvidenceFiles.Manifest, text)).Append((EvidenceFiles.Proof, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(seal.ProofOf(text))))))
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = manifest.MadeAt;
                using var writing = entry.Open();
                writing.Write(content);
            }
        }

        return stream.ToArray();
    }
}
