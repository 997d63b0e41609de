namespace WsusDashboard.Iis.Emulation.Storage;

/// <summary>Holds a lock file open, exclusively, so that a file has one writer at a time, over processes too.</summary>
/// <remarks>
/// The lock file stays where it is: deleting it would let a third writer lock a new file of that name while a second still
/// holds the old one. It isn't part of the configuration and is always empty.
/// </remarks>
internal static class WriterLock
{
    public static IDisposable Acquire(string path, WriterOptions options)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
            {
                if (attempt >= options.LockAttempts)
                {
                    throw new FileLoadException(
                        $"Filename: {path}. Error: Cannot write configuration file because another program has it locked. Nothing was written. Try the change again in a few seconds. ({exception.Message})",
                        path,
                        exception);
                }
            }

            options.PauseBetweenAttempts();
        }
    }
}
