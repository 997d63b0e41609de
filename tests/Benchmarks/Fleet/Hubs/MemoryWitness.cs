using System.Globalization;
using System.Text;

namespace WsusDashboard.Benchmarks.Fleet.Hubs
{
    /// <summary>What the runtime of a dashboard says of its memory, written to a file from inside of its process.</summary>
    /// <param name="ManagedBytes">Objects on the heap that are alive or not collected yet.</param>
    /// <param name="AllocatedBytes">Allocated since the start.</param>
    internal readonly record struct ManagedMemory(long ManagedBytes, long AllocatedBytes)
    {
        /// <summary>Of the environment: where the file is.</summary>
        public const string FileVariable = "WSUSDASHBOARD_BENCHMARK_MEMORY";

        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

        public static ManagedMemory Read(string path)
        {
            var words = File.ReadAllText(path).Split(' ');
            return words.Length == 2 ? new(long.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture)) : default;
        }

        /// <summary>Writes four times a second until the process ends.</summary>
        public static async Task WriteToAsync(string path)
        {
            var next = path + ".next";
            while (true)
            {
                await File.WriteAllTextAsync(next, string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalMemory(false)} {GC.GetTotalAllocatedBytes()}"), Encoding.ASCII);
                File.Move(next, path, overwrite: true);
                await Task.Delay(Interval, TimeProvider.System);
            }
        }
    }
}

/// <summary>The runtime calls this in a process whose environment names this assembly (DOTNET_STARTUP_HOOKS), before its Main. The name is the runtime's.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(WsusDashboard.Benchmarks.Fleet.Hubs.ManagedMemory.FileVariable) is { Length: > 0 } path)
        {
            _ = WsusDashboard.Benchmarks.Fleet.Hubs.ManagedMemory.WriteToAsync(path);
        }
    }
}
