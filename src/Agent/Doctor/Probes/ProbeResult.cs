using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>What came of trying one edge of the server; a later value is a worse one.</summary>
public enum ProbeState
{
    /// <summary>It answers as the agent needs it.</summary>
    Works = 0,

    /// <summary>The role is not on this server, or the edge exists on Windows only: a state, not an error.</summary>
    NotInstalled = 1,

    /// <summary>It answers, but something about it will make trouble.</summary>
    Attention = 2,

    /// <summary>It cannot be read: denied, silent, broken or unreachable.</summary>
    Refused = 3,
}

/// <summary>What a probe found, before anybody measured how long it took.</summary>
public sealed record ProbeOutcome
{
    private ProbeOutcome()
    {
    }

    public ProbeState State { get; private init; }

    /// <summary>What the agent would read there, in one line; for an edge that refused, the raw error.</summary>
    public string Summary { get; private init; } = "";

    public ReadFailure Failure { get; private init; }

    /// <summary>What to do; empty where nothing is to be done.</summary>
    public string Advice { get; private init; } = "";

    /// <summary>What was read, whole; it goes into a report, not onto the screen.</summary>
    public object? Reading { get; private init; }

    public static ProbeOutcome Works(string summary, object? reading = null) => new() { State = ProbeState.Works, Summary = summary, Reading = reading };

    public static ProbeOutcome NotInstalled(string summary) => new() { State = ProbeState.NotInstalled, Summary = summary };

    public static ProbeOutcome Attention(string summary, string advice, object? reading = null) =>
        new() { State = ProbeState.Attention, Summary = summary, Advice = advice, Reading = reading };

    public static ProbeOutcome Refused(ReadFailure failure, string error, string advice) =>
        new() { State = ProbeState.Refused, Summary = error, Failure = failure, Advice = advice };
}

/// <summary>What came of one probe.</summary>
/// <param name="Area">One of <see cref="ProbeAreas"/>.</param>
/// <param name="Edge">What was tried, for a person.</param>
/// <param name="Outcome">What was found.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ProbeResult(string Area, string Edge, ProbeOutcome Outcome, TimeSpan Duration);

/// <summary>The groups in which a report shows its lines.</summary>
public static class ProbeAreas
{
    public const string Windows = "Windows";
    public const string Iis = "IIS";
    public const string Services = "Services";
    public const string Wsus = "WSUS";
    public const string ConfigMgr = "Configuration Manager";
    public const string Events = "Event log";
    public const string Agent = "Agent";
}
