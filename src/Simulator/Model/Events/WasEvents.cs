using System.Globalization;

namespace WsusDashboard.Simulator.Model.Events;

/// <summary>The texts of the WAS events that the model writes (wsus.md, section 5.2).</summary>
internal static class WasEvents
{
    public static string PrivateMemoryRecycle(int processId, string pool) =>
        Text($"A worker process with process id of '{processId}' serving application pool '{pool}' has requested a recycle because it reached its private bytes memory limit.");

    public static string TimeRecycle(int processId, string pool) =>
        Text($"A worker process with process id of '{processId}' serving application pool '{pool}' has requested a recycle because the worker process reached its allowed processing time limit.");

    public static string WorkerDied(int processId, string pool, string exitCode) =>
        Text($"A process serving application pool '{pool}' terminated unexpectedly. The process id was '{processId}'. The process exit code was '0x{exitCode}'.");

    public static string PoolDisabled(string pool) =>
        Text($"Application pool '{pool}' is being automatically disabled due to a series of failures in the process(es) serving that application pool.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
