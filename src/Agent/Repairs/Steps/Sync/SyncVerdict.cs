using System.Globalization;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>Says what a repair has proven. It claims success only where the synchronization succeeded and updates are there.</summary>
internal static class SyncVerdict
{
    private const int LongestReason = 300;

    private static readonly Phrase ProxyStatus = Phrase.Word("407");

    public static Verification Of(SyncEvidence evidence)
    {
        var run = Deciding(evidence);
        var hasSucceeded = run?.Result == SyncResult.Succeeded && evidence.GivenUp is null;
        var hasUpdates = (evidence.ConfigMgrAfter ?? evidence.WsusAfter) is not 0;
        return new Verification
        {
            SyncResult = run?.Result ?? SyncResult.Unknown,
            SyncDuration = run?.Duration,
            ErrorText = hasSucceeded ? "" : Reason(evidence),
            UpdatesBefore = evidence.WsusBefore,
            UpdatesAfter = evidence.WsusAfter,
            ConfigMgrUpdatesBefore = evidence.ConfigMgrBefore,
            ConfigMgrUpdatesAfter = evidence.ConfigMgrAfter,
            Succeeded = hasSucceeded && hasUpdates,
            Sentence = !hasSucceeded ? Failure(evidence, run) : hasUpdates ? Success(evidence, run!) : Empty(evidence, run!),
        };
    }

    // WSUS's failure decides; after its success it is Configuration Manager's turn, where it was asked.
    private static SyncRun? Deciding(SyncEvidence evidence) => evidence switch
    {
        { WsusRun: { Result: not SyncResult.Succeeded } run } => run,
        { ConfigMgrRun: { Result: not SyncResult.Succeeded } run } => run,
        { WsusRun: { } run } => run,
        _ => evidence.ConfigMgrRun,
    };

    private static string Success(SyncEvidence evidence, SyncRun run)
    {
        var after = run.Duration is { } duration ? $" after {Wording.Duration(duration)}" : "";
        var refusal = evidence.ConfigMgrRefusal is { } reason
            ? $" Configuration Manager wasn't asked ({reason.TrimEnd('.')}); it picks up the updates on its own schedule."
            : "";
        return $"Sync succeeded{after}.{Counts(evidence)}{refusal}";
    }

    private static string Empty(SyncEvidence evidence, SyncRun run) =>
        $"Sync succeeded{(run.Duration is { } duration ? $" after {Wording.Duration(duration)}" : "")}, but there are still 0 updates in {(evidence.ConfigMgrAfter is 0 ? "Configuration Manager" : "WSUS")}. "
        + $"Check that products and classifications are selected. {Kept(evidence)}";

    private static string Failure(SyncEvidence evidence, SyncRun? run)
    {
        var outcome = run?.Result switch
        {
            SyncResult.Cancelled => "The sync was cancelled again",
            SyncResult.Succeeded or SyncResult.Running or SyncResult.Unknown or null => "The sync isn't proven to work",
            _ => "The sync still fails",
        };
        return string.Join(" ", ((string[])[$"{outcome}: {Reason(evidence)}.", Pool(evidence), Kept(evidence)]).Where(part => part.Length > 0));
    }

    private static string Reason(SyncEvidence evidence)
    {
        if (evidence.GivenUp is { } givenUp)
        {
            return givenUp.TrimEnd('.');
        }

        // WSUS hides the text since October 2025 (wsus.md, 2.7); Configuration Manager's log still has it.
        SyncRun?[] runs = [evidence.WsusRun, evidence.ConfigMgrRun];
        var failed = runs.OfType<SyncRun>().Where(run => run.Result is not SyncResult.Succeeded).ToArray();
        var telling = failed.FirstOrDefault(run => SyncFailure.Classify(run) != SyncFailureKind.Unnamed) ?? failed.FirstOrDefault(run => run.ErrorText.Length > 0) ?? failed.FirstOrDefault();
        if (telling is null)
        {
            return "no sync was seen to end";
        }

        var kind = SyncFailure.Classify(telling);
        if (kind == SyncFailureKind.Proxy && ProxyStatus.IsIn(telling.ErrorText))
        {
            return $"the proxy answers {ProxyStatus.Words}";
        }

        if (SyncFailure.Describe(kind) is { } words)
        {
            return telling.ErrorText.Length == 0 ? words : $"{words} ({Short(telling.ErrorText)})";
        }

        return telling switch
        {
            { ErrorText.Length: > 0 } => Short(telling.ErrorText),
            { ErrorCode: not 0 } => string.Create(CultureInfo.InvariantCulture, $"it ended with error 0x{unchecked((uint)telling.ErrorCode):X8}, without a message"),
            _ => "neither WSUS nor Configuration Manager gives a reason",
        };
    }

    private static string Pool(SyncEvidence evidence)
    {
        SyncRun?[] runs = [evidence.WsusRun, evidence.ConfigMgrRun];
        var isOutside = runs.OfType<SyncRun>().Any(run => SyncFailure.IsOutsidePool(SyncFailure.Classify(run)));
        return evidence switch
        {
            { PoolState: PoolState.Stopped } => $"{evidence.PoolName} is stopped again.",
            { MemoryRecycles: > 0 and var count } => $"{evidence.PoolName} was recycled at its memory limit {Wording.Count(count, "time", "times")} in the meantime.",
            _ when isOutside => "The pool wasn't the cause.",
            { MemoryRecycles: 0 } => $"{evidence.PoolName} ran without a recycle at its memory limit in the meantime.",
            _ => "",
        };
    }

    private static string Kept(SyncEvidence evidence) => evidence.HasChangedSettings ? "The new settings were kept; Undo restores the old ones." : "";

    private static string Counts(SyncEvidence evidence) => evidence switch
    {
        { ConfigMgrAfter: { } after } => $" Updates in Configuration Manager: {BeforeAfter(evidence.ConfigMgrBefore, after)}.",
        { WsusAfter: { } after } => $" Updates in WSUS: {BeforeAfter(evidence.WsusBefore, after)}.",
        _ => " The number of updates couldn't be read.",
    };

    private static string BeforeAfter(long? before, long after) => before is { } known ? $"{Wording.Number(known)} → {Wording.Number(after)}" : Wording.Number(after);

    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return line.Length <= LongestReason ? line : line[..LongestReason] + "…";
    }
}
