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

/// <summary>Recent Windows events of WAS, WSUS, the watched services and what they rest on (IIS, .NET, SQL Server, TLS) that speak about synchronization.</summary>
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

    /// <summary>The service (its short name), the application pool, the program's file or the application that the event speaks of, from its data and not from its text; empty where not known.</summary>
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

    /// <summary>HTTP.sys.</summary>
    public const string HttpProvider = "Microsoft-Windows-HttpEvent";

    /// <summary>The runtime of .NET Framework.</summary>
    public const string ClrProvider = ".NET Runtime";

    /// <summary>Windows Error Reporting's word about a program that crashed.</summary>
    public const string CrashProvider = "Application Error";

    /// <summary>A worker process of IIS.</summary>
    public const string WorkerProvider = "Microsoft-Windows-IIS-W3SVC-WP";

    /// <summary>ASP.NET of the .NET Framework version that WSUS runs on.</summary>
    public const string AspNetProvider = "ASP.NET 4.0.30319.0";

    /// <summary>Windows' own TLS.</summary>
    public const string SchannelProvider = "Schannel";

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

    /// <summary>A service couldn't log on with its account (number from memory).</summary>
    public const int ServiceLogonFailed = 7038;

    /// <summary>A service's account may not log on as a service (number from memory).</summary>
    public const int ServiceLogonNotGranted = 7041;

    /// <summary>The service of WSUS started.</summary>
    public const int WsusServiceStarted = 501;

    /// <summary>The service of WSUS stopped.</summary>
    public const int WsusServiceStopped = 502;

    /// <summary>The service of WSUS failed when it started.</summary>
    public const int WsusServiceFailed = 507;

    /// <summary>A program of .NET Framework ended because of an exception; the event's subject is its file.</summary>
    public const int ProgramEnded = 1026;

    /// <summary>A program crashed; the event's subject is its file.</summary>
    public const int ProgramCrashed = 1000;

    /// <summary>A request to ASP.NET ended with an exception; the event's subject is the application's path without slashes, its message the exception's type and text.</summary>
    public const int RequestFailed = 1309;

    /// <summary>No room in a file of a database, and it may not or cannot grow.</summary>
    public const int DatabaseFileFull = 1105;

    /// <summary>A database would grow beyond what its edition's licence allows.</summary>
    public const int DatabaseLicenceFull = 1827;

    /// <summary>A database's transaction log is full.</summary>
    public const int DatabaseLogFull = 9002;

    /// <summary>SQL Server refused a login; the message names the account, not the address.</summary>
    public const int DatabaseLoginFailed = 18456;

    /// <summary>A service ended by itself: unexpectedly, or with an error of its own.</summary>
    public static IReadOnlyList<int> ServiceEnds { get; } = [7023, 7024, ServiceEndedUnexpectedly, ServiceDied];

    /// <summary>A service couldn't log on with its account, or its account may not log on as a service.</summary>
    public static IReadOnlyList<int> ServiceLogonRefusals { get; } = [ServiceLogonFailed, ServiceLogonNotGranted];

    /// <summary>SQL Server has no memory left for a query.</summary>
    public const int DatabaseOutOfMemory = 701;

    /// <summary>SQL Server isn't ready to take logins yet.</summary>
    public const int DatabaseNotReady = 17187;

    /// <summary>SQL Server has no room in a file, in the log, or in what the edition's licence allows.</summary>
    public static IReadOnlyList<int> DatabaseFull { get; } = [1101, DatabaseFileFull, DatabaseLicenceFull, DatabaseLogFull];

    /// <summary>SQL Server couldn't read pages, or found them damaged.</summary>
    public static IReadOnlyList<int> DatabaseDamaged { get; } = [823, 824, 825];

    /// <summary>HTTP.sys found no usable certificate for an address.</summary>
    public const int NoCertificate = 15021;

    /// <summary>A worker of IIS couldn't load a filter, a module or an extension, or couldn't read its configuration.</summary>
    public static IReadOnlyList<int> WorkerCantLoad { get; } = [2268, 2274, 2276, 2280, 2282, 2307];

    /// <summary>Windows' TLS couldn't make a connection: no credential, no version or no cipher that both sides have.</summary>
    public static IReadOnlyList<int> TlsRefusals { get; } = [36871, 36874];

    /// <summary>The other side ended a TLS connection with a fatal alert.</summary>
    public const int TlsAlert = 36887;

    /// <summary>Events of the service control manager in whose data the name of the service stands second: how long was waited for its answer stands first (from memory).</summary>
    public static IReadOnlyList<int> NamesServiceSecond { get; } = [7009, 7011];

    /// <summary>The programs whose crashes are told.</summary>
    public static IReadOnlyList<string> WatchedPrograms { get; } = ["w3wp.exe", "WsusService.exe", "smsexec.exe"];

    /// <summary>The applications of WSUS whose failed requests are told.</summary>
    public static IReadOnlyList<string> WatchedApplications { get; } =
        ["ApiRemoting30", "ClientWebService", "DssAuthWebService", "ReportingWebService", "ServerSyncWebService", "SimpleAuthWebService"];

    /// <summary>True for kinds of which only some are told, because the same may come thousands of times.</summary>
    public static bool IsSampled(WindowsEvent item) =>
        item.Provider is SchannelProvider or AspNetProvider || (item.EventId == DatabaseLoginFailed && item.Provider.StartsWith("MSSQL", StringComparison.Ordinal));

    /// <summary>A web service of WSUS does not work: reporting, administration, client, server synchronization, simple and DSS authentication.</summary>
    public static IReadOnlyList<int> WebServicesFailing { get; } = [12002, 12012, 12022, 12032, 12042, 12052];
}
