using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Client;

/// <summary>What one endpoint has answered since the agent was started: the best class, since when all were bad, and the times of the last quarter of an hour.</summary>
/// <remarks>Bounded by <see cref="MostAnswers"/>. Threading: one caller at a time.</remarks>
internal sealed class AnswerMemory(TimeProvider timeProvider)
{
    /// <summary>A quarter of an hour during a repair has 180.</summary>
    private const int MostAnswers = 200;

    /// <summary>Of fewer, the slowest one would speak for all.</summary>
    private const int FewestToJudge = 5;

    private const double Share = 0.95;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly Queue<(long At, TimeSpan Duration)> _times = [];

    /// <summary>The best class of an answer that is as good as one; NotAsked before the first.</summary>
    public AnswerClass Usual { get; private set; }

    /// <summary>UTC time of the first bad answer in a row; null while the last was good.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    public void Note(EndpointState asked)
    {
        Usual = asked.BetterThan(Usual);

        FailingSince = (asked with { Usual = Usual }).IsFailing ? FailingSince ?? timeProvider.GetUtcNow() : null;

        // A client that waits in vain waits as long as it has patience; where there is no connection nobody waits.
        if (asked.Answer is { Failure: ProbeFailure.None or ProbeFailure.TimedOut } answer)
        {
            _times.Enqueue((timeProvider.GetTimestamp(), answer.Duration));
        }

        while (_times.TryPeek(out var oldest) && (_times.Count > MostAnswers || timeProvider.GetElapsedTime(oldest.At) > Window))
        {
            _times.Dequeue();
        }
    }

    /// <summary>The time that 95 % of the answers did not exceed (nearest rank); null where there are too few.</summary>
    public TimeSpan? Percentile95()
    {
        if (_times.Count < FewestToJudge)
        {
            return null;
        }

        var sorted = _times.Select(answer => answer.Duration).Order().ToList();
        return sorted[(int)Math.Ceiling(sorted.Count * Share) - 1];
    }
}
