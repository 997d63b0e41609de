using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using static WsusDashboard.Dashboard.Tests.Problems.ProblemSamples;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>How a dashboard dies.</summary>
public enum Death
{
    /// <summary>Between two looks.</summary>
    Between = 0,

    /// <summary>It has decided, and nothing is stored.</summary>
    BeforeItIsStored = 1,

    /// <summary>It is stored, and nobody was told.</summary>
    AfterItIsStored = 2,
}

/// <summary>A dashboard that dies at any look leaves the same rows as one that does not.</summary>
public abstract class ProblemRestartTests(DatabaseKind kind)
{
    private const string Executive = FindingIds.SmsExecutiveStopped;
    private const string Upstream = FindingIds.UpstreamFailing;
    private const string Unknown = FindingIds.UnknownCause;

    /// <summary>Minutes since the look before, and the servers as they are then.</summary>
    private static IReadOnlyList<(double Minutes, Func<DateTimeOffset, IReadOnlyList<LiveServer>> Servers)> Story { get; } =
    [
        (0, now => [.. Enumerable.Range(1, 6).Select(id => Well(id, now))]),
        (0.5, now => [Ill(1, now, Finding(FindingIds.WorldWideWebStopped))]),
        (1, now => [Ill(1, now, Finding(FindingIds.WorldWideWebStopped))]),
        (1, now => [Ill(2, now, Finding(Upstream)).Below("SRV-01"), Ill(3, now, Finding(Unknown, isCause: false)).Below("SRV-01")]),
        (2, now => [Ill(2, now, Finding(Upstream)).Below("SRV-01"), Ill(3, now, Finding(Unknown, isCause: false)).Below("SRV-01")]),
        (1, now => [Ill(4, now, Finding(Executive, since: Clock.Start.AddDays(-2), playbook: "restart-services")), Ill(5, now, Finding(Unknown, Severity.Warning, Clock.Start.AddDays(-1), isCause: false))]),
        (1, now => [Ill(4, now, Finding(Executive, playbook: "restart-services")).Repairing("run-1", now.AddSeconds(-5)), Ill(5, now, Finding(FindingIds.ProxyRefused))]),
        (5, now => [Ill(4, now, Finding(Executive, playbook: "restart-services")) with { LastRepairEndedAt = now.AddSeconds(-30) }]),
        (1, now => [Ill(4, now, Finding(Executive, playbook: "restart-services")).Repairing("run-2", now.AddSeconds(-5))]),
        (4, now => [Well(4, now) with { LastRepairEndedAt = now.AddSeconds(30) }]),
        (1, now => [Well(4, now) with { LastRepairEndedAt = now.AddSeconds(-30) }, Well(1, now), Well(2, now).Below("SRV-01"), Well(3, now).Below("SRV-01")]),
        (6, now => [Well(4, now), Well(1, now), Well(2, now).Below("SRV-01"), Well(3, now).Below("SRV-01")]),
        (6, now => [Well(4, now), Well(1, now), Well(2, now).Below("SRV-01"), Well(3, now).Below("SRV-01")]),
        (30, now => [Ill(4, now, Finding(Executive))]),
        (1, now => [Ill(4, now, Finding(Executive))]),
        (5, now => [Ill(4, now, Finding(Executive)).Silent(now.AddMinutes(-3)), Ill(5, now, Finding(FindingIds.ProxyRefused)).Silent(now.AddMinutes(-3)), Well(6, now).Silent(now.AddMinutes(-3))]),
        (2, now => [Ill(4, now, Finding(Executive)).Silent(now.AddMinutes(-5)), Ill(5, now, Finding(FindingIds.ProxyRefused)).Silent(now.AddMinutes(-5)), Well(6, now).Silent(now.AddMinutes(-5))]),
        (5, now => [Ill(4, now, Finding(Executive)), Ill(5, now, Finding(FindingIds.ProxyRefused)), Well(6, now)]),
        (11, now => [Ill(4, now, Finding(Executive)), Ill(5, now, Finding(FindingIds.ProxyRefused), Finding(FindingIds.SourceUnreachable, since: Clock.Start), Finding(FindingIds.MicrosoftOutage, since: Clock.Start)), Well(6, now)]),
        (2, now => [Ill(5, now, Finding(FindingIds.ProxyRefused), Finding(FindingIds.MicrosoftOutage, since: Clock.Start))]),
        (60 * 7, now => [Ill(1, now, Finding(FindingIds.WorldWideWebStopped, since: now.AddMinutes(-2)))]),
    ];

    [Theory]
    [InlineData(Death.Between)]
    [InlineData(Death.BeforeItIsStored)]
    [InlineData(Death.AfterItIsStored)]
    public async Task Observe_DashboardThatDiesAtAnyLook_LeavesTheSameRows(Death death)
    {
        var expected = await TellAsync(null, death);
        AssertStory(expected);

        for (var look = 0; look < Story.Count; look++)
        {
            Assert.Equal(expected, await TellAsync(look, death));
        }
    }

    /// <summary>The story is worth telling only if all of it happens.</summary>
    private static void AssertStory(string rows)
    {
        // What people decide is no part of it: ProblemTriageTests.
        foreach (var kind in Enum.GetValues<ProblemEventKind>().Where(kind => kind < ProblemEventKind.Acknowledged).Except([ProblemEventKind.Worsened, ProblemEventKind.Awaited, ProblemEventKind.Flapping]))
        {
            Assert.Contains($" | {kind} | ", rows, StringComparison.Ordinal);
        }

        // What is about the posture needs a clock behind the date of its table: PostureProblemTests.
        foreach (var kind in Enum.GetValues<ProblemKind>().Except([ProblemKind.Posture]))
        {
            Assert.Contains($" | {kind} | ", rows, StringComparison.Ordinal);
        }
    }

    private async Task<string> TellAsync(int? diesAt, Death death)
    {
        await using var harness = new ProblemHarness(kind);
        await harness.AddServersAsync(6);
        foreach (var (chapter, look) in Story.Select((chapter, look) => (chapter, look)))
        {
            harness.Time.Advance(TimeSpan.FromMinutes(chapter.Minutes));
            var servers = chapter.Servers(harness.Now);
            if (look == diesAt)
            {
                if (death is Death.BeforeItIsStored)
                {
                    harness.FailNextCommit();
                }

                if (death is not Death.Between)
                {
                    await harness.LookAsync(servers);
                }

                await harness.RestartAsync();
            }

            Assert.True(await harness.LookAsync(servers));
        }

        return await harness.DumpAsync();
    }

    private static LiveServer Well(int id, DateTimeOffset now) => Ill(id, now);

    private static LiveServer Ill(int id, DateTimeOffset now, params IReadOnlyList<Finding> findings) => Server(id, now, findings) with { Site = id < 4 ? "BRN" : "ZRH" };
}

public sealed class ProblemRestartOnSqliteTests() : ProblemRestartTests(DatabaseKind.Sqlite);

public sealed class ProblemRestartOnPostgreSqlTests() : ProblemRestartTests(DatabaseKind.PostgreSql);
