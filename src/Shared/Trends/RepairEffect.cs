using System.Globalization;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Trends;

/// <summary>Whether a repair changed something for the better.</summary>
public enum RepairVerdict
{
    /// <summary>There is not enough to compare yet.</summary>
    TooEarly = 0,

    Helped = 1,

    DidNotHelp = 2,
}

/// <summary>What happened on a server in one of the two equal windows, before or after a repair.</summary>
/// <param name="Syncs">Synchronizations that ended with a known result.</param>
/// <param name="Failed">Of these, failed and cancelled ones.</param>
/// <param name="Recycles">Recycles of the pool for memory, and stops of it.</param>
/// <param name="Rejected">Requests refused with 503; null = not measured.</param>
public sealed record RepairWindow(int Syncs, int Failed, int Recycles, long? Rejected)
{
    /// <summary>0 to 1; null where none ended.</summary>
    public double? FailureRate => Syncs == 0 ? null : (double)Failed / Syncs;
}

/// <summary>The comparison of before and after.</summary>
/// <param name="Length">Of each window.</param>
/// <param name="Sentence">The verdict with its numbers, for a person.</param>
public sealed record RepairEffect(RepairVerdict Verdict, string Sentence, TimeSpan Length, RepairWindow Before, RepairWindow After)
{
    /// <summary>Fewer synchronizations than this say nothing: the first one after a repair is the one that was watched.</summary>
    private const int LeastSyncs = 2;

    /// <summary>A row of good ones counts as proof when chance alone would bring it this seldom, were nothing changed.</summary>
    private const double LargestChance = 0.1;

    /// <summary>With some failures left, this many must have ended before a verdict.</summary>
    private const int LeastSyncsWithFailures = 6;

    /// <summary>Compares two windows of the same length.</summary>
    public static RepairEffect Judge(TimeSpan length, RepairWindow before, RepairWindow after)
    {
        var verdict = Decide(length, before, after);
        return new(verdict, string.Create(CultureInfo.InvariantCulture, $"{Say(verdict)}: {Numbers(length, before, after)}"), length, before, after);
    }

    private static RepairVerdict Decide(TimeSpan length, RepairWindow before, RepairWindow after)
    {
        if (after.Syncs < LeastSyncs)
        {
            return RepairVerdict.TooEarly;
        }

        if (before.FailureRate is not { } rate)
        {
            // Nothing ended before, in a day or more: a server that synchronizes again was helped.
            return length < TimeSpan.FromDays(1) ? RepairVerdict.TooEarly : after.Failed == 0 ? RepairVerdict.Helped : after.Failed == after.Syncs ? RepairVerdict.DidNotHelp : RepairVerdict.TooEarly;
        }

        if (after.Failed == 0)
        {
            return rate > 0 && Math.Pow(1 - rate, after.Syncs) <= LargestChance ? RepairVerdict.Helped : RepairVerdict.TooEarly;
        }

        if (after.Failed == after.Syncs)
        {
            return RepairVerdict.DidNotHelp;
        }

        return after.Syncs < LeastSyncsWithFailures ? RepairVerdict.TooEarly
            : after.FailureRate <= rate / 2 ? RepairVerdict.Helped
            : RepairVerdict.DidNotHelp;
    }

    private static string Say(RepairVerdict verdict) => verdict switch
    {
        RepairVerdict.Helped => "It helped",
        RepairVerdict.DidNotHelp => "It did not help",
        _ => "Too early to say",
    };

    private static string Numbers(TimeSpan length, RepairWindow before, RepairWindow after)
    {
        var rejected = before.Rejected is { } was && after.Rejected is { } now ? string.Create(CultureInfo.InvariantCulture, $", requests refused with 503 {was:N0} → {now:N0}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Count(before)} in the {Wording.Duration(length)} before, {Count(after)} in the {Wording.Duration(length)} since; recycles and stops of the pool {before.Recycles} → {after.Recycles}{rejected}.");
    }

    private static string Count(RepairWindow window) => window.Syncs == 0
        ? "no synchronization ended"
        : string.Create(CultureInfo.InvariantCulture, $"{window.Failed} of {window.Syncs} synchronizations failed or were cancelled");
}
