using WsusDashboard.Dashboard.Features.Audit;

namespace WsusDashboard.Dashboard.Features.EvidencePacks;

/// <summary>What is in an evidence pack, and that it is this dashboard's: manifest.json.</summary>
public sealed record EvidenceManifest
{
    /// <summary>Of this format.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What it is evidence of: "repair r-1 on BRN-WSUS01", "2026-11 of the whole fleet".</summary>
    public string Subject { get; init; } = "";

    public DateTimeOffset MadeAt { get; init; }

    /// <summary>Who asked for it.</summary>
    public string MadeBy { get; init; } = "";

    /// <summary>The id that agents know this dashboard by.</summary>
    public string DashboardId { get; init; } = "";

    /// <summary>All files of the pack but this one and its proof.</summary>
    public IReadOnlyList<EvidenceFile> Files { get; init; } = [];
}

/// <summary>One file of a pack.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record EvidenceFile(string Name, long Bytes, string Sha256);

/// <summary>A part of the audit with what proves that it is a part of the one chain: audit.json.</summary>
/// <param name="Entries">Oldest first; each names the hash of the entry before it.</param>
/// <param name="Links">The hashes of the entries in between that aren't in the pack, because they are about something else.</param>
public sealed record AuditExtract(IReadOnlyList<AuditRow> Entries, IReadOnlyList<AuditLink> Links);

/// <summary>The place of an entry that isn't in the pack.</summary>
/// <param name="Hash">Lower-case hexadecimal.</param>
public sealed record AuditLink(long Sequence, string Hash);

/// <summary>The names of the files in a pack.</summary>
internal static class EvidenceFiles
{
    public const string Pdf = "evidence.pdf";
    public const string Json = "evidence.json";
    public const string Audit = "audit.json";
    public const string Manifest = "manifest.json";

    /// <summary>HMAC-SHA256 of manifest.json with a key of the key file; hexadecimal.</summary>
    public const string Proof = "manifest.hmac";
}
