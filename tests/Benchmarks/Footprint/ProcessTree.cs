using System.Globalization;

namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>What a process and all that it started hold at one moment, as Linux counts it.</summary>
/// <param name="ResidentKilobytes">Resident pages, pages shared between processes counted in each (Rss).</param>
/// <param name="PrivateKilobytes">Pages that no other process maps and that exist in memory only (Private_Dirty): what would be free without the program.</param>
/// <param name="ProcessorTime">Time on a processor since the start, in user and kernel mode.</param>
/// <param name="Processes">Number of processes.</param>
internal sealed record ProcessUse(long ResidentKilobytes, long PrivateKilobytes, TimeSpan ProcessorTime, int Processes);

/// <summary>Reads /proc for a process and its descendants: some agents do their work in plug-ins of their own.</summary>
internal static class ProcessTree
{
    /// <summary>USER_HZ: the unit of /proc/PID/stat on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private const int ParentField = 1;
    private const int UserTimeField = 11;
    private const int KernelTimeField = 12;
    private const int FinishedChildrenUserTimeField = 13;
    private const int FinishedChildrenKernelTimeField = 14;

    public static ProcessUse Read(int root)
    {
        var use = new ProcessUse(0, 0, TimeSpan.Zero, 0);
        foreach (var (process, fields) in Descend(root))
        {
            var memory = ReadMemory(process);
            use = new ProcessUse(
                use.ResidentKilobytes + memory.GetValueOrDefault("Rss"),
                use.PrivateKilobytes + memory.GetValueOrDefault("Private_Dirty"),
                use.ProcessorTime + TimeSpan.FromSeconds(ReadTicks(fields) / TicksPerSecond),
                use.Processes + 1);
        }

        return use;
    }

    // Plug-ins that ended meanwhile are in their parent's counts of finished children.
    private static long ReadTicks(string[] fields) =>
        new[] { UserTimeField, KernelTimeField, FinishedChildrenUserTimeField, FinishedChildrenKernelTimeField }.Sum(field => long.Parse(fields[field], CultureInfo.InvariantCulture));

    private static List<(int Process, string[] Fields)> Descend(int root)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : 0)
            .Where(process => process > 0)
            .Select(process => (Process: process, Fields: ReadStat(process)))
            .Where(entry => entry.Fields.Length > FinishedChildrenKernelTimeField)
            .ToDictionary(entry => entry.Process, entry => entry.Fields);
        var children = all.ToLookup(entry => int.Parse(entry.Value[ParentField], CultureInfo.InvariantCulture), entry => entry.Key);
        List<(int, string[])> found = [];
        var waiting = new Queue<int>([root]);
        while (waiting.TryDequeue(out var process))
        {
            if (all.TryGetValue(process, out var fields))
            {
                found.Add((process, fields));
                foreach (var child in children[process])
                {
                    waiting.Enqueue(child);
                }
            }
        }

        return found;
    }

    /// <summary>The fields after the name, which may itself hold blanks and brackets; empty where the process has ended.</summary>
    private static string[] ReadStat(int process)
    {
        var text = TryRead($"/proc/{process}/stat");
        return text.Length == 0 ? [] : text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static Dictionary<string, long> ReadMemory(int process) => TryRead($"/proc/{process}/smaps_rollup")
        .Split('\n')
        .Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is [_, _, "kB"])
        .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
