using System.Collections.Concurrent;

namespace WsusDashboard.Iis.Emulation.Runtime;

/// <summary>Which runtime goes with which applicationHost.config. May be used from several threads.</summary>
public static class EmulatedIis
{
    private static readonly ConcurrentDictionary<string, IPoolRuntime> Runtimes =
        new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    /// <summary>Gives a configuration file its runtime until the result is disposed. A file that has none keeps pool states in a file beside it.</summary>
    /// <exception cref="InvalidOperationException">The file has one already.</exception>
    public static IDisposable Register(string applicationHostConfigPath, IPoolRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        var entry = KeyValuePair.Create(Path.GetFullPath(applicationHostConfigPath), runtime);
        return Runtimes.TryAdd(entry.Key, entry.Value)
            ? new Registration(entry)
            : throw new InvalidOperationException($"A pool runtime is already registered for '{entry.Key}'.");
    }

    internal static IPoolRuntime RuntimeFor(string path, Func<string, bool> startsByItself) =>
        Runtimes.TryGetValue(path, out var runtime) ? runtime : new FilePoolRuntime(path, startsByItself);

    private sealed class Registration(KeyValuePair<string, IPoolRuntime> entry) : IDisposable
    {
        // Only this registration: a later one of the same path is not this one's to end.
        public void Dispose() => Runtimes.TryRemove(entry);
    }
}
