using Microsoft.Data.Sqlite;

namespace WsusDashboard.Agent.Storage;

/// <summary>
/// Time that has passed for the agent, whatever the server's clock is set to: it goes on with the system's monotonic clock, which outlives the agent. Only where
/// that one began anew, because the server was restarted, the server's clock fills the gap, and never backwards.
/// </summary>
internal sealed class PaceClock(TimeProvider timeProvider)
{
    /// <summary>What has passed until now.</summary>
    public TimeSpan Read(SqliteConnection connection)
    {
        var noted = connection.Query(
            "SELECT passed, stamp, wall FROM pace_clock WHERE id = 1",
            reader => (Passed: new TimeSpan(reader.GetInt64(0)), Stamp: new TimeSpan(reader.GetInt64(1)), Wall: new DateTimeOffset(reader.GetInt64(2), TimeSpan.Zero)));
        if (noted is not [var (passed, stamp, wall)])
        {
            return TimeSpan.Zero;
        }

        var bySystem = Stamp() - stamp;
        var byClock = timeProvider.GetUtcNow() - wall;
        return passed + (bySystem >= TimeSpan.Zero ? bySystem : byClock > TimeSpan.Zero ? byClock : TimeSpan.Zero);
    }

    /// <summary>What has passed until now; it is written down.</summary>
    public TimeSpan GoOn(SqliteConnection connection)
    {
        var passed = Read(connection);
        connection.Execute(
            "INSERT INTO pace_clock (id, passed, stamp, wall) VALUES (1, $passed, $stamp, $wall) ON CONFLICT (id) DO UPDATE SET passed = $passed, stamp = $stamp, wall = $wall",
            ("$passed", passed.Ticks), ("$stamp", Stamp().Ticks), ("$wall", timeProvider.GetUtcNow().UtcTicks));
        return passed;
    }

    /// <summary>Since the system was started, or since another moment that a restart changes.</summary>
    private TimeSpan Stamp() => timeProvider.GetElapsedTime(0, timeProvider.GetTimestamp());
}
