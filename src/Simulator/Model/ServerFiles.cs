namespace WsusDashboard.Simulator.Model;

/// <summary>Where the files of one simulated server lie.</summary>
public sealed record ServerFiles(string Root)
{
    public string ApplicationHostConfig => Path.Combine(Root, "inetsrv", "config", "applicationHost.config");

    public string LogDirectory => Path.Combine(Root, "Logs");

    /// <summary>Where WSUS is installed.</summary>
    public string WsusDirectory => Path.Combine(Root, "Update Services");

    /// <summary>Where HTTP.sys has its folder HTTPERR.</summary>
    public string HttpLogDirectory => Path.Combine(Root, "LogFiles");

    /// <summary>Where each web site has its folder of logs.</summary>
    public string SiteLogDirectory => Path.Combine(Root, "inetpub", "logs", "LogFiles");

    /// <summary>The inbox of WSUS Synchronization Manager, on a site server.</summary>
    public string SyncInbox => Path.Combine(Root, "inboxes", "WSyncMgr.box");

    public string ModelState => Path.Combine(Root, "model.json");

    /// <summary>What programs have written to the Application log, one record a line.</summary>
    public string ApplicationLog => Path.Combine(Root, "application-log.jsonl");

    /// <summary>The data folder of the server's agent.</summary>
    public string AgentData => Path.Combine(Root, "agent");
}
