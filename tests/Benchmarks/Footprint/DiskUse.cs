using System.Diagnostics;

namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>Space on a disk: the sum of the files' lengths.</summary>
internal static class DiskUse
{
    public static long OfFolder(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>The files that a Debian package put on this machine; 0 where it is not installed.</summary>
    public static long OfPackage(string package)
    {
        using var list = Process.Start(new ProcessStartInfo("dpkg-query", ["--listfiles", package]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new BenchmarkFailure("Couldn't start dpkg-query.");
        var files = list.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return files.Select(path => new FileInfo(path)).Where(file => file is { Exists: true, LinkTarget: null }).Sum(file => file.Length);
    }
}
