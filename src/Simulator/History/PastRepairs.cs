using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.History;

/// <summary>
/// The repair that somebody tried before the estate's first start, as the agent told it then. Its settings were restored and nothing of it can be undone, so
/// the agent tells it as an event and its journal need not hold it.
/// </summary>
internal static class PastRepairs
{
    /// <summary>How long after the beginning of a synchronization it was tried: that one is over, and the next has not begun.</summary>
    private static readonly TimeSpan AfterSync = TimeSpan.FromHours(4);

    /// <summary>The pool as WSUS leaves it.</summary>
    private static readonly PoolSettings Defaults = new() { IdentityType = "NetworkService", PrivateMemoryKilobytes = 1_843_200 };

    /// <summary>When the new settings took the pool down; null where nobody tried.</summary>
    public static DateTimeOffset? FindStop(ServerProfile profile, DateTimeOffset now) => FindStart(profile, now)?.AddSeconds(8);

    /// <summary>The repair; null where nobody tried one.</summary>
    /// <param name="profile">The server.</param>
    /// <param name="now">The end of the past.</param>
    public static Repair? Tell(ServerProfile profile, DateTimeOffset now) => FindStart(profile, now) is { } start ? RolledBack(profile, start) : null;

    // The newest pause between two synchronizations that is two days back: the failures since show that nothing helped.
    private static DateTimeOffset? FindStart(ServerProfile profile, DateTimeOffset now) => profile.Scenario == Scenario.NativeModule
        ? PastRuns.Plan(profile, now).Last(run => run.StartedAt < now - TimeSpan.FromDays(2)).StartedAt + AfterSync
        : null;

    private static Repair RolledBack(ServerProfile profile, DateTimeOffset start)
    {
        var id = profile.Draw.Identifier("past repair", 0).ToString("N");
        var failure = $"{profile.Name}: {WsusWorker.PoolName} is Stopped again right after it was started: its workers don't stay. WSUS won't answer until they do. The agent restores the saved settings of {WsusWorker.PoolName}.";
        IReadOnlyList<SettingChange> changes =
        [
            .. BaselineComparer.Compare(Defaults, BaselineCatalog.Guide).Where(comparison => comparison.IsDrifted)
                .Select(comparison => new SettingChange
                {
                    Setting = comparison.Setting,
                    Before = comparison.Current,
                    After = comparison.Target,
                    Reason = comparison.Recommendation.Reason,
                    Source = comparison.Recommendation.Source,
                }),
        ];
        return new()
        {
            Id = id,
            PlanFingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))),
            ComputerName = profile.Name,
            Playbook = PlaybookCatalog.PoolOnlyId,
            Baseline = BaselineCatalog.GuideId,
            PoolName = WsusWorker.PoolName,
            State = RepairState.RolledBack,
            RequestedBy = "command line",
            Reason = "Syncs are cancelled",
            StartedAt = start,
            EndedAt = start.AddSeconds(47),
            Steps = Steps(start, changes, failure),
            Changes = changes,
            Trial = new() { Verdict = TrialVerdict.Worse, Reason = failure, Endpoints = [.. ClientEndpoints.All.Select(Before)] },
            Revision = 24,
        };
    }

    private static IReadOnlyList<RepairStep> Steps(DateTimeOffset start, IReadOnlyList<SettingChange> changes, string failure)
    {
        const string Pool = WsusWorker.PoolName;
        (StepKind Kind, string Title, StepState State, int From, int To, string Message)[] told =
        [
            (StepKind.SaveSettings, $"Save the settings of {Pool}", StepState.Done, 0, 5, $"Saved the settings of {Pool} (Started, 8 applications)."),
            (StepKind.ApplySettings, $"Set {Pool} to the baseline \"{BaselineCatalog.Guide.Name}\"", StepState.Done, 5, 7, $"Set {changes.Count} settings of {Pool} in one commit."),
            (StepKind.RestartPool, $"Restart {Pool}", StepState.Failed, 7, 23, failure),
            (StepKind.TrySettings, "Check that clients get answers as good as before", StepState.NotRun, 0, 0, ""),
            (StepKind.StartSync, "Start a sync", StepState.NotRun, 0, 0, ""),
            (StepKind.VerifySync, "Verify the sync", StepState.NotRun, 0, 0, ""),
            (StepKind.RestoreSettings, $"Restore the settings of {Pool}", StepState.Done, 23, 25, $"Restored {changes.Count} settings of {Pool}."),
            (StepKind.RestartPool, $"Restart {Pool}", StepState.Done, 25, 34, $"{Pool} was stopped; it was started."),
            (StepKind.VerifyRollback, "Check that clients get answers as good as before", StepState.Done, 34, 47, "Clients get answers as good as before."),
        ];
        return
        [
            .. told.Select((step, index) => new RepairStep
            {
                Number = index + 1,
                Kind = step.Kind,
                Title = step.Title,
                Target = step.Kind is StepKind.StartSync or StepKind.VerifySync ? "" : Pool,
                State = step.State,
                StartedAt = step.State == StepState.NotRun ? null : start.AddSeconds(step.From),
                EndedAt = step.State == StepState.NotRun ? null : start.AddSeconds(step.To),
                Message = step.Message,
                Attempts = step.State == StepState.NotRun ? 0 : 1,
                IsRollback = index >= 6,
            }),
        ];
    }

    private static EndpointTrial Before(ClientEndpoint endpoint)
    {
        var isRefused = endpoint is ClientEndpoint.ApiRemoting30;
        return new() { Endpoint = endpoint, Before = isRefused ? AnswerClass.Refused : AnswerClass.Answered, WordsBefore = isRefused ? "401" : "200", MedianBefore = TimeSpan.FromMilliseconds(15) };
    }
}
