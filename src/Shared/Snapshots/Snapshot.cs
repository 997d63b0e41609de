using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Shared.Snapshots;

/// <summary>All that an agent knows now, in sections.</summary>
public sealed record Snapshot
{
    /// <summary>Rises with every change of any section.</summary>
    public long Revision { get; init; }

    public required AgentInfo Agent { get; init; }

    public required Section<IisState> Iis { get; init; }

    public required Section<ServicesState> Services { get; init; }

    public required Section<WsusState> Wsus { get; init; }

    public required Section<ConfigMgrState> ConfigMgr { get; init; }

    public required Section<EventsState> Events { get; init; }

    public required Section<HostState> Host { get; init; }

    public required Section<ClientState> Client { get; init; }

    /// <summary>Pending where the agent is too old to read it.</summary>
    public Section<PostureState> Posture { get; init; } = new() { Name = SectionNames.Posture };

    /// <summary>A snapshot in which nothing was read yet.</summary>
    public static Snapshot Empty(AgentInfo agent) => new()
    {
        Agent = agent,
        Iis = new() { Name = SectionNames.Iis },
        Services = new() { Name = SectionNames.Services },
        Wsus = new() { Name = SectionNames.Wsus },
        ConfigMgr = new() { Name = SectionNames.ConfigMgr },
        Events = new() { Name = SectionNames.Events },
        Host = new() { Name = SectionNames.Host },
        Client = new() { Name = SectionNames.Client },
    };
}

/// <summary>The names of the sections, as they stand on the wire.</summary>
public static class SectionNames
{
    public const string Iis = "iis";
    public const string Services = "services";
    public const string Wsus = "wsus";
    public const string ConfigMgr = "configmgr";
    public const string Events = "events";
    public const string Host = "host";
    public const string Client = "client";
    public const string Posture = "posture";

    public static IReadOnlyList<string> All { get; } = [Iis, Services, Wsus, ConfigMgr, Events, Host, Client, Posture];
}

/// <summary>What the local policy file of a server lets an agent do. Each level includes the ones before it.</summary>
public enum PolicyMode
{
    /// <summary>Reads only.</summary>
    MonitorOnly = 0,

    /// <summary>May also start, stop and restart allowed services and pools, run iisreset, start and stop a synchronization.</summary>
    Restart = 1,

    /// <summary>May also change settings of allowed pools.</summary>
    ApplySettings = 2,
}

/// <summary>The local policy in force, as the agent read it from its own file.</summary>
public sealed record AgentPolicy
{
    public PolicyMode Mode { get; init; } = PolicyMode.ApplySettings;

    /// <summary>Names of services that may be controlled.</summary>
    public ValueList<string> AllowedServices { get; init; } = [];

    /// <summary>Names of pools that may be controlled and changed.</summary>
    public ValueList<string> AllowedPools { get; init; } = [];

    /// <summary>Ids of playbooks that may be started; empty = all.</summary>
    public ValueList<string> AllowedPlaybooks { get; init; } = [];

    /// <summary>When something may be changed, for a person, in the server's own time; empty = at any time.</summary>
    public ValueList<string> Hours { get; init; } = [];

    /// <summary>All that a hub asks for waits until a person on the server approves it.</summary>
    public bool NeedsLocalApproval { get; init; }

    /// <summary>What waits for a person on the server: ids of playbooks, and the words of <see cref="ApprovalSubjects"/>.</summary>
    public ValueList<string> NeedsApprovalFor { get; init; } = [];

    /// <summary>Why the policy file cannot be used; then nothing is allowed. Empty where all is well.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Where the policy file is, or would be.</summary>
    public string Path { get; init; } = "";

    /// <summary>Last change of the file; null where there is none.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>Why nothing may be changed at this hour; empty while changes are open.</summary>
    public string Closed { get; init; } = "";

    /// <summary>A dashboard may keep new settings that are on trial. On the server itself a person always may.</summary>
    public bool KeepAnyway { get; init; }

    /// <summary>What dashboards may still begin without an approval, one of a kind; empty where the agent doesn't tell.</summary>
    public ValueList<CommandAllowance> Allowances { get; init; } = [];

    /// <summary>Where the policy came from, for a person: the file's path, or "default".</summary>
    public string Source { get; init; } = "default";
}

/// <summary>What can wait for an approval beside playbooks, as the policy file names it.</summary>
public static class ApprovalSubjects
{
    public const string Undo = "undo";
    public const string Service = "service";
    public const string Pool = "pool";
    public const string Sync = "sync";

    public static IReadOnlyList<string> Verbs { get; } = [Undo, Service, Pool, Sync];
}

/// <summary>A command of a hub that waits for a person on the server.</summary>
/// <param name="Id">What "approve" on the server takes.</param>
/// <param name="What">For a person.</param>
/// <param name="Person">Who asked, as the hub knows them.</param>
/// <param name="HubName">Through which hub.</param>
/// <param name="AskedAt">UTC.</param>
/// <param name="ExpiresAt">UTC; afterwards it is void.</param>
/// <param name="RepairId">The repair that waits; empty where it is none.</param>
public sealed record WaitingCommand(string Id, string What, string Person, string HubName, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt, string RepairId);

/// <summary>Who an agent is.</summary>
public sealed record AgentInfo
{
    /// <summary>The protocol version of this build; peers compare it with theirs.</summary>
    public const int CurrentProtocolVersion = 1;

    /// <summary>Made once per installation (32 hexadecimal digits), kept in the agent's data folder.</summary>
    public required string AgentId { get; init; }

    public required string ComputerName { get; init; }

    /// <summary>Fully qualified name, where it is known.</summary>
    public string FullyQualifiedName { get; init; } = "";

    /// <summary>Version of the agent, for example "0.1.0".</summary>
    public string AgentVersion { get; init; } = "";

    public int ProtocolVersion { get; init; } = CurrentProtocolVersion;

    public string OperatingSystem { get; init; } = "";

    /// <summary>What this server is: "wsus", "mecm-site-server", "management-point"… as found.</summary>
    public ValueList<string> Roles { get; init; } = [];

    public AgentPolicy Policy { get; init; } = new();

    /// <summary>Commands of hubs that wait for a person on the server, oldest first.</summary>
    public ValueList<WaitingCommand> Waiting { get; init; } = [];

    /// <summary>What is wrong with the agent itself (its policy, its store, its audit), a sentence each; empty where nothing is.</summary>
    public ValueList<string> Problems { get; init; } = [];

    /// <summary>Identifies one life of the event sequence; it changes when the agent's store was lost, and numbers start again at 1.</summary>
    public string SequenceEpoch { get; init; } = "";

    /// <summary>The number of the newest event.</summary>
    public long LastSequence { get; init; }

    public DateTimeOffset StartedAt { get; init; }
}
