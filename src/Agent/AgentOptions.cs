namespace WsusDashboard.Agent;

/// <summary>Options of an agent, section "Agent" of its configuration.</summary>
public sealed class AgentOptions
{
    public const string SectionName = "Agent";

    /// <summary>Folder of the agent's SQLite file and policy file. Default: ProgramData\WsusDashboard\Agent, elsewhere the user's data folder.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Address to listen on: 0.0.0.0 or :: for all, so that a dashboard elsewhere can be paired. Other computers are answered over TLS only.</summary>
    public string ListenAddress { get; set; } = "127.0.0.1";

    /// <summary>TCP port for gRPC and HTTP/JSON, 1 to 65535.</summary>
    public int Port { get; set; } = 5101;

    /// <summary>Name that this server shows; empty = the computer's name.</summary>
    public string ComputerName { get; set; } = "";

    /// <summary>The applicationHost.config that the emulated IIS works on. Only in builds with IisApi=Emulated.</summary>
    public string ApplicationHostConfig { get; set; } = "";

    /// <summary>Host name for the WSUS administration service; empty = from the registry: the certificate's name where TLS is used, the name that the site is bound to, else localhost.</summary>
    public string WsusHost { get; set; } = "";

    /// <summary>SQL Server of SUSDB, for example "SQL01" or "SQL01\\WSUS"; empty = from the registry. It is read only, and only while WSUS does not answer.</summary>
    public string SusdbServer { get; set; } = "";

    /// <summary>Asks the SQL Server of SUSDB for TLS with a certificate that this server trusts. False = as WSUS itself connects. The pipe of WID never leaves the machine.</summary>
    public bool SusdbEncrypt { get; set; }

    /// <summary>Folder of Configuration Manager's logs; empty = from the registry.</summary>
    public string ConfigMgrLogDirectory { get; set; } = "";

    /// <summary>Interval of the cheap sections (iis, services) while the server is idle.</summary>
    public TimeSpan StateInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Interval of the other sections while the server is idle.</summary>
    public TimeSpan IdleInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Interval of all sections while a synchronization or a repair runs.</summary>
    public TimeSpan BusyInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Interval of the heavy counts of WSUS while idle; after a synchronization they are read at once.</summary>
    public TimeSpan CountsInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Wait between stop and start of the pool; 5 seconds in the guide.</summary>
    public TimeSpan PoolRestartWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a repair waits for the synchronization that it started.</summary>
    public TimeSpan SyncTimeLimit { get; set; } = TimeSpan.FromHours(4);

    /// <summary>How long a service may take to stop or start. SMS_EXECUTIVE may take minutes; it is never killed.</summary>
    public TimeSpan ServiceTimeLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Time limit of iisreset.</summary>
    public TimeSpan IisResetTimeLimit { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Outgoing events kept for a hub that is away; the oldest go first.</summary>
    public int MaximumKeptEvents { get; set; } = 100_000;
}
