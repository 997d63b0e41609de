using System.Text.Json;
using Microsoft.Web.Administration;
using WsusDashboard.Iis.Emulation.Storage;

namespace WsusDashboard.Iis.Emulation.Runtime;

/// <summary>
/// Keeps what was started and stopped by hand in a file beside the configuration, so that one process sees what another did.
/// A pool without an entry is in the state that its autoStart gives. It runs nothing, so it has no worker processes.
/// </summary>
internal sealed class FilePoolRuntime(string configurationPath, Func<string, bool> startsByItself) : IPoolRuntime
{
    private const long MaximumBytes = 1024 * 1024;

    private readonly string _path = configurationPath + ".state.json";

    public ObjectState GetState(string pool) =>
        Read().TryGetValue(pool, out var state) ? state : startsByItself(pool) ? ObjectState.Started : ObjectState.Stopped;

    public ObjectState Start(string pool) => Keep(pool, ObjectState.Started);

    public ObjectState Stop(string pool) => Keep(pool, ObjectState.Stopped);

    public ObjectState Recycle(string pool) => GetState(pool);

    public IReadOnlyList<EmulatedWorker> GetWorkers(string pool) => [];

    /// <summary>A pool that is gone; one that gets its name later is another.</summary>
    public void Forget(IReadOnlyCollection<string> pools) => Change(states =>
    {
        foreach (var pool in pools)
        {
            states.Remove(pool);
        }
    });

    private ObjectState Keep(string pool, ObjectState state)
    {
        Change(states => states[pool] = state);
        return state;
    }

    private void Change(Action<Dictionary<string, ObjectState>> change)
    {
        using var writerLock = WriterLock.Acquire(_path, WriterOptions.Default);
        var states = Read();
        change(states);
        var names = states.ToDictionary(entry => entry.Key, entry => entry.Value.ToString());
        AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(names), WriterOptions.Default.Reached);
    }

    /// <summary>A state file that is absent or damaged is an empty one: it holds nothing that a start by hand does not bring back.</summary>
    private Dictionary<string, ObjectState> Read()
    {
        var states = new Dictionary<string, ObjectState>(StringComparer.OrdinalIgnoreCase);
        try
        {
            var names = JsonSerializer.Deserialize<Dictionary<string, string>>(AtomicFile.Read(_path, MaximumBytes)) ?? [];
            foreach (var (pool, name) in names)
            {
                if (Enum.TryParse<ObjectState>(name, out var state) && state is ObjectState.Started or ObjectState.Stopped)
                {
                    states[pool] = state;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or FileNotFoundException)
        {
            states.Clear();
        }

        return states;
    }
}
