namespace WsusDashboard.Dashboard.Kernel;

/// <summary>
/// The files of the data folder are for the dashboard's account alone: on Unix each is made so and, where an earlier version made it otherwise, put right at
/// the start. On Windows the folder's permissions hold; see the README of Security.
/// </summary>
internal static class OwnFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Options of a file that nobody else may read.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            // Only where the file is made now.
            options.UnixCreateMode = mode == FileMode.Open ? null : OwnerOnly;
        }

        return options;
    }

    /// <summary>Makes an empty file, where there is none: what SQLite then writes into it, and beside it, has the same mode.</summary>
    public static void Prepare(string path)
    {
        // Never one that is there: closing a file takes from SQLite the locks that it holds on it elsewhere in this process.
        if (!File.Exists(path))
        {
            using var file = new FileStream(path, Options(FileMode.CreateNew, FileAccess.Write, FileShare.None));
        }
    }

    /// <summary>A folder that nobody else may look into, where there is none.</summary>
    public static void PrepareFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Takes from others what an earlier version left them: the database and what SQLite keeps beside it, backups, keys.</summary>
    public static void Close(DashboardOptions options)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var path in new[] { options.DataDirectory, options.BackupDirectory }.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).Append(options.KeyFilePath).Where(File.Exists))
        {
            try
            {
                if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
                {
                    File.SetUnixFileMode(path, OwnerOnly);
                }
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
            {
                // Somebody else's file; whether it can be used, its reader finds out.
            }
        }
    }
}
