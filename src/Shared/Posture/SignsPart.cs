using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Posture;

/// <summary>What matches a published sign of an attack (care.md, 1.4). A missing sign proves nothing: what processes did before isn't visible here.</summary>
public sealed record SignsPart : IPosturePart
{
    /// <summary>Newest first; at most 50.</summary>
    public ValueList<CompromiseSign> Signs { get; init; } = [];

    /// <summary>UTC time from which on the event log was looked through; null where it was not.</summary>
    public DateTimeOffset? EventsSince { get; init; }

    /// <summary>Why the event log could not be looked through, for a person; empty where it could.</summary>
    public string EventsProblem { get; init; } = "";

    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Why the processes could not be looked at.</summary>
    public string Problem { get; init; } = "";
}

/// <summary>What kind of sign it is.</summary>
public enum CompromiseSignKind
{
    Unknown = 0,

    /// <summary>A process of WSUS started a shell.</summary>
    ChildProcess = 1,

    /// <summary>Event 7053 of WSUS whose text holds words of a published attack.</summary>
    EventText = 2,
}

/// <summary>Something that matches a published sign.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Subject">The process that was started, for example "cmd.exe"; of an event, "7053".</param>
/// <param name="Parent">The process that started it, with its pool where that is known: "w3wp.exe (WsusPool)"; empty for an event.</param>
/// <param name="Words">The published words that were found; the text itself stays on the server, because it may hold secrets. At most 10.</param>
/// <param name="At">UTC time of the start or the event, where known.</param>
public sealed record CompromiseSign(CompromiseSignKind Kind, string Subject, string Parent, ValueList<string> Words, DateTimeOffset? At);

/// <summary>Versions of the products beside Windows.</summary>
public sealed record ProductsPart : IPosturePart
{
    /// <summary>Of the site, for example "5.00.9128.1000"; empty where this is no site server.</summary>
    public string ConfigMgrVersion { get; init; } = "";

    /// <summary>Of SUSDB's SQL Server, for example "15.0.4335.1"; empty where it is not known.</summary>
    public string SqlVersion { get; init; } = "";

    /// <summary>As SQL Server calls itself, for example "Windows Internal Database (64-bit)".</summary>
    public string SqlEdition { get; init; } = "";

    public DateTimeOffset? ReadAt { get; init; }

    public string Problem { get; init; } = "";
}

/// <summary>Whether the server is ready for updates as Microsoft delivers them now (care.md, 7 and 8).</summary>
public sealed record UupPart : IPosturePart
{
    /// <summary>Those that updates need (.wim, .msu, .esd …), on the server's level and on the site's; at most 50.</summary>
    public ValueList<MimeMapping> MimeTypes { get; init; } = [];

    /// <summary>Why <see cref="MimeTypes"/> could not be read, for a person; empty where they could.</summary>
    public string MimeProblem { get; init; } = "";

    /// <summary>False where clients get the files from Microsoft; null where it is not known.</summary>
    public bool? StoresContent { get; init; }

    /// <summary>Free KB on the volume of the content; null where it is not known.</summary>
    public long? FreeKilobytes { get; init; }

    /// <summary>KB a day that the volume filled up by, on average of the days that the agent has seen; negative where space was freed. Null where it has seen fewer than 7.</summary>
    public long? GrowthKilobytesPerDay { get; init; }

    /// <summary>Days between the first and the last measure that <see cref="GrowthKilobytesPerDay"/> was made of.</summary>
    public int GrowthDays { get; init; }

    /// <summary>Drivers are selected for synchronization; null where it is not known.</summary>
    public bool? SynchronizesDrivers { get; init; }

    /// <summary>Upgrades (feature updates) are selected; null where it is not known.</summary>
    public bool? SynchronizesUpgrades { get; init; }

    /// <summary>All languages are selected; null where it is not known.</summary>
    public bool? AllLanguages { get; init; }

    /// <summary>The languages that are selected, as WSUS writes them ("en", "de"); at most 50.</summary>
    public ValueList<string> Languages { get; init; } = [];

    /// <summary>Why what is selected could not be read, for a person; empty where it could.</summary>
    public string SelectionProblem { get; init; } = "";

    public DateTimeOffset? ReadAt { get; init; }

    public string Problem { get; init; } = "";
}

/// <summary>A type that IIS gives files of an extension.</summary>
/// <param name="Extension">For example ".wim".</param>
/// <param name="Type">For example "application/x-ms-wim".</param>
/// <param name="IsOfSite">True where WSUS's site has an entry of its own, false where the server has it.</param>
public sealed record MimeMapping(string Extension, string Type, bool IsOfSite);
