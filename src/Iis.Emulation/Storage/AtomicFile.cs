namespace WsusDashboard.Iis.Emulation.Storage;

/// <summary>Replaces a file in one step. Whoever writes holds the writer lock, as there is one temporary name.</summary>
internal static class AtomicFile
{
    /// <summary>Reads a file without standing in the way of the one that replaces it.</summary>
    /// <exception cref="InvalidDataException">The file is larger than the bound.</exception>
    public static byte[] Read(string path, long maximumBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > maximumBytes)
        {
            throw new InvalidDataException(FormattableString.Invariant($"The file '{path}' has {stream.Length} bytes. The limit is {maximumBytes}."));
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static void Write(string path, ReadOnlySpan<byte> bytes, Action<CommitStage> reached)
    {
        // One fixed name, so that what a crash left behind is overwritten by the next commit and never piles up.
        var temporary = path + ".tmp";
        try
        {
            WriteToDisk(path, temporary, bytes, reached);
            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            // A full disk, for one: what was written so far is of no use and takes room that is needed.
            File.Delete(temporary);
            throw;
        }

        reached(CommitStage.Renamed);
    }

    private static void WriteToDisk(string path, string temporary, ReadOnlySpan<byte> bytes, Action<CommitStage> reached)
    {
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(bytes[..(bytes.Length / 2)]);
            reached(CommitStage.HalfWritten);
            stream.Write(bytes[(bytes.Length / 2)..]);
            stream.Flush(flushToDisk: true);
        }

        if (!OperatingSystem.IsWindows() && File.Exists(path))
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
        }

        reached(CommitStage.Flushed);
    }
}
