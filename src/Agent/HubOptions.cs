using System.ComponentModel.DataAnnotations;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Agent;

/// <summary>How the agent and the dashboards that it enrolled with meet.</summary>
public sealed class HubOptions
{
    public const string Outbound = "outbound";
    public const string Inbound = "inbound";
    public const string NoAuthentication = "none";
    public const string Basic = "basic";
    public const string Windows = "windows";

    /// <summary>Who connects, for a dashboard this agent enrolled with. outbound = the agent connects to the dashboard's port for agents; inbound = the dashboard connects to Agent:Port. A dashboard paired with a code always connects to Agent:Port.</summary>
    [AllowedValues(Outbound, Inbound)]
    public string Connect { get; set; } = Outbound;

    /// <summary>The HTTP proxy between this server and the dashboard, for example http://proxy.corp.example:3128. It must allow CONNECT to the dashboard's port for agents. Empty = none.</summary>
    [ProxyAddress]
    public string Proxy { get; set; } = "";

    /// <summary>How this agent signs in to the proxy: none, basic (ProxyUser and ProxyPasswordFile), or windows (the account of the service).</summary>
    [AllowedValues(NoAuthentication, Basic, Windows)]
    public string ProxyAuthentication { get; set; } = NoAuthentication;

    /// <summary>The name for a proxy with basic authentication.</summary>
    [PrintableText(0, 200)]
    public string ProxyUser { get; set; } = "";

    /// <summary>A file whose first line is the password for a proxy with basic authentication; only the service's account should be able to read it.</summary>
    [LocalPath]
    public string ProxyPasswordFile { get; set; } = "";

    /// <summary>True where the agent opens the connection to the hubs that it enrolled with.</summary>
    internal bool IsOutbound => Connect == Outbound;
}
