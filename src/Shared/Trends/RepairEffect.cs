using System.Globalization;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Trends;

/// <summary>Whether a repair changed something for the better. That it cannot be said yet is no verdict: there is none then.</summary>
public enum RepairVerdict
{
    Helped = 1,

    DidNotHelp = 2,
}

/// <summary>Why the effect of a repair cannot be said.</summary>
public enum UndecidedReason
{
    /// <summary>Less than a day has passed.</summary>
    TooShort = 0,

    /// <summary>Too few synchronizations have ended since.</summary>
    TooFewSyncs = 1,

    /// <summary>Nothing failed before, and nothing since.</summary>
    NothingToCompare = 2,

    /// <summary>Some failed since: fewer than before, but chance may explain that.</summary>
    NotClear = 3,

    /// <summary>The comparison has ended, and it will never be said.</summary>
    Over = 4,
}

/// <summary>The effect of a repair cannot be said, or not yet.</summary>
/// <param name="Reason">Why.</param>
/// <param name="NeededGood">How many more synchronizations, all of them good, would show that it helped; null where none would.</param>
/// <param name="Remaining">How long it takes until a day has passed; null where it has.</param>
public sealed record EffectUndecided(UndecidedReason Reason, int? NeededGood, TimeSpan? Remaining);

/// <summary>What happened on a server in one of the two windows, before or after a repair.</summary>
/// <param name="Syncs">Synchronizations that ended with a known result.</param>
/// <param name="Failed">Of these, failed and cancelled ones.</param>
/// <param name="Recycles">Recycles of the pool for memory, and stops of it.</param>
/// <param name="Rejected">Requests refused with 503; null = not measured.</param>
public sealed record RepairWindow(int Syncs, int Failed, int Recycles, long? Rejected)
{
    /// <summary>Of the failed ones, those whose named cause no repair touches, such as the update source or the network: they are not compared.</summary>
    public int OtherCauses { get; init; }

    /// <summary>Private memory of the largest worker, in KB; null where it was not measured.</summary>
    public long? MemoryPeakKilobytes { get; init; }

    /// <summary>Microsoft released updates in it: such days bring load, and failures, of their own.</summary>
    public bool HasPatchTuesday { get; init; }

    /// <summary>0 to 1; null where none ended.</summary>
    public double? FailureRate => Syncs == 0 ? null : (double)Failed / Syncs;

    /// <summary>Those that can tell something about a repair.</summary>
    internal int ComparedSyncs => Syncs - OtherCauses;

    internal int ComparedFailures => Failed - OtherCauses;
}

/// <summary>
/// The comparison of before and after. "Helped" needs fewer failures than chance explains: a one-sided Fisher exact test over both windows, at 5 %. "Did not help" needs so many
/// failures that a repair which had halved the failure rate would bring them in 5 % of all cases at most. Neither is said within a day, or of fewer than three
/// synchronizations: one after the other fails or succeeds together, and the first one after a repair is the one that was watched.
/// </summary>
/// <param name="Verdict">Null where none can be given; <see cref="Undecided"/> says why.</param>
/// <param name="Length">Of the window since the repair.</param>
/// <param name="Sentence">What can be said, with its numbers, for a person.</param>
public sealed record RepairEffect(RepairVerdict? Verdict, string Sentence, TimeSpan Length, RepairWindow Before, RepairWindow After)
{
    /// <summary>How often chance alone may bring a verdict.</summary>
    public const double LargestChance = 0.05;

    /// <summary>Fewer synchronizations since the repair than this say nothing.</summary>
    public const int LeastSyncs = 3;

    private const int MostNeeded = 200;

    /// <summary>Shorter than this, a good hour of the day looks like a good repair.</summary>
    public static TimeSpan LeastLength { get; } = TimeSpan.FromDays(1);

    /// <summary>Of the window before: as long as that since, and at least a day, or minutes after a repair there would be nothing to compare with.</summary>
    public TimeSpan BeforeLength { get; } = BeforeLengthOf(Length);

