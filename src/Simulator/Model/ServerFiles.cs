namespace WsusDashboard.Simulator.Model;

/// <summary>Where the files of one simulated server lie.</summary>
public sealed record ServerFiles(string Root)
{
    public string ApplicationHostConfig => Path.Combine(Root, "inetsrv", "config", "applicationHost.config");

    public string LogDirectory => Path.Combine(Root, "Logs");

    /// <summary>The inbox of WSUS Synchronization Manager, on a site server.</summary>
    public string SyncInbox => Path.Combine(Root, "inboxes", "WSyncMgr.box");

    public string ModelState => Path.Combine(Root, "model.json");

    /// <summary>The data folder of the server's agent.</summary>
    public string AgentData => Path.Combine(Root, "agent");
}
