using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Storage;

/// <summary>Says that one process has a data folder to itself: the agent while it runs, or a command that works on its files while it doesn't. The system ends it with the process.</summary>
internal sealed class DataFolderLock : IDisposable
{
    public const string FileName = "agent.lock";

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <returns>Null where another process has the folder.</returns>
    /// <exception cref="UnauthorizedAccessException">This account may not use the folder.</exception>
    public static DataFolderLock? TryTake(string dataDirectory)
    {
        try
        {
            var options = PrivateFile.Options(FileMode.OpenOrCreate);
            (options.Share, options.BufferSize) = (FileShare.None, 0);
            return new(new FileStream(Path.Combine(dataDirectory, FileName), options));
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
        {
            return null;
        }
    }

    /// <exception cref="StoreException">Another process has the folder, or this account may not use it.</exception>
    public static DataFolderLock Take(string dataDirectory)
    {
        try
        {
            return TryTake(dataDirectory) ?? throw new StoreException($"Another agent uses the data folder {dataDirectory}. Stop it, or choose another folder with --Agent:DataDirectory.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The agent's data folder {dataDirectory} can't be used: {exception.Message} Give the agent's account write access there.", exception);
        }
    }

    public void Dispose() => _file.Dispose();
}
