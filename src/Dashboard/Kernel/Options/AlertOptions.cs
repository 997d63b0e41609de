namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class AlertOptions
{
    /// <summary>An address that's asked (GET) every minute while the dashboard works: if it isn't asked any more, the service behind it tells you, as healthchecks.io does. Empty = none.</summary>
    public Secret HeartbeatAddress { get; set; } = Secret.Empty;

    /// <summary>File with that address.</summary>
    public string HeartbeatAddressFile { get; set; } = "";

    /// <summary>The heartbeat's address, and that of none else, may be inside of your network.</summary>
    public bool HeartbeatAllowsInnerAddresses { get; set; }
}
