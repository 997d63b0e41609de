using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Snapshots;

/// <summary>Severity of a Windows event.</summary>
public enum EventLevel
{
    Unknown = 0,
    Critical = 1,
    Error = 2,
    Warning = 3,
    Information = 4,
}

/// <summary>Recent Windows events of WAS, WSUS and the watched services that speak about synchronization.</summary>
public sealed record EventsState
{
    /// <summary>Newest first; at most 200, at most 7 days old.</summary>
    public ValueList<WindowsEvent> Recent { get; init; } = [];
}

/// <summary>One Windows event.</summary>
public sealed record WindowsEvent
{
    /// <summary>EventRecordID: with <see cref="LogName"/> it names the event.</summary>
    public long RecordId { get; init; }

    /// <summary>"System" or "Application".</summary>
    public required string LogName { get; init; }

    /// <summary>For example "Microsoft-Windows-WAS".</summary>
    public required string Provider { get; init; }

    public int EventId { get; init; }

    public EventLevel Level { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>In the language of the server: for people, never for a rule.</summary>
    public string Message { get; init; } = "";

    /// <summary>The service (its short name) or the application pool that the event speaks of, from its data and not from its text; empty where not known.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The state that the service entered; Unknown where the event tells none.</summary>
    public ServiceState Entered { get; init; }

    /// <summary>Whether the event speaks of this service or pool: by its data, else by its text; one that names nothing may.</summary>
    public bool Names(string subject) => Subject.Length > 0
        ? string.Equals(Subject, subject, StringComparison.OrdinalIgnoreCase)
        : Message.Length == 0 || Message.Contains(subject, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Names of event providers and the event ids that the rules read (wsus.md, section 5).</summary>
public static class WindowsEvents
{
    public const string WasProvider = "Microsoft-Windows-WAS";
    public const string WsusProvider = "Windows Server Update Services";
    public const string ServicesProvider = "Service Control Manager";

    /// <summary>Tells who asked for a restart of the server (provider and number from memory).</summary>
    public const string RestartProvider = "User32";

    public const string SystemLog = "System";
    public const string ApplicationLog = "Application";

    /// <summary>Rapid-fail protection disabled a pool.</summary>
    public const int PoolDisabled = 5002;

    /// <summary>A process, in the name of an account, asked Windows to restart or shut down; both stand in the message.</summary>
    public const int RestartAsked = 1074;

    /// <summary>A worker process ended unexpectedly.</summary>
    public const int WorkerDied = 5009;

    /// <summary>A worker process did not answer a ping of WAS (number from memory).</summary>
    public const int WorkerSilent = 5010;

    /// <summary>A worker process suffered a fatal error of communication with WAS (number from memory).</summary>
    public const int WorkerLost = 5011;

    /// <summary>A worker asked to be recycled: private-bytes limit.</summary>
    public const int PrivateMemoryRecycle = 5117;

    /// <summary>A worker was recycled after the regular time interval.</summary>
    public const int TimeRecycle = 5074;

    /// <summary>A worker was recycled at a time of day that the pool's schedule names.</summary>
    public const int ScheduleRecycle = 5076;

    /// <summary>A worker asked to be recycled: virtual-memory limit.</summary>
    public const int VirtualMemoryRecycle = 5077;

    /// <summary>Worker shut down for idleness.</summary>
    public const int IdleShutdown = 5186;

    /// <summary>Last catalogue synchronization failed.</summary>
    public const int CatalogSyncFailed = 10022;

    /// <summary>A service ended unexpectedly, and something is done about it.</summary>
    public const int ServiceEndedUnexpectedly = 7031;

    /// <summary>A service ended unexpectedly.</summary>
    public const int ServiceDied = 7034;

    /// <summary>A service entered the running or the stopped state.</summary>
    public const int ServiceChangedState = 7036;

    /// <summary>A web service of WSUS does not work: reporting, administration, client, server synchronization, simple and DSS authentication.</summary>
    public static IReadOnlyList<int> WebServicesFailing { get; } = [12002, 12012, 12022, 12032, 12042, 12052];
}
