namespace WsusDashboard.Agent.Security.Policy;

/// <summary>How often dashboards, all of them together, may have something done without somebody on the server approving it. Undo is never limited.</summary>
/// <param name="RepairsPerDay">Whole repairs, whatever their steps.</param>
/// <param name="PoolCommandsPerHour">Single commands to application pools.</param>
/// <param name="ServiceCommandsPerHour">Single commands to services.</param>
/// <param name="SyncCommandsPerHour">Starts and stops of synchronizations.</param>
/// <param name="IisRestartsPerDay">Stops and restarts of the web service (W3SVC, WAS), which do what iisreset does.</param>
public sealed record PolicyRate(int RepairsPerDay, int PoolCommandsPerHour, int ServiceCommandsPerHour, int SyncCommandsPerHour, int IisRestartsPerDay)
{
    /// <summary>Most that the file may allow.</summary>
    public const int Maximum = 1_000;

    /// <summary>What holds where the file says nothing.</summary>
    public static PolicyRate Default { get; } = new(4, 6, 6, 6, 2);
}
