namespace WsusDashboard.Simulator.History;

/// <summary>How a synchronization of the past went.</summary>
internal enum PastOutcome
{
    /// <summary>WSUS and Configuration Manager succeeded.</summary>
    Succeeded,

    /// <summary>WSUS took a small delta; reading the catalogue into the site database then cost the worker its memory.</summary>
    SucceededInWsusOnly,

    /// <summary>The worker was recycled during the sync.</summary>
    Cancelled,

    /// <summary>The proxy answered 407.</summary>
    ProxyRefused,

    /// <summary>The upstream server did not answer.</summary>
    UpstreamUnreachable,

    /// <summary>A time-out on the way, as every server sees now and then.</summary>
    TimedOut,

    /// <summary>The pool was stopped: Configuration Manager met HTTP 503, WSUS never heard of it.</summary>
    Refused,

    /// <summary>The worker could not load a library: Configuration Manager met HTTP 500, WSUS never heard of it.</summary>
    Broken,

    /// <summary>WsusService died during the sync: it has no end.</summary>
    Killed,

    /// <summary>Nobody asked for one.</summary>
    None,
}

/// <summary>A synchronization of the past.</summary>
internal sealed record PastRun(long Number, DateTimeOffset StartedAt, TimeSpan Duration, PastOutcome Outcome);

/// <summary>How the last days of a server went: the same for the same profile and day.</summary>
internal static class PastRuns
{
    /// <summary>Days that the scenarios tell their story in; before them a longer history is that of an ordinary server.</summary>
    private const int ToldDays = 30;
    private const int RunsPerDay = 3;

    /// <summary>Two days ago: late enough for an agent that is new on the server to look for its evidence.</summary>
    private const int RunsBeforeKilled = 2 * RunsPerDay;

    // Three a day, as a site's schedule has it.
    private static readonly TimeSpan Interval = TimeSpan.FromHours(8);

    public static IEnumerable<PastRun> Plan(Scenarios.ServerProfile profile, DateTimeOffset now)
    {
        var draw = profile.Draw;
        for (var number = (long)(ToldDays - profile.HistoryDays) * RunsPerDay; number < ToldDays * RunsPerDay; number++)
        {
            var start = now - TimeSpan.FromDays(ToldDays) + (Interval * number) + TimeSpan.FromMinutes(draw.Between("past start", number, 25, 160));
            var ago = now - start;
            var outcome = profile.HasRunWithoutEnd && number == (ToldDays * RunsPerDay) - RunsBeforeKilled ? PastOutcome.Killed : Outcome(profile, number, ago);
            var seconds = outcome switch
            {
                PastOutcome.Succeeded => draw.Between("past length", number, 380, 1_150),
                PastOutcome.SucceededInWsusOnly => draw.Between("past length", number, 150, 320),
                PastOutcome.Cancelled or PastOutcome.Killed => draw.Between("past length", number, 140, 640),
                PastOutcome.TimedOut => draw.Between("past length", number, 600, 900),
                PastOutcome.Refused or PastOutcome.Broken => 2,
                _ => draw.Between("past length", number, 8, 40),
            };
            yield return new(number + 1, start, TimeSpan.FromSeconds(seconds) + TimeSpan.FromMilliseconds(draw.Between("past part", number, 0, 999)), outcome);
        }
    }

    private static PastOutcome Outcome(Scenarios.ServerProfile profile, long number, TimeSpan ago)
    {
        var draw = profile.Draw;
        var chance = draw.Fraction("past outcome", number);
        var normal = chance < 0.03 ? PastOutcome.TimedOut : PastOutcome.Succeeded;
        var badSince = TimeSpan.FromDays(draw.Between("past bad day", 0, 9, 15));
        return profile.Scenario switch
        {
            Scenarios.Scenario.StarvedPool or Scenarios.Scenario.MonitorOnly or Scenarios.Scenario.NativeModule or Scenarios.Scenario.LargeCatalogue when ago < badSince =>
                chance < 0.14 && profile.SmallSyncShare > 0 ? PastOutcome.SucceededInWsusOnly : PastOutcome.Cancelled,
            Scenarios.Scenario.PoolStopped when ago < StoppedFor(draw) => PastOutcome.Refused,
            Scenarios.Scenario.PoolStopped when ago < badSince => chance < 0.1 ? PastOutcome.SucceededInWsusOnly : PastOutcome.Cancelled,
            Scenarios.Scenario.ExecutiveStopped or Scenarios.Scenario.WsusServiceStopped or Scenarios.Scenario.ServiceDisabled when ago < StoppedFor(draw) => PastOutcome.None,
            Scenarios.Scenario.CompressionLibrary when ago < StoppedFor(draw) => PastOutcome.Broken,
            Scenarios.Scenario.ProxyRefuses when ago < badSince / 3 => PastOutcome.ProxyRefused,
            Scenarios.Scenario.DriftedButWorking when chance is > 0.1 and < 0.2 => PastOutcome.Cancelled,
            Scenarios.Scenario.Replica when ago > TimeSpan.FromDays(17) && ago < TimeSpan.FromDays(18) => PastOutcome.UpstreamUnreachable,
            _ => normal,
        };
    }

    /// <summary>How long ago the pool or a service stopped for good, or the pool was made 32-bit.</summary>
    public static TimeSpan StoppedFor(Scenarios.SeededDraw draw) => TimeSpan.FromHours(draw.Between("past stop", 0, 40, 90));
}
