namespace WsusDashboard.Agent.Windows;

/// <summary>What tells one state of a file from another without reading it.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="WrittenAt">UTC, as the file system keeps it.</param>
public sealed record LibraryVersion(long Length, DateTimeOffset WrittenAt);

/// <summary>The first bytes of library files of this server. Thin: it decides nothing.</summary>
public interface ILibraryFiles
{
    /// <summary>The path with its environment variables (%windir% …) replaced; one that is not known stays as it stands.</summary>
    /// <exception cref="EdgeException">This system has no such paths.</exception>
    string Expand(string path);

    /// <summary>Size and time of a file; null where there is no such file.</summary>
    /// <exception cref="EdgeException">The file could not be looked at.</exception>
    Task<LibraryVersion?> FindAsync(string path, CancellationToken cancellationToken);

    /// <summary>At most this many bytes from the beginning of a file; null where there is no such file.</summary>
    /// <exception cref="EdgeException">The file could not be read.</exception>
    Task<byte[]?> ReadStartAsync(string path, int count, CancellationToken cancellationToken);
}