    /// <summary>Why there is no verdict; null where there is one.</summary>
    public EffectUndecided? Undecided { get; init; }

    /// <summary>How many more synchronizations, all of them good, would show that it helped; null where it is said already, or none would.</summary>
    public int? NeededGood => Undecided?.NeededGood;

    /// <summary>How probable it is, by chance alone, to see so few failures since the repair; null where nothing can be compared.</summary>
    public double? Chance { get; init; }

    /// <summary>How far before the repair to look.</summary>
    /// <param name="length">Of the window since.</param>
    public static TimeSpan BeforeLengthOf(TimeSpan length) => length < LeastLength ? LeastLength : length;

    /// <summary>Compares the two windows.</summary>
    /// <param name="length">Of the one since the repair.</param>
    /// <param name="before">Until the repair began, <see cref="BeforeLengthOf"/> that long.</param>
    /// <param name="after">From its end on.</param>
    /// <param name="isOver">The window has ended: no more synchronizations will be counted.</param>
    public static RepairEffect Judge(TimeSpan length, RepairWindow before, RepairWindow after, bool isOver = false)
    {
        length = TimeSpan.FromSeconds(Math.Max(1, Math.Round(length.TotalSeconds)));
        var verdict = Decide(length, before, after);
        var undecided = verdict is null ? WhyUndecided(length, before, after, isOver) : null;
        return new(verdict, $"{Say(verdict, undecided)}: {Numbers(length, before, after)}", length, before, after)
        {
            Undecided = undecided,
            Chance = before.ComparedSyncs > 0 && after.ComparedSyncs > 0 ? ChanceOfSoFew(before.ComparedSyncs, before.ComparedFailures, after.ComparedSyncs, after.ComparedFailures) : null,
        };
    }

    /// <summary>One-sided Fisher exact test: were the failures of both windows dealt out by chance, how probable is it that the second gets as few, or fewer?</summary>
    private static double ChanceOfSoFew(int before, int failedBefore, int after, int failedAfter)
    {
        var (all, failed) = (before + after, failedBefore + failedAfter);
        var chance = 0.0;
        for (var count = Math.Max(0, failed - before); count <= failedAfter; count++)
        {
            chance += Math.Exp(LogChoose(failed, count) + LogChoose(all - failed, after - count) - LogChoose(all, after));
        }

        return Math.Min(1, chance);
    }

    private static EffectUndecided WhyUndecided(TimeSpan length, RepairWindow before, RepairWindow after, bool isOver)
    {
        var needed = isOver ? null : FindNeeded(before, after);
        TimeSpan? remaining = !isOver && length < LeastLength ? LeastLength - length : null;
        var reason = isOver ? UndecidedReason.Over
            : before.Syncs > 0 && before.ComparedFailures == 0 && after.ComparedFailures == 0 ? UndecidedReason.NothingToCompare
            : needed is > 0 ? UndecidedReason.TooFewSyncs
            : remaining is not null ? UndecidedReason.TooShort
            : UndecidedReason.NotClear;

        return new EffectUndecided(reason, needed, remaining);
    }

    private static RepairVerdict? Decide(TimeSpan length, RepairWindow before, RepairWindow after)
    {
        if (length < LeastLength || after.ComparedSyncs < LeastSyncs)
        {
            return null;
        }

        if (before.Syncs == 0)
        {
            // Nothing ended before, in a day or more: a server that synchronizes again was helped.
            return after.Failed == 0 ? RepairVerdict.Helped : after.ComparedFailures == after.ComparedSyncs ? RepairVerdict.DidNotHelp : null;
        }

        return IsBetter(before, after.ComparedSyncs, after.ComparedFailures) ? RepairVerdict.Helped
            : ChanceIfHalved(before, after) <= LargestChance ? RepairVerdict.DidNotHelp
            : null;
    }

