using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Posture;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.PowerShell.Tests.Support;

/// <summary>Records of the dashboard, as its API writes them.</summary>
internal static class Rows
{
    public static readonly DateTimeOffset Start = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlyList<ServerJson> Servers = [Server(1, "BRN-WSUS01"), Server(2, "BRN-WSUS02"), Server(3, "PRG-WSUS01", "PRG")];

    public static ServerJson Server(int id, string name, string site = "BRN") => new()
    {
        Id = id,
        Name = name,
        Site = site,
        Health = Health.Critical,
        HealthSince = Start,
        Cause = "pool-stopped",
        Sentence = "WsusPool is stopped.",
        Pool = new("WsusPool", PoolState.Stopped, 3),
        LastSync = new(SyncResult.Failed, Start),
        LastGoodSyncAt = Start.AddDays(-2),
        Updates = new(12_480, 12_480, null),
        Playbook = "full-repair",
        IsCurable = true,
        Link = LinkStatus.NotStarted,
        ActiveRepair = new(id, name, "run-1", "full-repair", 2, 3, "Apply settings", Start),
    };

    public static ProblemView Problem(long id, string revision = "7") => new()
    {
        Id = id,
        CauseId = "pool-stopped",
        Title = "WsusPool is stopped",
        State = ProblemState.BeingRepaired,
        Severity = Severity.Critical,
        Since = Start,
        ServerCount = 1,
        Servers = [new() { ServerId = 2, ServerName = "BRN-WSUS02", Site = "BRN", CauseId = "pool-stopped", Title = "WsusPool is stopped", State = ProblemState.BeingRepaired, RepairId = "run-1" }],
        Acknowledgement = new(Start, "Jana", Start.AddHours(4), false, "INC-1"),
        Assignments = [new(Start, "Jana", "p1", "Petr", AssigneeState.Active)],
        Silence = new(Start, "Jana", Start.AddHours(2), "Patching"),
        Revision = revision,
    };

    public static Plan Plan(string refusal = "") => new()
    {
        Id = "plan-1",
        ComputerName = "BRN-WSUS02",
        Playbook = "full-repair",
        Baseline = "guide",
        Fingerprint = "f1",
        CreatedAt = Start,
        Refusal = refusal,
        Steps =
        [
            new() { Number = 1, Kind = StepKind.SaveSettings, Title = "Save settings", ExpectedDuration = TimeSpan.FromSeconds(30) },
            new() { Number = 2, Kind = StepKind.ApplySettings, Title = "Apply settings", ExpectedDuration = TimeSpan.FromSeconds(90) },
            new() { Number = 3, Kind = StepKind.ResetIis, Title = "Reset IIS", WillBeSkipped = true, ExpectedDuration = TimeSpan.FromSeconds(60) },
        ],
        Changes = [Change],
        Deviations = [new() { Setting = "enable32BitAppOnWin64", Wanted = "true", Planned = "false", Reason = "500.19" }],
        Warnings = ["Clients wait."],
        Interruptions = ["WSUS Administration"],
    };

    public static RepairDetail Repair(RepairState state, int doneSteps = 1, string id = "run-1") => new(
        2,
        "BRN-WSUS02",
        "BRN",
        new()
        {
            Id = id,
            PlanFingerprint = "f1",
            ComputerName = "BRN-WSUS02",
            Playbook = "full-repair",
            State = state,
            StartedAt = Start,
            CanUndo = true,
            Changes = [Change],
            Steps = [.. Enumerable.Range(1, 4).Select(number => new RepairStep
            {
                Number = number,
                Title = $"Step {number}",
                State = number <= doneSteps ? StepState.Done : number == doneSteps + 1 ? StepState.Running : StepState.Waiting,
                Message = $"Message {number}",
            })],
            Verification = new() { Sentence = "The sync succeeded after 4 min." },
        },
        Start,
        IsStale: false);

    public static SyncJson Sync(string id, long errorCode = -2_145_107_934) => new()
    {
        Id = id,
        Source = SyncSource.ConfigMgr,
        Trigger = SyncTrigger.Scheduled,
        StartedAt = Start,
        EndedAt = Start.AddMinutes(3),
        DurationSeconds = 180.5,
        Result = SyncResult.Failed,
        ErrorCode = errorCode,
        UpdatesChanged = 12,
        IsCounted = true,
    };

    public static PostureRow Posture { get; } = new()
    {
        ServerId = 2,
        ServerName = "BRN-WSUS02",
        Site = "BRN",
        Finding = new() { Id = "cve-2025-59287", Kind = PostureKind.Vulnerability, Severity = PostureSeverity.Critical, Title = "CVE-2025-59287", Date = Start, Score = 9.8, IsExploited = true },
        Acknowledgement = null,
    };

    private static SettingChange Change => new() { Setting = "queueLength", Before = "1000", After = "2000", Reason = "Guide" };
}
