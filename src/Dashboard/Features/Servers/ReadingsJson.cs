using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>What an agent reads beside pools, services and counts, as the server's page shows it. What could not be read is null, and the problem beside it says why.</summary>
public sealed record ReadingsJson
{
    /// <summary>UTC time of the read of what is of the computer.</summary>
    public DateTimeOffset? HostReadAt { get; init; }

    /// <summary>0 = not known.</summary>
    public int ProcessorCount { get; init; }

    /// <summary>KB; 0 = not known.</summary>
    public long TotalMemoryKilobytes { get; init; }

    /// <summary>KB; 0 = not known.</summary>
    public long AvailableMemoryKilobytes { get; init; }

    public long? ContentVolumeFreeKilobytes { get; init; }

    public DateTimeOffset? BootedAt { get; init; }

    /// <summary>Updates of Windows of the last 14 days, newest first.</summary>
    public IReadOnlyList<InstalledUpdate> InstalledUpdates { get; init; } = [];

    public DateTimeOffset? InstalledUpdatesReadAt { get; init; }

    public string InstalledUpdatesProblem { get; init; } = "";

    public DatabaseSize? Database { get; init; }

    public string DatabaseProblem { get; init; } = "";

    /// <summary>UTC time of the read of what is of IIS.</summary>
    public DateTimeOffset? IisReadAt { get; init; }

    public IReadOnlyList<WebDirectory> WsusDirectories { get; init; } = [];

    public string WsusDirectoriesProblem { get; init; } = "";

    public IReadOnlyList<WebServiceLimits> WebServiceLimits { get; init; } = [];

    public IReadOnlyList<CompressionScheme> CompressionSchemes { get; init; } = [];

    public string CompressionProblem { get; init; } = "";

    /// <summary>How far Configuration Manager came when it last set WSUS up; null where WCM.log isn't on this server.</summary>
    public WsusConfiguration? WsusConfiguration { get; init; }

    public static ReadingsJson? From(Snapshot? snapshot)
    {
        if (snapshot is null)
        {
            return null;
        }

        var (host, wsus, iis) = (snapshot.Host.Value, snapshot.Wsus.Value, snapshot.Iis.Value);
        return new()
        {
            HostReadAt = snapshot.Host.ReadAt,
            ProcessorCount = host?.ProcessorCount ?? 0,
            TotalMemoryKilobytes = host?.TotalMemoryKilobytes ?? 0,
            AvailableMemoryKilobytes = host?.AvailableMemoryKilobytes ?? 0,
            ContentVolumeFreeKilobytes = host?.ContentVolumeFreeKilobytes,
            BootedAt = host?.BootedAt,
            InstalledUpdates = host?.InstalledUpdates ?? [],
            InstalledUpdatesReadAt = host?.InstalledUpdatesReadAt,
            InstalledUpdatesProblem = host?.InstalledUpdatesProblem ?? "",
            Database = wsus?.Database,
            DatabaseProblem = wsus?.DatabaseProblem ?? "",
            IisReadAt = snapshot.Iis.ReadAt,
            WsusDirectories = iis?.WsusDirectories ?? [],
            WsusDirectoriesProblem = iis?.WsusDirectoriesProblem ?? "",
            WebServiceLimits = iis?.WebServiceLimits ?? [],
            CompressionSchemes = iis?.CompressionSchemes ?? [],
            CompressionProblem = iis?.CompressionProblem ?? "",
            WsusConfiguration = snapshot.ConfigMgr.Value?.WsusConfiguration,
        };
    }
}
