using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Benchmarks.Logs;

/// <summary>Reads a generated log of a gigabyte in each of the two line formats, and real logs repeated to that size, as the agent does, and says how fast and with how much memory.</summary>
internal static class LogsCommand
{
    private const int DefaultMegabytes = 1024;
    private const double TargetMegabytesPerSecond = 100;
    private const double Megabyte = 1024 * 1024;

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var megabytes = DefaultMegabytes;
        if (arguments.Length > 0 && (!int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out megabytes) || megabytes < 1))
        {
            throw new BenchmarkFailure($"The size of the log is \"{arguments[0]}\". Allowed: a whole number of megabytes from 1. Without it, 1024.");
        }

        var isMet = true;
        await output.Results.WriteLineAsync("| line format | MB | s | MB/s | allocated MB | peak managed MB | runs found |");
        await output.Results.WriteLineAsync("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        var bytes = (long)(megabytes * Megabyte);
        isMet &= await MeasureAsync("plain ($$<)", path => GeneratedLog.Write(path, bytes, isFullForm: false), output, cancellationToken);
        isMet &= await MeasureAsync("full (<![LOG[)", path => GeneratedLog.Write(path, bytes, isFullForm: true), output, cancellationToken);
        foreach (var realLog in arguments.Skip(1))
        {
            isMet &= await MeasureAsync(
                Path.GetFileName(realLog) + ", repeated",
                path =>
                {
                    GeneratedLog.Repeat(path, realLog, bytes);
                    return 0;
                },
                output,
                cancellationToken);
        }

        return isMet ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(string name, Func<string, int> write, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("wsus-logs-");
        try
        {
            await output.Progress.WriteLineAsync($"Writing {name} …");
            var path = Path.Combine(folder.FullName, LogNames.SyncManager + ".log");
            var expected = write(path);
            var options = new AgentOptions { DataDirectory = folder.FullName, ConfigMgrLogDirectory = folder.FullName };
            using var store = new AgentStore(options, TimeProvider.System, NullLogger<AgentStore>.Instance);
            var reader = new SyncLogReader(new ConfigMgrFolder(new NoRegistry(), options), store, TimeProvider.System);
            using var peak = new PeakMemory();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var watch = Stopwatch.StartNew();
            var reading = await reader.ReadAsync(cancellationToken);
            watch.Stop();
            var allocated = (GC.GetTotalAllocatedBytes(precise: true) - before) / Megabyte;
            var read = new FileInfo(path).Length / Megabyte;
            var found = store.ReadNewestRuns(Shared.Syncs.SyncSource.ConfigMgr, int.MaxValue).Count;
            await output.Results.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {read:F0} | {watch.Elapsed.TotalSeconds:F1} | {read / watch.Elapsed.TotalSeconds:F0} | {allocated:F0} | {peak.Highest / Megabyte:F0} | {found} of {expected} |"));
            if (reading.Log?.Problem is { } problem || found != expected)
            {
                throw new BenchmarkFailure($"The log wasn't read as it was written: {reading.Log?.Problem ?? $"{found} of {expected} syncs were found"}.");
            }

            return read / watch.Elapsed.TotalSeconds >= TargetMegabytesPerSecond;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The logs' folder is named by the options.</summary>
    private sealed class NoRegistry : IRegistry
    {
        public object? Read(string key, string name) => null;

        public bool HasKey(string key) => false;
    }

    /// <summary>Looks at the managed heap every few milliseconds.</summary>
    private sealed class PeakMemory : IDisposable
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
        private readonly Timer _timer;
        private long _highest = GC.GetTotalMemory(forceFullCollection: true);

        public PeakMemory() => _timer = new Timer(_ => Look(), null, TimeSpan.Zero, Interval);

        public long Highest => Interlocked.Read(ref _highest);

        public void Dispose() => _timer.Dispose();

        private void Look() => Interlocked.Exchange(ref _highest, Math.Max(_highest, GC.GetTotalMemory(forceFullCollection: false)));
    }
}
