namespace WsusDashboard.Shared.Trust;

/// <summary>Writes small files that hold secrets or decide whom to trust: whole or not at all, on the disk when it returns, and on Unix for their owner alone.</summary>
/// <remarks>On Windows the access list of the folder decides; the installer sets it to administrators and the service.</remarks>
public static class PrivateFile
{
    /// <summary>Replaces the file. One writer a path at a time.</summary>
    /// <exception cref="IOException">The folder or the disk refuses it; the file is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        // One fixed name: what a crash left behind is overwritten by the next write. Deleted first, because its mode would stay.
        var temporary = path + ".tmp";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, Options(FileMode.CreateNew)))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Options of a new file that only its owner may read.</summary>
    public static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
