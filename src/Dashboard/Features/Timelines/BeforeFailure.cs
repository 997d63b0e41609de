using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Timelines;

/// <summary>One thing that came before a failure.</summary>
/// <param name="Before">How long before the end of the run; negative = after it.</param>
public sealed record BeforeFailureLine(TimeSpan Before, Tone Tone, string What);

/// <summary>What came just before a synchronization failed, the nearest first: what a person would look for in five consoles. Pure.</summary>
public static class BeforeFailure
{
    /// <summary>How far back from the start of the run it is looked.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromHours(1);

    /// <summary>An agent sees a state at most this long after it changed.</summary>
    private static readonly TimeSpan SeenLate = TimeSpan.FromMinutes(1);

    private const double NearLimit = 0.9;

    public static IReadOnlyList<BeforeFailureLine> Tell(TimelineSync run, IReadOnlyList<TimelineItem> items, IReadOnlyList<SamplePoint> samples)
    {
        var end = run.EndedAt ?? run.StartedAt;
        var from = run.StartedAt - LookBack;
        var lines = items
            .Where(item => item.RunId != run.RunId && item.At <= end + SeenLate && (item.To ?? item.From) >= from && item.Lane != TimelineLane.Syncs)
            .Select(item => new BeforeFailureLine(end - item.From, item.Tone, item.What))
            .Concat(Memory(run, end, samples, IsRecycled(run, end, items)))
            .Concat(Rejected(run, end, samples));
        return [.. lines.OrderBy(line => line.Before.Duration())];
    }

    private static IEnumerable<BeforeFailureLine> Memory(TimelineSync run, DateTimeOffset end, IReadOnlyList<SamplePoint> samples, bool isRecycled)
    {
        var peak = During(run, end, samples).Where(point => point.WorkerMaximum is not null).MaxBy(point => point.WorkerMaximum);
        if (peak is { WorkerMaximum: { } worker, Limit: > 0 and { } limit })
        {
            var isNear = worker >= limit * NearLimit;
            yield return new(end - peak.At, isNear ? Tone.Bad : Tone.Quiet, $"The worker used {Wording.Size(worker)} of the {Wording.Size(limit)} the pool allows{(isNear ? "" : isRecycled ? " when measured; it grew further between two measurements" : ", so it didn't reach the limit")}");
        }
        else if (peak is { WorkerMaximum: { } used, Limit: 0 })
        {
            yield return new(end - peak.At, Tone.Quiet, $"The worker used {Wording.Size(used)}; the pool has no limit");
        }
    }

    /// <summary>A worker that was recycled at a limit has reached it, whatever the samples of whole minutes say.</summary>
    private static bool IsRecycled(TimelineSync run, DateTimeOffset end, IReadOnlyList<TimelineItem> items) =>
        items.Any(item => item is { Lane: TimelineLane.Pool, To: null, Tone: Tone.Warning } && item.From >= run.StartedAt && item.From <= end + SeenLate);

    private static IEnumerable<BeforeFailureLine> Rejected(TimelineSync run, DateTimeOffset end, IReadOnlyList<SamplePoint> samples)
    {
        var refused = During(run, end, samples).Where(point => point.Rejected > 0).ToList();
        if (refused.Count > 0)
        {
            yield return new(end - refused[0].At, Tone.Bad, $"{Wording.Count(refused.Sum(point => point.Rejected ?? 0), "request was", "requests were")} refused with 503");
        }
    }

    private static IEnumerable<SamplePoint> During(TimelineSync run, DateTimeOffset end, IReadOnlyList<SamplePoint> samples) =>
        samples.Where(point => point.At + point.Length >= run.StartedAt && point.At <= end + SeenLate);
}
