using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>A server in the API.</summary>
public record ServerJson
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required string Site { get; init; }

    /// <summary>healthy, warning, critical, unreachable (no answer for longer than the grace time), or unknown (added or started moments ago: nothing was read yet).</summary>
    public Health Health { get; init; }

    public DateTimeOffset? HealthSince { get; init; }

    /// <summary>The health in one sentence.</summary>
    public string Sentence { get; init; } = "";

    /// <summary>The pool that serves WSUS; null where there is none, or it was never read.</summary>
    public PoolJson? Pool { get; init; }

    /// <summary>The newest synchronization that ended; null where there is none.</summary>
    public LastSyncJson? LastSync { get; init; }

    public DateTimeOffset? LastGoodSyncAt { get; init; }

    public bool IsSynchronizing { get; init; }

    public SyncProgress? Progress { get; init; }

    public required UpdatesJson Updates { get; init; }

    /// <summary>Most important first.</summary>
    public IReadOnlyList<FindingSummary> Findings { get; init; } = [];

    /// <summary>The playbook that helps against the first cause; null where none does.</summary>
    public string? Playbook { get; init; }

    /// <summary>What a person does next where no playbook helps.</summary>
    public string? NextStep { get; init; }

    public required LinkStatus Link { get; init; }

    /// <summary>UTC time of the agent's last word: the age of all of this.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>The repair that goes on now.</summary>
    public ActiveRun? ActiveRemediation { get; init; }

    public static ServerJson From(FleetRow row) => From(row, new ServerJson { Id = row.Id, Name = row.Name, Site = row.Site, Link = row.Link, Updates = UpdatesJson.From(row) });

    internal static T From<T>(FleetRow row, T server)
        where T : ServerJson => (T)(server with
        {
            Health = row.Health,
            HealthSince = row.HealthSince,
            Sentence = row.Sentence,
            Pool = row.PoolName is null ? null : new(row.PoolName, row.PoolState, row.DriftCount),
            LastSync = row.LastSyncResult is { } result ? new(result, row.LastSyncAt) : null,
            LastGoodSyncAt = row.LastGoodSyncAt,
            IsSynchronizing = row.IsSynchronizing,
            Progress = row.Progress,
            Findings = row.Findings,
            Playbook = row.Playbook,
            NextStep = row.NextStep,
            ReadAt = row.StatusReadAt,
            ActiveRemediation = row.ActiveRun,
        });
}

/// <summary>The pool that serves WSUS.</summary>
/// <param name="Drift">Settings that differ from the server's baseline.</param>
public sealed record PoolJson(string Name, PoolState State, int? Drift);

/// <summary>The newest synchronization that ended.</summary>
public sealed record LastSyncJson(SyncResult Result, DateTimeOffset? At);

/// <summary>Updates.</summary>
/// <param name="Total">What people look at: the number of Configuration Manager on a site server, else that of WSUS.</param>
/// <param name="Wsus">Updates that WSUS knows.</param>
/// <param name="ConfigMgr">Updates that Configuration Manager shows; null where this is no site server.</param>
public sealed record UpdatesJson(long? Total, long? Wsus, long? ConfigMgr)
{
    public static UpdatesJson From(FleetRow row) => new(row.ConfigMgrUpdates ?? row.Updates, row.Updates, row.ConfigMgrUpdates);
}

/// <summary>A server in the API, in full.</summary>
public sealed record ServerDetailJson : ServerJson
{
    public required string Address { get; init; }

    /// <summary>Id of the baseline that it is compared with.</summary>
    public required string Baseline { get; init; }

    public DateTimeOffset AddedAt { get; init; }

    /// <summary>Fingerprint of the paired agent's key; null = not paired, and not watched.</summary>
    public string? AgentKey { get; init; }

    public DateTimeOffset? PairedAt { get; init; }
    public string PairedBy { get; init; } = "";
    public string ComputerName { get; init; } = "";
    public string OperatingSystem { get; init; } = "";
    public string AgentVersion { get; init; } = "";
    public string WsusVersion { get; init; } = "";
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The findings with their evidence, as in <see cref="ServerJson.Findings"/>.</summary>
    public IReadOnlyList<Finding> Evidence { get; init; } = [];

    /// <summary>The pool's settings beside the server's own baseline.</summary>
    public IReadOnlyList<SettingComparison> Settings { get; init; } = [];

    public IReadOnlyList<ServiceStatus> Services { get; init; } = [];

    /// <summary>What the server itself allows; null until its agent has told it. Nothing here can change it.</summary>
    public AgentPolicy? Policy { get; init; }

    /// <summary>What waits for a person on the server, oldest first.</summary>
    public IReadOnlyList<WaitingCommand> WaitingForApproval { get; init; } = [];

    public static ServerDetailJson From(ServerDetail detail)
    {
        var row = FleetService.ToRow(detail.Live);
        return From(row, new ServerDetailJson
        {
            Id = row.Id,
            Name = detail.Facts.Name,
            Site = detail.Facts.Site,
            Link = row.Link,
            Updates = UpdatesJson.From(row),
            Address = detail.Facts.Address,
            Baseline = detail.Facts.Baseline,
            AddedAt = detail.Facts.AddedAt,
            AgentKey = detail.Facts.AgentKey,
            PairedAt = detail.Facts.PairedAt,
            PairedBy = detail.Facts.PairedBy,
            ComputerName = detail.Facts.ComputerName,
            OperatingSystem = detail.Facts.OperatingSystem,
            AgentVersion = detail.Facts.AgentVersion,
            WsusVersion = detail.Facts.WsusVersion,
            Roles = detail.Facts.Roles,
            Evidence = detail.Assessment?.Findings ?? [],
            Settings = detail.Comparisons.Count > 0 ? detail.Comparisons[0].Settings : [],
            Services = detail.Snapshot?.Services.Value?.Services ?? [],
            Policy = detail.Snapshot?.Agent.Policy,
            WaitingForApproval = detail.Snapshot?.Agent.Waiting ?? [],
        });
    }
}

/// <summary>The body of POST servers.</summary>
/// <param name="Address">https://host:port of the agent, or the host alone (port 5101).</param>
/// <param name="Name">1 to 100 characters; absent = the host of the address.</param>
/// <param name="Site">At most 50 characters.</param>
/// <param name="Baseline">guide, microsoft or optimize-wsusserver; absent = the default.</param>
/// <param name="PairingCode">What "WsusDashboard.Agent pair" shows on the server; absent = it is paired later.</param>
public sealed record AddServerJson(string Address, string? Name, string? Site, string? Baseline, string? PairingCode);
