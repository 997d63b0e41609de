using System.Text;
using System.Text.Json;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Repairs;

/// <summary>What is kept of an owed start.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Of the service or pool.</param>
/// <param name="Why">What stopped it, for a person; the same for all of one restart.</param>
internal sealed record KeptStart(OwedKind Kind, string Name, string Why);

/// <summary>
/// What is owed, beside the journal and written whole: it outlives a store that is damaged or lost. Never has it what the journal of the same store lacks, so
/// that what is found here alone was lost with a store.
/// </summary>
internal sealed partial class OwedStartFile(AgentOptions options, ILogger<OwedStartFile> logger)
{
    public const string FileName = "owed.json";

    private readonly string _path = Path.Combine(options.DataDirectory, FileName);

    /// <exception cref="StoreException">It cannot be written; what was there before still is.</exception>
    public void Write(IEnumerable<OwedStart> starts)
    {
        try
        {
            PrivateFile.Write(_path, Encoding.UTF8.GetBytes(JournalJson.Write(starts.Select(start => new KeptStart(start.Kind, start.Name, start.Why)))));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"What is to be started again can't be kept in {_path}: {exception.Message}", exception);
        }
    }

    /// <summary>In the order of their starts; empty where there is none, or it is damaged.</summary>
    public IReadOnlyList<KeptStart> Read()
    {
        if (!File.Exists(_path))
        {
            return [];
        }

        try
        {
            return [.. JournalJson.Read<IReadOnlyList<KeptStart?>>(File.ReadAllText(_path)).OfType<KeptStart>().Where(start => Enum.IsDefined(start.Kind) && start is { Name: not null, Why: not null })];
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            Log.NotReadable(logger, _path, exception.Message);
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Path} can't be read, so a service or pool that the agent has stopped may stay stopped: {Reason}")]
        public static partial void NotReadable(ILogger logger, string path, string reason);
    }
}
