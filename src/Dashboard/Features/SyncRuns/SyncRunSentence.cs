using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.SyncRuns;

/// <summary>What happened to a sync that did not succeed, in one or two sentences. Pure.</summary>
internal static class SyncRunSentence
{
    private const int LongestReason = 240;

    /// <param name="explanation">The run.</param>
    /// <param name="minute">A moment as the viewer reads it.</param>
    public static string Of(SyncRunExplanation explanation, Func<DateTimeOffset, string> minute)
    {
        var (run, other) = (explanation.Row.Run, explanation.OtherView);
        var name = explanation.Row.ServerName;
        if (run.Result is SyncResult.Unknown)
        {
            return $"The sync on {name} started at {minute(run.StartedAt)}, and no end is recorded. A later one has started since.";
        }

        var after = (explanation.EndedAt - run.StartedAt) is { Ticks: > 0 } length ? $" after {Wording.Duration(length)}" : "";
        var ended = $"The sync on {name} {(run.Result is SyncResult.Cancelled ? "was cancelled" : "failed")} at {minute(explanation.EndedAt)}{after}.";
        var reason = run.ErrorText.Length > 0 ? run.ErrorText : other?.ErrorText ?? "";
        var site = run.Source is SyncSource.ConfigMgr && other is { Source: SyncSource.Wsus, Result: SyncResult.Succeeded } ? " WSUS itself had synced; Configuration Manager's part didn't succeed." : "";

        // "Cancelled" is how it ended: WSUS says so whoever or whatever ended it.
        return ended + site + (reason.Length > 0 ? $" It said: {PlainText.Cut(reason, LongestReason)}" : run.Result is SyncResult.Cancelled ? " That says how it ended, not why." : "");
    }
}
