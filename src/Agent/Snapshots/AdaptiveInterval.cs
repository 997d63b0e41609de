using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Snapshots;

/// <summary>How often a section is read at present, and why that is less often than it is set to.</summary>
/// <param name="Interval">Time between two reads.</param>
/// <param name="Slowed">For a person; empty where it is as set.</param>
internal sealed record Pace(TimeSpan Interval, string Slowed);

/// <summary>Lowers the rate of one section where a read takes long or the server is busy: an agent must not be what makes a server slow.</summary>
/// <remarks>
/// The interval grows by doubling, so that it and its reason stay the same from read to read, and at most by eight. The longest of the last
/// three reads counts: one fast read does not turn it back. Threading: one caller at a time.
/// </remarks>
internal sealed class AdaptiveInterval(ServerLoad load)
{
    private const int RememberedReads = 3;
    private const int MaximumFactor = 8;
    private const int FactorOfABusyServer = 2;

    /// <summary>A read may take this share of the time between two.</summary>
    private const double AllowedShare = 0.5;

    /// <summary>What is shorter costs nothing worth slowing down for.</summary>
    private static readonly TimeSpan ShortRead = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(5);

    private readonly Queue<TimeSpan> _durations = [];

    public void Note(TimeSpan duration)
    {
        _durations.Enqueue(duration);
        if (_durations.Count > RememberedReads)
        {
            _durations.Dequeue();
        }
    }

    /// <param name="set">The interval as it is set.</param>
    public Pace Of(TimeSpan set)
    {
        var longest = _durations.Count == 0 ? TimeSpan.Zero : _durations.Max();
        var factor = 1;
        while (factor < MaximumFactor && longest > ShortRead && longest > set * (factor * AllowedShare))
        {
            factor *= 2;
        }

        var isSlow = factor > 1;
        var interval = set * Math.Max(factor, load.IsBusy ? FactorOfABusyServer : 1);
        if (interval > LongestInterval)
        {
            interval = set > LongestInterval ? set : LongestInterval;
        }

        return interval == set
            ? new Pace(set, "")
            : new Pace(interval, $"Read every {Wording.Duration(interval)} instead of every {Wording.Duration(set)}, because {Reason(isSlow)}.");
    }

    private string Reason(bool isSlow) => (isSlow, load.IsBusy) switch
    {
        (true, true) => "reading takes long and the server's processors are busy",
        (true, false) => "reading takes long on this server",
        _ => "the server's processors are busy",
    };
}
