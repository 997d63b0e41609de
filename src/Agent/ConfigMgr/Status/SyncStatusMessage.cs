namespace WsusDashboard.Agent.ConfigMgr.Status;

/// <summary>A status message of the site's synchronization manager, as wsyncmgr.log repeats it.</summary>
/// <param name="Id">For example 6702.</param>
/// <param name="At">UTC: the log calls it GMTDATE.</param>
internal sealed record SyncStatusMessage(int Id, DateTimeOffset At);
