using System.Security.Cryptography;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.FirstDay;

/// <summary>A release of the agent that this dashboard hands out.</summary>
/// <param name="FileName">Of the zip.</param>
/// <param name="Path">Where it is on this computer.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its bytes, 64 lower-case hexadecimal digits; what the file beside it says, too.</param>
/// <param name="MadeAt">UTC time of its last change.</param>
internal sealed record AgentPackage(string FileName, string Path, long Bytes, string Sha256, DateTimeOffset MadeAt);

/// <summary>The agent's release in the package folder, as <c>src/Agent/Packaging/release.sh</c> puts it there. Threading: any thread; one check at a time.</summary>
internal sealed class AgentPackages(DashboardOptions options) : IDisposable
{
    private const string Prefix = "WsusDashboard.Agent-";
    private const string Suffix = ".zip";
    private const int HashLength = 64;
    private const int MaximumChecksumBytes = 1024;

    private readonly SemaphoreSlim _turn = new(1);
    private AgentPackage? _checked;

    public void Dispose() => _turn.Dispose();

    /// <summary>The newest release, checked against the checksum beside it. Failures: NotFound where there is none, Conflict where it isn't what its checksum says.</summary>
    public async Task<Outcome<AgentPackage>> FindAsync(CancellationToken cancellationToken)
    {
        var folder = options.PackageDirectoryPath;
        try
        {
            var newest = Directory.Exists(folder)
                ? new DirectoryInfo(folder).EnumerateFiles($"{Prefix}*{Suffix}").Where(file => file.Name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)).MaxBy(file => file.LastWriteTimeUtc)
                : null;
            return newest is null ? new NotFound($"There is no package of the agent in {folder}.") : await CheckAsync(newest, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new NotFound($"The package folder {folder} can't be read: {exception.Message}");
        }
    }

    private async Task<Outcome<AgentPackage>> CheckAsync(FileInfo file, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_checked is { } known && known.Path == file.FullName && known.Bytes == file.Length && known.MadeAt.UtcDateTime == file.LastWriteTimeUtc)
            {
                return known;
            }

            if (await ReadChecksumAsync($"{file.FullName}.sha256", cancellationToken) is not { } expected)
            {
                return new Conflict($"{file.Name} has no checksum beside it ({file.Name}.sha256), so it isn't handed out.");
            }

            await using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
            var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
            if (found != expected)
            {
                return new Conflict($"{file.Name} isn't what its checksum says, so it isn't handed out. Put the release there again.");
            }

            return _checked = new(file.Name, file.FullName, file.Length, found, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The first word of the file, as sha256sum writes it; null where there is none.</summary>
    private static async Task<string?> ReadChecksumAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path) is not { Exists: true, Length: <= MaximumChecksumBytes })
        {
            return null;
        }

        var text = (await File.ReadAllTextAsync(path, cancellationToken)).TrimStart();
        return text.Length >= HashLength && text.Take(HashLength).All(char.IsAsciiHexDigit) ? text[..HashLength].ToLowerInvariant() : null;
    }
}
