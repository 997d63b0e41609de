using System.ComponentModel.DataAnnotations;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Agent;

/// <summary>Options of an agent, section "Agent" of its configuration.</summary>
public sealed class AgentOptions
{
    public const string SectionName = "Agent";

    /// <summary>The short name of the Windows service.</summary>
    public const string ServiceName = "WsusDashboardAgent";

    public const string ListenAuto = "auto";
    public const string ListenYes = "yes";
    public const string ListenNo = "no";

    /// <summary>Folder of the agent's database, keys and local policy. Empty = ProgramData\WsusDashboard\Agent; on other systems the user's data folder.</summary>
    [LocalPath]
    public string DataDirectory { get; set; } = "";

    /// <summary>The address to listen on for dashboards, over TLS only. Use 0.0.0.0 or :: to pair with a dashboard on another computer. Commands on this server don't use it.</summary>
    [ListenAddress]
    public string ListenAddress { get; set; } = "127.0.0.1";

    /// <summary>TCP port for dashboards; 0 = any free port.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 5101;

    /// <summary>Whether to listen for dashboards. auto = unless this agent connects to all its dashboards itself, as known when it starts; yes = always; no = never. Commands on this server work either way.</summary>
    [AllowedValues(ListenAuto, ListenYes, ListenNo)]
    public string Listen { get; set; } = ListenAuto;

    public HubOptions Hub { get; } = new();

    /// <summary>TCP port for /metrics (text format of Prometheus), on loopback only and without TLS: for a collector on this server, and for everyone who may run programs on it. 0 = none.</summary>
    [Range(0, 65535)]
    public int MetricsPort { get; set; }

    /// <summary>The name this server shows. Empty = the computer's name.</summary>
    [PrintableText(0, 255)]
    public string ComputerName { get; set; } = "";

    /// <summary>The applicationHost.config that the emulated IIS works on. Only for builds with IisApi=Emulated.</summary>
    [LocalPath]
    public string ApplicationHostConfig { get; set; } = "";

    /// <summary>Host name of the WSUS administration service. Empty = from the registry: the name in the certificate if WSUS uses TLS, else the name the site is bound to, else localhost and, if that refuses the sign-in, the server's full name.</summary>
    [HostName]
    public string WsusHost { get; set; } = "";

    /// <summary>The SQL Server of SUSDB. Empty = from the registry. The agent only reads it, and only while WSUS doesn't answer.</summary>
    [SqlServerName]
    public string SusdbServer { get; set; } = "";

    /// <summary>Connect to SUSDB's SQL Server over TLS, with a certificate this server trusts. False = connect as WSUS does. The pipe of the Windows Internal Database never leaves the computer.</summary>
    public bool SusdbEncrypt { get; set; }

    /// <summary>Folder of Configuration Manager's logs. Empty = from the registry.</summary>
    [LocalPath]
    public string ConfigMgrLogDirectory { get; set; } = "";

    /// <summary>How often the cheap sections (IIS, services) are read while the server is idle.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StateInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the other sections are read while the server is idle.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan IdleInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often all sections but the answers to clients are read during a sync or a repair.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan BusyInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the expensive counts of WSUS are read while the server is idle. After a sync they're read at once.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan CountsInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often WSUS is asked as a client would ask it. During a repair it's asked every 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan ClientProbeInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait between stopping and starting the pool; the guide says 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan PoolRestartWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long new settings have to give clients answers as good as before; otherwise the repair restores the saved ones.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:30:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan TrialTimeLimit { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a repair waits for the sync it started.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "2.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan SyncTimeLimit { get; set; } = TimeSpan.FromHours(4);

    /// <summary>How long a service may take to stop or start. SMS_EXECUTIVE can take minutes; it's never killed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "02:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan ServiceTimeLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long iisreset may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan IisResetTimeLimit { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>If no dashboard has watched this paired agent for so long, the agent writes a warning (event 1010) to the Windows event log, and again each time as much has passed. 0 = never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan HubSilenceLimit { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Events kept for a dashboard that is away; the oldest go first. Each takes about 300 bytes on disk.</summary>
    [Range(1000, 10_000_000)]
    public int MaximumKeptEvents { get; set; } = 100_000;
}
