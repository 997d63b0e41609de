using System.Runtime.InteropServices;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Host;

/// <summary>Reads the computer, and what the agent itself costs.</summary>
/// <remarks>Threading: one read at a time; the host sees to it.</remarks>
internal sealed class HostCollector(IWmi wmi, IRegistry registry, InstalledUpdatesReader installed, CollectorMeasures measures, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    private const string SystemQuery = "SELECT Caption, TotalVisibleMemorySize, FreePhysicalMemory, LastBootUpTime FROM Win32_OperatingSystem";

    // Class and property names of WMI are not translated, unlike those of performance counters.
    private const string ProcessorQuery = "SELECT PercentProcessorTime FROM Win32_PerfFormattedData_PerfOS_Processor WHERE Name = '_Total'";

    private TimeSpan _lastProcessorTime;
    private long? _lastReadAt;

    public string SectionName => SectionNames.Host;

    public TimeSpan IdleInterval => options.IdleInterval;

    public TimeSpan Timeout => TimeSpan.FromSeconds(20);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        var processorPercent = await ReadProcessorAsync(cancellationToken).ConfigureAwait(false);
        measures.Load.Note(processorPercent);
        var own = ReadOwnCost() with
        {
            ProcessorPercent = processorPercent,
            OperatingSystem = RuntimeInformation.OSDescription,
            ProcessorCount = Environment.ProcessorCount,
            Collectors = [.. measures.Read()],
        };
        try
        {
            var rows = await wmi.QueryAsync(@"root\cimv2", SystemQuery, cancellationToken).ConfigureAwait(false);
            return rows.Count == 0
                ? Reading.Unreadable(ReadFailure.NotFound, "WMI has no row of Win32_OperatingSystem.", own)
                : Reading.Ok(await AddUpdatesAsync(await DescribeAsync(own, rows[0], cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
        }
        catch (EdgeException exception)
        {
            return Reading.Unreadable(exception, own);
        }
    }

    private async Task<HostState> DescribeAsync(HostState own, WmiRow system, CancellationToken cancellationToken) => own with
    {
        OperatingSystem = WmiValues.Text(system["Caption"]).Trim(),
        TotalMemoryKilobytes = WmiValues.Number(system["TotalVisibleMemorySize"]) ?? 0,
        AvailableMemoryKilobytes = WmiValues.Number(system["FreePhysicalMemory"]) ?? 0,
        BootedAt = WmiValues.Time(system["LastBootUpTime"]),
        ContentVolumeFreeKilobytes = await ReadContentVolumeAsync(cancellationToken).ConfigureAwait(false),
    };

    private async Task<HostState> AddUpdatesAsync(HostState state, CancellationToken cancellationToken)
    {
        var updates = await installed.ReadAsync(cancellationToken).ConfigureAwait(false);
        return state with { InstalledUpdates = [.. updates.Updates], InstalledUpdatesReadAt = updates.ReadAt, InstalledUpdatesProblem = updates.Problem };
    }

    /// <summary>Null where the counter cannot be read.</summary>
    private async Task<double?> ReadProcessorAsync(CancellationToken cancellationToken)
    {
        try
        {
            var rows = await wmi.QueryAsync(@"root\cimv2", ProcessorQuery, cancellationToken).ConfigureAwait(false);
            return rows.Count == 0 ? null : WmiValues.Number(rows[0]["PercentProcessorTime"]);
        }
        catch (EdgeException)
        {
            return null;
        }
    }

    /// <summary>Free space where WSUS keeps its files; null where that is not on a drive with a letter.</summary>
    private async Task<long?> ReadContentVolumeAsync(CancellationToken cancellationToken)
    {
        if (registry.Read(WsusRegistry.SetupKey, "ContentDir") is not string { Length: >= 2 } folder || !char.IsAsciiLetter(folder[0]) || folder[1] != ':')
        {
            return null;
        }

        try
        {
            var rows = await wmi.QueryAsync(@"root\cimv2", $"SELECT FreeSpace FROM Win32_LogicalDisk WHERE DeviceID = '{folder[0]}:'", cancellationToken).ConfigureAwait(false);
            return rows.Count == 0 ? null : WmiValues.Number(rows[0]["FreeSpace"]) / 1024;
        }
        catch (EdgeException)
        {
            return null;
        }
    }

    private HostState ReadOwnCost()
    {
        var now = timeProvider.GetTimestamp();
        var used = OwnProcessorTime();
        var elapsed = _lastReadAt is { } last ? timeProvider.GetElapsedTime(last, now) : TimeSpan.Zero;
        var percent = elapsed > TimeSpan.Zero ? (used - _lastProcessorTime) / elapsed * 100 : 0;
        _lastReadAt = now;
        _lastProcessorTime = used;

        return new HostState { AgentMemoryKilobytes = Environment.WorkingSet / 1024, AgentProcessorPercent = Math.Round(Math.Max(percent, 0), 2) };
    }

    // A process object would read all processes of the server for this one.
    private static TimeSpan OwnProcessorTime() => Environment.CpuUsage.TotalTime;
}
