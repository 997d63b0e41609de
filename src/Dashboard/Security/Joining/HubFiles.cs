using System.Text.Json;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Security.Joining;

/// <summary>The files that make a dashboard the one its agents and its database know. All of them, or it's a stranger.</summary>
internal sealed record HubFiles
{
    public const string IdFile = "hub.id";

    public required byte[] Key { get; init; }

    public required byte[] HubId { get; init; }

    public required byte[] Identity { get; init; }

    public byte[]? NextIdentity { get; init; }

    public byte[]? AuditHead { get; init; }

    /// <summary>True where this folder has been a dashboard's.</summary>
    public static bool Exist(DashboardOptions options) => File.Exists(PathOf(options, IdFile)) || File.Exists(PathOf(options, IdentityKeys.FileName));

    /// <exception cref="IOException">One of them can't be read.</exception>
    public static HubFiles Read(DashboardOptions options) => new()
    {
        Key = File.ReadAllBytes(options.KeyFilePath),
        HubId = File.ReadAllBytes(PathOf(options, IdFile)),
        Identity = File.ReadAllBytes(PathOf(options, IdentityKeys.FileName)),
        NextIdentity = ReadIfAny(PathOf(options, IdentityKeys.NextFileName)),
        AuditHead = ReadIfAny(options.AuditHeadPath),
    };

    public byte[] Pack() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static HubFiles Unpack(byte[] packed) => JsonSerializer.Deserialize<HubFiles>(packed) ?? throw new JsonException();

    /// <summary>Puts them where a dashboard looks for them. The key that opens the database comes last: without it a start that was ended in the middle begins anew.</summary>
    /// <exception cref="IOException">One of them can't be written.</exception>
    public void Write(DashboardOptions options)
    {
        Directory.CreateDirectory(options.DataDirectory);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.KeyFilePath))!);
        PrivateFile.Write(PathOf(options, IdentityKeys.FileName), Identity);
        WriteIfAny(PathOf(options, IdentityKeys.NextFileName), NextIdentity);
        WriteIfAny(options.AuditHeadPath, AuditHead);
        PrivateFile.Write(PathOf(options, IdFile), HubId);
        PrivateFile.Write(options.KeyFilePath, Key);
    }

    private static string PathOf(DashboardOptions options, string name) => Path.Combine(options.DataDirectory, name);

    private static byte[]? ReadIfAny(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    private static void WriteIfAny(string path, byte[]? content)
    {
        if (content is not null)
        {
            PrivateFile.Write(path, content);
        }
    }
}
