using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Posture;

/// <summary>How fast the volume of the content fills up on this server: one measure a day, in the agent's file.</summary>
/// <remarks>Threading: one writer, the collector.</remarks>
internal sealed class ContentHistory(AgentStore store)
{
    /// <summary>Fewer days say nothing: a single month's updates would look like the rule.</summary>
    public const int FewestDays = 7;

    private const int DaysLookedAt = 90;
    private const int DaysKept = 400;

    /// <summary>Notes today's free space and returns how much less it became a day, on average of the days that are known; null where they are too few.</summary>
    /// <exception cref="StoreException">The file cannot be used.</exception>
    public Task<(long? KilobytesPerDay, int Days)> NoteAsync(long freeKilobytes, DateTimeOffset now, CancellationToken cancellationToken) => store.WriteAsync<(long? KilobytesPerDay, int Days)>(
        connection =>
        {
            var today = now.UtcTicks / TimeSpan.TicksPerDay;
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute("INSERT INTO posture_content (day, free_kilobytes) VALUES ($day, $free) ON CONFLICT (day) DO UPDATE SET free_kilobytes = $free", ("$day", today), ("$free", freeKilobytes));

            // A clock that was ahead and is set right leaves days that have not come.
            connection.Execute("DELETE FROM posture_content WHERE day < $oldest OR day > $today", ("$oldest", today - DaysKept), ("$today", today));
            var first = connection.Query(
                "SELECT day, free_kilobytes FROM posture_content WHERE day >= $from ORDER BY day LIMIT 1", reader => (Day: reader.GetInt64(0), Free: reader.GetInt64(1)), ("$from", today - DaysLookedAt));
            transaction.Commit();
            return first is [var oldest] && today - oldest.Day >= FewestDays ? ((oldest.Free - freeKilobytes) / (today - oldest.Day), (int)(today - oldest.Day)) : (null, 0);
        },
        cancellationToken);
}
