using System.Runtime.CompilerServices;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Live;

/// <summary>
/// What is said about the posture of a server now. A judgement is kept with the facts that it was made from and goes with them, so that a fleet whose servers change every second is not judged every second.
/// Threading: any thread; two that ask at once may both judge, with the same result.
/// </summary>
internal static class LivePosture
{
    /// <summary>Dates pass, and a few facts stand in other sections of the snapshot: a judgement may be this old.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(1);

    private static readonly ConditionalWeakTable<Section<PostureState>, Judgement> Known = new();

    public static PostureAssessment Of(LiveServer server, DateTimeOffset now)
    {
        if (server.Snapshot is not { } snapshot)
        {
            return Unsaid(PostureFindingIds.NotRead, "nothing has been read from this server yet");
        }

        if (Known.TryGetValue(snapshot.Posture, out var known) && (now - known.At).Duration() < LongestAge)
        {
            return known.Assessment;
        }

        var assessment = Judge(snapshot, now);
        Known.AddOrUpdate(snapshot.Posture, new(assessment, now));
        return assessment;
    }

    /// <summary>What was said last; null where nobody has asked yet.</summary>
    public static PostureAssessment? FindJudged(LiveServer server) => server.Snapshot is { } snapshot && Known.TryGetValue(snapshot.Posture, out var known) ? known.Assessment : null;

    /// <summary>Facts that the rules can't take must neither silence the other servers nor look like none.</summary>
    private static PostureAssessment Judge(Snapshot snapshot, DateTimeOffset now)
    {
        try
        {
            return PostureRules.Assess(snapshot, now);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Unsaid("posture-not-judged", "what the agent reports can't be judged");
        }
    }

    private static PostureAssessment Unsaid(string id, string because) => new()
    {
        Findings = [new() { Id = id, Severity = PostureSeverity.Warning, Answer = PostureAnswer.CannotSay, Title = "Posture not known", Because = because, Certainty = Certainty.Measured }],
    };

    private sealed record Judgement(PostureAssessment Assessment, DateTimeOffset At);
}
