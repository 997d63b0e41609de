namespace WsusDashboard.Iis.Emulation.Storage;

/// <summary>Replaces a file in one step. The caller holds the writer lock: there is one temporary name.</summary>
internal static class AtomicFile
{
    public static void Write(string path, ReadOnlySpan<byte> bytes, Action<CommitStage> reached)
    {
        // One fixed name, so that what a crash left behind is overwritten by the next commit and never piles up.
        var temporary = path + ".tmp";
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
        File.Move(temporary, path, overwrite: true);
        reached(CommitStage.Renamed);
    }
}
