using System.ComponentModel.DataAnnotations;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Features.Clients;
using WsusDashboard.Dashboard.Features.Servers.Sections;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>A server in the API, in full.</summary>
public sealed record ServerDetailJson : ServerJson
{
    public required string Address { get; init; }

    /// <summary>Who opens the connection: inbound = the dashboard, to the address; outbound = the agent.</summary>
    public AgentConnection Connection { get; init; }

    /// <summary>The agent connects itself, and not to this dashboard: nothing can be asked of it from here. Null where it can.</summary>
    public AbsenceJson? NotConnectedHere { get; init; }

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

    /// <summary>Every setting of the WSUS pool, those that differ from the server's own baseline first, then in IIS Manager's groups. Empty until the pool was read.</summary>
    public IReadOnlyList<SettingJson> Settings { get; init; } = [];

    public IReadOnlyList<ServiceStatus> Services { get; init; } = [];

    /// <summary>How WSUS answers its clients; null where nobody asked yet.</summary>
    public ClientsJson? Clients { get; init; }

    /// <summary>What was read of the computer, SUSDB, the web site and the site's setup of WSUS; null where there is no snapshot yet.</summary>
    public ReadingsJson? Readings { get; init; }

    /// <summary>What the server itself allows; null until its agent has told it. Nothing here can change it.</summary>
    public AgentPolicy? Policy { get; init; }

    /// <summary>What waits for a person on the server, oldest first.</summary>
    public IReadOnlyList<WaitingCommand> WaitingForApproval { get; init; } = [];

    public static ServerDetailJson From(ServerDetail detail) => From(
        detail.Live,
        new ServerDetailJson
        {
            Id = detail.Facts.Id,
            Name = detail.Facts.Name,
            Site = detail.Facts.Site,
            Link = detail.Link,
            Updates = UpdatesJson.From(detail.Live.Status),
            Address = detail.Facts.Address,
            Connection = detail.Facts.Connection,
            NotConnectedHere = detail.Absence is { } absence ? new(absence.Since, absence.Owner, Links.ServerAt(absence.OwnerAddress, detail.Facts.Id)) : null,
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
            Settings = [.. detail.SettingsOf(detail.OwnComparison).Select(SettingJson.From)],
            Services = detail.Snapshot?.Services.Value?.Services ?? [],
            Clients = ClientsJson.From(detail.Snapshot?.Client, detail.Live.Outside),
            Readings = ReadingsJson.From(detail.Snapshot),
            Policy = detail.Snapshot?.Agent.Policy,
            WaitingForApproval = detail.Snapshot?.Agent.Waiting ?? [],
        });
}

/// <summary>A setting of the WSUS pool. Values are invariant text: numbers in digits, memory in KB, time spans in minutes, "true" and "false".</summary>
/// <param name="Setting">Its key.</param>
/// <param name="Label">Its name in IIS Manager.</param>
/// <param name="Group">Its group there.</param>
/// <param name="Unit">KB, min, or empty.</param>
/// <param name="Current">The value in force.</param>
/// <param name="Recommendation">What the baseline recommends and why; null where it says nothing about this setting.</param>
/// <param name="IsDrifted">True where the value isn't as recommended.</param>
/// <param name="Target">The value that applying the baseline would set.</param>
/// <param name="Deviation">What the baseline itself asks for and why something else is right on this server; null where the recommendation is the baseline's own.</param>
public sealed record SettingJson(string Setting, string Label, PoolSettingGroup Group, string Unit, string Current, BaselineSetting? Recommendation, bool IsDrifted, string Target, SettingDeviation? Deviation)
{
    internal static SettingJson From(SettingRow row) =>
        new(row.Definition.Key, row.Definition.Label, row.Definition.Group, row.Definition.Unit, row.Current, row.Comparison?.Recommendation, row.IsDrifted, row.Comparison?.Target ?? row.Current, row.Comparison?.Deviation);
}

/// <summary>An agent that isn't connected to this dashboard, while several share the fleet.</summary>
/// <param name="Since">UTC.</param>
/// <param name="WatchedBy">Name of the dashboard that watches the server; null where that is this one, or none.</param>
/// <param name="Page">The server's page there; null where its address isn't known.</param>
public sealed record AbsenceJson(DateTimeOffset Since, string? WatchedBy, string? Page);

/// <summary>The body of POST servers.</summary>
public sealed record AddServerJson
{
    /// <summary>https://host:port of the agent, or the host alone (port 5101).</summary>
    [AgentAddress]
    public string? Address { get; init; }

    /// <summary>Absent: the host of the address.</summary>
    [AtMost(ServerInput.MaximumNameLength)]
    public string? Name { get; init; }

    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>Absent: the default.</summary>
    [BaselineId]
    public string? Baseline { get; init; }

    /// <summary>What "WsusDashboard.Agent pair" shows on the server; absent: it is paired later.</summary>
    [AtMost(PairJson.MaximumCodeLength)]
    public string? PairingCode { get; init; }
}

/// <summary>The body of PATCH servers/{id}; what is absent stays as it is.</summary>
public sealed record ChangeServerJson
{
    /// <summary>https://host:port of the agent, or the host alone (port 5101).</summary>
    [AtMost(ServerInput.MaximumAddressLength)]
    public string? Address { get; init; }

    [AtMost(ServerInput.MaximumNameLength)]
    public string? Name { get; init; }

    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    [BaselineId]
    public string? Baseline { get; init; }
}

/// <summary>The address of an agent; it has to be there.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AgentAddressAttribute : RequiredAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => ServerValidation.CheckAddress(value as string, out _) is { } error ? new(error.Message) : null;
}
