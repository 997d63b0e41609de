using System.Globalization;
using Microsoft.Data.Sqlite;

namespace WsusDashboard.Agent.Storage;

/// <summary>The file itself: made, opened, and set aside where it is damaged.</summary>
internal static partial class StoreFile
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>Damaged files that are kept for a person to look at; older ones go.</summary>
    public const int MaximumSetAside = 3;

    private const string SetAsideSuffix = ".damaged-";

    /// <summary>Files that were damaged and set aside, newest first; names only.</summary>
    public static IReadOnlyList<string> FindSetAside(string path) =>
    [
        .. Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + SetAsideSuffix + "*").Select(file => Path.GetFileName(file)).OrderDescending(StringComparer.Ordinal),
    ];

    public static StoreIdentity Prepare(string path, Func<SqliteConnection> open, Action closeAll, TimeProvider timeProvider, ILogger logger)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var known = AgentIdFile.Read(folder);
        var identity = Prepare(path, known, open, closeAll, timeProvider, logger);
        if (known is null)
        {
            AgentIdFile.Write(folder, identity.AgentId);
        }

        return identity;
    }

    private static StoreIdentity Prepare(string path, string? agentId, Func<SqliteConnection> open, Action closeAll, TimeProvider timeProvider, ILogger logger)
    {
        try
        {
            using var connection = open();
            ThrowIfDamaged(connection);
            return StoreSchema.Prepare(connection, agentId);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is Corrupt or NotADatabase)
        {
            // A damaged file must not keep a server unwatched. It is kept for a person to look at; a new epoch tells the hub.
            closeAll();
            var aside = path + SetAsideSuffix + timeProvider.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
            File.Move(path, aside, overwrite: true);
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
            foreach (var old in FindSetAside(path).Skip(MaximumSetAside))
            {
                File.Delete(Path.Combine(Path.GetDirectoryName(path)!, old));
            }

            Log.DamagedFileSetAside(logger, path, aside, exception);
            using var connection = open();
            return StoreSchema.Prepare(connection, agentId);
        }
    }

    /// <summary>What happened to the file, for a person.</summary>
    public static string Explain(string path, Exception exception) => (exception as SqliteException)?.SqliteErrorCode switch
    {
        Busy or Locked => $"The agent's store {path} is locked by another process. The agent will try to write again, and keeps reading the server.",
        ReadOnly => $"The agent's store {path} is read-only. Give the agent's account write access; the agent keeps reading the server.",
        Full => $"The disk of the agent's store {path} is full. Free some space; the agent keeps reading the server.",
        CannotOpen => $"The agent's store {path} can't be opened. Check that its folder exists and that the agent's account can write there.",
        Corrupt or NotADatabase => $"The agent's store {path} is damaged. Restart the agent: it sets the file aside and starts a new one.",
        _ => $"The agent's store {path} can't be used: {exception.Message}",
    };

    /// <summary>A page that is damaged in the middle would else be met only where something is read from it. Reads the whole file once, some 30 MB at most.</summary>
    private static void ThrowIfDamaged(SqliteConnection connection)
    {
        if (connection.Scalar<string>("PRAGMA quick_check(1)") is { } found and not "ok")
        {
            throw new SqliteException(found, Corrupt);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store {Path} is damaged. It was set aside as {Aside}, and a new one was started: sync runs are read again from their sources, and you can still undo repairs; the rest of the repair journal stays in the old file.")]
        public static partial void DamagedFileSetAside(ILogger logger, string path, string aside, Exception exception);
    }
}
