using System.ComponentModel.DataAnnotations;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class AgentLinkOptions
{
    /// <summary>This dashboard's own address for agents that connect themselves, for example https://wsusdashboard1.corp.example:5443; never a balancer's. Agents learn the addresses of all dashboards that share a database. Empty = on PostgreSQL this computer's full name and EnrolmentPort; on SQLite none, and agents keep the address they were installed with.</summary>
    public string Address { get; set; } = "";

    /// <summary>How long a silent agent's last known health is shown before the server counts as unreachable.</summary>
    [Range(5, 600)]
    public int UnreachableAfterSeconds { get; set; } = 20;

    /// <summary>How long a link may be silent before it's opened again; agents send a heartbeat every 15 s. At least UnreachableAfterSeconds.</summary>
    [Range(20, 600)]
    public int SilenceSeconds { get; set; } = 45;

    /// <summary>Time limit for connecting to an agent.</summary>
    [Range(1, 60)]
    public int ConnectTimeoutSeconds { get; set; } = 5;

    /// <summary>Time limit for a question to an agent, such as a plan or the state of a repair.</summary>
    [Range(1, 300)]
    public int QueryTimeoutSeconds { get; set; } = 15;

    /// <summary>Time limit for a single command, such as restarting a service.</summary>
    [Range(5, 600)]
    public int CommandTimeoutSeconds { get; set; } = 120;

    /// <summary>Longest wait between two attempts to reach an agent.</summary>
    [Range(1, 3600)]
    public int MaximumRetrySeconds { get; set; } = 60;

    /// <summary>Time over which the first contacts are spread at start.</summary>
    [Range(0, 600)]
    public int StaggerSeconds { get; set; } = 3;
}
