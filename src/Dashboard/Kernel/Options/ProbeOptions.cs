using System.ComponentModel.DataAnnotations;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class ProbeOptions
{
    /// <summary>How often the dashboard itself asks each server's WSUS as a client would, to find servers that answer on the server but not over the network. 0 = never: only the agents ask.</summary>
    [Range(0, 1440)]
    public int IntervalMinutes { get; set; }
}
