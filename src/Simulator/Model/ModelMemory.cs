using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Simulator.Model.Events;

namespace WsusDashboard.Simulator.Model;

/// <summary>What of a server outlives the estate. Settings are not here: they stand in applicationHost.config.</summary>
internal sealed record ModelMemory
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;
    public int WsusUpdates { get; init; }
    public long RunNumber { get; init; }
    public SyncResult LastResult { get; init; }
    public ConfigMgrMemory? ConfigMgr { get; init; }
    public IReadOnlyList<WsusEventRow> History { get; init; } = [];
    public IReadOnlyList<WindowsEvent> Events { get; init; } = [];
    public IReadOnlyDictionary<string, ServiceState> Services { get; init; } = new Dictionary<string, ServiceState>();
    public IReadOnlyDictionary<string, ServiceStartType> StartTypes { get; init; } = new Dictionary<string, ServiceStartType>();
    public IReadOnlyDictionary<string, PoolState> Pools { get; init; } = new Dictionary<string, PoolState>();
    public double RejectedRequests { get; init; }
    public int StartedWorkers { get; init; }
    public DateTimeOffset BootedAt { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = false, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ModelMemory))]
internal sealed partial class ModelMemoryContext : JsonSerializerContext;

/// <summary>The file of <see cref="ModelMemory"/>: written beside and then moved over, so that a kill in mid-write leaves the old one.</summary>
internal static class ModelMemoryFile
{
    /// <summary>The memory, or null where there is none, or none that this version can read: then the server starts afresh.</summary>
    public static ModelMemory? Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var memory = JsonSerializer.Deserialize(stream, ModelMemoryContext.Default.ModelMemory);
            return memory?.Version == ModelMemory.CurrentVersion ? memory : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public static void Write(string path, ModelMemory memory)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        using (var stream = File.Create(temporary))
        {
            JsonSerializer.Serialize(stream, memory, ModelMemoryContext.Default.ModelMemory);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
