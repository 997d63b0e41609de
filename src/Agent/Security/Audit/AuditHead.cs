using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>A file of the audit that was full: what its entries must be as long as it is kept.</summary>
/// <param name="FirstNumber">Number of its first entry.</param>
/// <param name="LastNumber">Number of its last entry.</param>
/// <param name="LastHash">Hash of its last entry.</param>
/// <param name="LastAt">UTC time of its last entry.</param>
internal sealed record AuditAnchor(long FirstNumber, long LastNumber, string LastHash, DateTimeOffset LastAt);

/// <summary>
/// Where the chain begins and ends and what its full files hold, signed and beside the files: a chain alone does not tell that its beginning, its end or a
/// whole file was taken away. It is written with each entry.
/// </summary>
internal sealed record AuditHead
{
    public const string FileName = "audit.head";

    /// <summary>Number of the oldest entry that is kept.</summary>
    public long FirstNumber { get; init; } = 1;

    /// <summary>Hash of the entry before that one; empty before entry 1.</summary>
    public string FirstPrevious { get; init; } = "";

    /// <summary>Number of the newest entry; 0 before the first.</summary>
    public long Number { get; init; }

    /// <summary>Hash of the newest entry.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The full files that are kept, oldest first.</summary>
    public IReadOnlyList<AuditAnchor> Anchors { get; init; } = [];

    /// <summary>Of <see cref="AuditKey"/>, over all other fields.</summary>
    public string Signature { get; init; } = "";

    /// <summary>The head of a folder, and what is wrong with it: null where it is signed by the key.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static (AuditHead? Head, string? Problem) Read(string dataDirectory, AuditKey? key)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            return (null, $"{FileName} was removed: it says where the audit begins and ends.");
        }

        if (Parse(File.ReadAllText(path)) is not { } head)
        {
            return (null, $"{FileName} isn't what the agent wrote.");
        }

        string? problem = key is null ? $"{AuditKey.FileName} was removed, and {FileName} can't be checked without it."
            : key.IsRight(head.SignedText(), head.Signature) ? null
            : $"{FileName} isn't signed with {AuditKey.FileName}: one of them was replaced.";
        return (head, problem);
    }

    /// <exception cref="IOException">It cannot be written; the one before is still there.</exception>
    public void Write(string dataDirectory, AuditKey key) =>
        PrivateFile.Write(Path.Combine(dataDirectory, FileName), JsonSerializer.SerializeToUtf8Bytes(this with { Signature = key.Sign(SignedText()) }, AuditHeadJson.Default.AuditHead));

    private static AuditHead? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, AuditHeadJson.Default.AuditHead) is { FirstPrevious: not null, Hash: not null, Signature: not null, Anchors: not null } head && head.Anchors.All(anchor => anchor is not null) ? head : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string SignedText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{FirstNumber} {FirstPrevious}\n{Number} {Hash}\n");
        foreach (var anchor in Anchors)
        {
            text.Append(CultureInfo.InvariantCulture, $"{anchor.FirstNumber} {anchor.LastNumber} {anchor.LastHash} {anchor.LastAt.UtcTicks}\n");
        }

        return text.ToString();
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AuditHead))]
internal sealed partial class AuditHeadJson : JsonSerializerContext;
