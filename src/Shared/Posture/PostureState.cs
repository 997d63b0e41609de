using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Posture;

/// <summary>What an agent read about its server's safety and support, and what it concludes with its own table. Each part is read by itself: one that can't be read says why and harms no other.</summary>
public sealed record PostureState
{
    public WindowsPart Windows { get; init; } = new();

    public ProtocolPart Protocols { get; init; } = new();

    public SitePart Site { get; init; } = new();

    public FirewallPart Firewall { get; init; } = new();

    public RolePart Role { get; init; } = new();

    public SignsPart Signs { get; init; } = new();

    public ProductsPart Products { get; init; } = new();

    public UupPart Uup { get; init; } = new();

    /// <summary>The table that <see cref="Findings"/> were made with.</summary>
    public TableInForce Table { get; init; } = new();

    /// <summary>What the agent concludes from these facts with its own table: vulnerabilities and ends of support; at most 100. A dashboard whose table is not older judges the facts itself, as it does with all that needs no table.</summary>
    public ValueList<PostureFinding> Findings { get; init; } = [];
}

/// <summary>What every part of the facts says about its own reading.</summary>
public interface IPosturePart
{
    /// <summary>UTC time of the last read; null where this part was never read.</summary>
    DateTimeOffset? ReadAt { get; }

    /// <summary>Why this part could not be read, or not all of it, for a person; empty where it could.</summary>
    string Problem { get; }
}

/// <summary>The version of Windows, as the registry has it (care.md, 1.2).</summary>
public sealed record WindowsPart : IPosturePart
{
    /// <summary>For example "Windows Server 2019 Standard".</summary>
    public string ProductName { get; init; } = "";

    /// <summary>EditionID, for example "ServerStandard".</summary>
    public string EditionId { get; init; } = "";

    /// <summary>InstallationType: "Server", "Server Core" or "Client"; empty where Windows doesn't say.</summary>
    public string InstallationType { get; init; } = "";

    /// <summary>CurrentBuildNumber, for example 17763; 0 where it could not be read.</summary>
    public int Build { get; init; }

    /// <summary>The revision, which is the last number of the build; null where it could not be read.</summary>
    public int? Revision { get; init; }

    public RevisionSource RevisionSource { get; init; }

    /// <summary>Why <see cref="Revision"/> is not known, for a person; empty where it is.</summary>
    public string RevisionProblem { get; init; } = "";

    /// <summary>True where updates wait for a restart: Windows is not yet what its list of updates says. Null where that could not be read.</summary>
    public bool? IsRestartPending { get; init; }

    /// <summary>Updates of Windows as Win32_QuickFixEngineering lists them ("KB5070884"), newest number first; at most 200.</summary>
    public ValueList<string> Updates { get; init; } = [];

    /// <summary>Why <see cref="Updates"/> are not known, for a person; empty where they are.</summary>
    public string UpdatesProblem { get; init; } = "";

    public DateTimeOffset? ReadAt { get; init; }

    public string Problem { get; init; } = "";
}

/// <summary>Where a revision of Windows was read.</summary>
public enum RevisionSource
{
    /// <summary>Not read.</summary>
    Unknown = 0,

    /// <summary>The registry value UBR, which each cumulative update sets.</summary>
    UpdateBuildRevision = 1,

    /// <summary>The registry value BuildLabEx. It may be behind, never ahead: it proves that a server is fixed, not that it isn't.</summary>
    BuildLab = 2,
}

/// <summary>TLS 1.2 of Windows and of .NET Framework. Null = the registry has no such value, so the default of the system applies.</summary>
public sealed record ProtocolPart : IPosturePart
{
    /// <summary>SCHANNEL\Protocols\TLS 1.2\Client, Enabled.</summary>
    public bool? ClientEnabled { get; init; }

    /// <summary>SCHANNEL\Protocols\TLS 1.2\Client, DisabledByDefault.</summary>
    public bool? ClientDisabledByDefault { get; init; }

    /// <summary>SCHANNEL\Protocols\TLS 1.2\Server, Enabled.</summary>
    public bool? ServerEnabled { get; init; }

    /// <summary>SCHANNEL\Protocols\TLS 1.2\Server, DisabledByDefault.</summary>
    public bool? ServerDisabledByDefault { get; init; }

    /// <summary>.NETFramework\v4.0.30319, SchUseStrongCrypto, for 64-bit programs.</summary>
    public bool? StrongCrypto { get; init; }

    /// <summary>The same, SystemDefaultTlsVersions.</summary>
    public bool? SystemDefaultVersions { get; init; }

    /// <summary>SchUseStrongCrypto for 32-bit programs.</summary>
    public bool? StrongCrypto32 { get; init; }

    /// <summary>SystemDefaultTlsVersions for 32-bit programs.</summary>
    public bool? SystemDefaultVersions32 { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    public string Problem { get; init; } = "";
}
