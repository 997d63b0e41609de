using System.Text;
using System.Text.Json;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Repairs;

/// <summary>What an undo of a run needs.</summary>
/// <param name="Run">The run that changed settings.</param>
/// <param name="Saved">What it saved of the pool; null where it changed nothing of one.</param>
internal sealed record KeptUndo(Repair Run, SavedSettings? Saved);

/// <summary>What undos need, a file a run in a folder of its own, written whole: it outlives a store that is damaged or lost.</summary>
internal sealed partial class UndoFiles(AgentOptions options, ILogger<UndoFiles> logger)
{
    public const string FolderName = "undo";

    private const string Extension = ".json";

    public string Folder { get; } = Path.Combine(options.DataDirectory, FolderName);

    /// <exception cref="IOException">It cannot be written; what was there before still is.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(KeptUndo kept)
    {
        Directory.CreateDirectory(Folder);
        PrivateFile.Write(PathOf(kept.Run.Id), Encoding.UTF8.GetBytes(JournalJson.Write(kept)));
    }

    /// <summary>Nothing happens where there is none.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be deleted.</exception>
    public void Delete(string repairId)
    {
        if (Directory.Exists(Folder))
        {
            File.Delete(PathOf(repairId));
        }
    }

    /// <summary>All that are kept, oldest run first; one that is damaged is passed over.</summary>
    public IReadOnlyList<KeptUndo> ReadAll()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        List<KeptUndo> kept = [];
        foreach (var path in Directory.EnumerateFiles(Folder, $"*{Extension}"))
        {
            try
            {
                kept.Add(JournalJson.Read<KeptUndo>(File.ReadAllText(path)));
            }
            catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
            {
                Log.NotReadable(logger, path, exception.Message);
            }
        }

        return [.. kept.OrderBy(item => item.Run.StartedAt)];
    }

    // The id is 32 hexadecimal digits of our own making; a name can't lead out of the folder.
    private string PathOf(string repairId) => Path.Combine(Folder, Path.GetFileName(repairId) + Extension);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Path} can't be read, so it may not be possible to undo that repair: {Reason}")]
        public static partial void NotReadable(ILogger logger, string path, string reason);
    }
}
