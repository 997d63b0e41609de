namespace WsusDashboard.Shared.Snapshots;

/// <summary>What an agent counts the commands of dashboards by.</summary>
public enum PacedCommand
{
    /// <summary>A kind that this build does not know.</summary>
    Unknown = 0,

    /// <summary>A whole repair, whatever its steps.</summary>
    Repair = 1,

    /// <summary>One command to an application pool.</summary>
    Pool = 2,

    /// <summary>One command to a service, but for what counts as <see cref="IisRestart"/>.</summary>
    Service = 3,

    /// <summary>The start or the stop of a synchronization.</summary>
    Sync = 4,

    /// <summary>What does as much as iisreset: a stop or restart of the web service.</summary>
    IisRestart = 5,
}

/// <summary>How many commands of one kind all dashboards together may begin on a server without an approval, and how many of them are used.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Limit">In one window, 0 to 1,000; 0 = each waits.</param>
/// <param name="Used">In the window that ends now.</param>
/// <param name="WindowHours">How long one counts: 1 or 24.</param>
/// <param name="NextFreeAt">UTC; when the next one waits no longer. Null where it does not wait, and where the limit is 0.</param>
public sealed record CommandAllowance(PacedCommand Kind, int Limit, int Used, int WindowHours, DateTimeOffset? NextFreeAt)
{
    /// <summary>The next one waits for somebody on the server.</summary>
    public bool IsUsedUp => Used >= Limit;
}