    private static bool IsBetter(RepairWindow before, int after, int failedAfter) =>
        before.ComparedFailures > 0 && after >= LeastSyncs && ChanceOfSoFew(before.ComparedSyncs, before.ComparedFailures, after, failedAfter) <= LargestChance + 1e-9;

    /// <summary>How probable it is to see as many failures, or more, had the repair halved the failure rate. The rate before is only known from a few: Laplace's estimate of it.</summary>
    private static double ChanceIfHalved(RepairWindow before, RepairWindow after)
    {
        var half = (before.ComparedFailures + 1) / (before.ComparedSyncs + 2.0) / 2;
        var chance = 0.0;
        for (var count = after.ComparedFailures; count <= after.ComparedSyncs; count++)
        {
            chance += Math.Exp(LogChoose(after.ComparedSyncs, count) + (count * Math.Log(half)) + ((after.ComparedSyncs - count) * Math.Log(1 - half)));
        }

        return chance;
    }

    private static int? FindNeeded(RepairWindow before, RepairWindow after)
    {
        for (var more = 0; more <= MostNeeded; more++)
        {
            var syncs = after.ComparedSyncs + more;
            if (before.Syncs == 0 ? syncs >= LeastSyncs && after.Failed == 0 : IsBetter(before, syncs, after.ComparedFailures))
            {
                return more;
            }
        }

        return null;
    }

    private static double LogChoose(int all, int chosen)
    {
        var sum = 0.0;
        for (var index = 1; index <= chosen; index++)
        {
            sum += Math.Log((double)(all - chosen + index) / index);
        }

        return sum;
    }

    private static string Say(RepairVerdict? verdict, EffectUndecided? undecided) => (verdict, undecided) switch
    {
        (RepairVerdict.Helped, _) => "It helped",
        (RepairVerdict.DidNotHelp, _) => "It didn't help",
        (_, { Reason: UndecidedReason.Over }) => "Still too early to say when the comparison ended",
        (_, { Reason: UndecidedReason.NothingToCompare }) => "Too early to say, because there are no earlier failures to compare with",
        (_, { Reason: UndecidedReason.TooFewSyncs, NeededGood: { } needed }) => $"Too early to say (about {(needed == 1 ? "1 more successful sync is" : string.Create(CultureInfo.InvariantCulture, $"{needed} more successful syncs are"))} needed)",
        (_, { Reason: UndecidedReason.TooShort, Remaining: { } remaining }) => $"Too early to say (a full day will have passed in {Wording.Duration(remaining)})",
        _ => "Too early to say (some syncs failed since, but too few for a verdict)",
    };

    private static string Numbers(TimeSpan length, RepairWindow before, RepairWindow after)
    {
        var rejected = before.Rejected is { } was && after.Rejected is { } now ? string.Create(CultureInfo.InvariantCulture, $", requests refused with 503 {was:N0} → {now:N0}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Count(before)} in the {Wording.Duration(BeforeLengthOf(length))} before, {Count(after)} in the {Wording.Duration(length)} since; pool recycles and stops {before.Recycles} → {after.Recycles}{rejected}.{Others(before, after)}{Releases(before, after)}");
    }

    private static string Count(RepairWindow window) => window.Syncs == 0
        ? "no syncs ended"
        : string.Create(CultureInfo.InvariantCulture, $"{window.Failed} of {window.Syncs} syncs failed or were cancelled");

    private static string Others(RepairWindow before, RepairWindow after) => before.OtherCauses + after.OtherCauses == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" Not compared, because no repair can fix their cause: {before.OtherCauses} before and {after.OtherCauses} since.");

    private static string Releases(RepairWindow before, RepairWindow after) => (before.HasPatchTuesday, after.HasPatchTuesday) switch
    {
        (true, false) => " Microsoft released updates before the repair but not since, so that load may explain part of the difference.",
        (false, true) => " Microsoft has released updates since, which adds load that wasn't there before.",
        _ => "",
    };
}
