using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using static WsusDashboard.Dashboard.Tests.Problems.ProblemSamples;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>Problems by cause, as the top of the home page shows them.</summary>
public sealed class CauseGroupTests
{
    private const string Memory = FindingIds.PoolMemoryLimit;

    private static readonly DateTimeOffset Now = Clock.Start;

    private static readonly string[] Sites = ["BRN", "ZRH", "BRN", "LUN"];

    [Fact]
    public void Board_SameCauseOnSeveralServers_IsOneGroupWithItsRepair()
    {
        var board = ProblemBoard.Of([.. Enumerable.Range(1, 4).Select(id => Problem(id, Memory, Fixable(id)))]);

        var group = Assert.Single(board.Groups);
        Assert.Equal((4, 3, 4, 4, 0), (group.ServerCount, group.SiteCount, group.ProblemCount, group.RepairableCount, group.MonitorOnlyCount));
        Assert.Equal([1, 2, 3, 4], group.RepairableServerIds);
        Assert.Equal("BRN", group.Sites[0]);
        Assert.Equal((true, false, 4), (group.NeedsSomebody, group.IsAcknowledged, board.NeedingServers));
    }

    [Fact]
    public void Board_MonitorOnlyRepairedAndForeignServers_AreNotRepairable()
    {
        var monitored = Fixable(2);
        monitored = monitored with { Snapshot = monitored.Snapshot! with { Agent = monitored.Snapshot.Agent with { Policy = monitored.Snapshot.Agent.Policy with { Mode = PolicyMode.MonitorOnly } } } };
        var board = ProblemBoard.Of(
        [
            Problem(1, Memory, Fixable(1)),
            Problem(2, Memory, monitored),
            Problem(3, Memory, Fixable(3).Repairing("run-1", Now), state: ProblemState.BeingRepaired),
            Problem(4, Memory, Fixable(4), mayOperate: false),
        ]);

        var group = Assert.Single(board.Groups);
        Assert.Equal([1], group.RepairableServerIds);
        Assert.Equal((1, 1, 3), (group.MonitorOnlyCount, group.WaitingCount, board.NeedingServers));
        Assert.Null(group.NextStep);
    }

    [Fact]
    public void Board_FindingAcceptedOnOneServerAndThenOnAll_NeedsTheOtherAndThenNobody()
    {
        OpenProblem[] problems = [Problem(1, "cve-2025-59287", Server(1, Now)), Problem(2, "cve-2025-59287", Server(2, Now))];

        var one = ProblemBoard.Of([Accepted(problems[0]), problems[1]]);
        var all = ProblemBoard.Of([.. problems.Select(Accepted)]);

        Assert.Equal((1, 1, true, false), (one.NeedingServers, one.Groups[0].AcknowledgedCount, one.Groups[0].NeedsSomebody, one.Groups[0].IsAcknowledged));
        Assert.Equal((0, 2, false, true, null), (all.NeedingServers, all.Groups[0].AcknowledgedCount, all.Groups[0].NeedsSomebody, all.Groups[0].IsAcknowledged, all.Groups[0].Acknowledgement));

        static OpenProblem Accepted(OpenProblem problem) => problem with { Courses = [.. problem.Courses.Select(course => course with { IsAccepted = true })] };
    }

    [Fact]
    public void Board_NothingHereFixesIt_SaysWhatAPersonDoes()
    {
        var server = Server(1, Now, Finding(FindingIds.ProxyRefused) with { NextStep = "Correct the proxy account." });

        var group = Assert.Single(ProblemBoard.Of([Problem(1, FindingIds.ProxyRefused, server, playbook: null)]).Groups);

        Assert.Equal((0, "Correct the proxy account."), (group.RepairableCount, group.NextStep));
    }

    [Theory]
    [InlineData("5 settings drifted", "5 settings drifted", "5 settings drifted")]
    [InlineData("5 settings drifted", "4 settings drifted", "Settings drifted")]
    [InlineData("Pool stopped", "Pool is stopped", "Pool stopped")]
    [InlineData("5", "6", "6")]
    public void Board_TitlesWithNumbersOfTheirServers_AreOneWithoutThem(string first, string second, string expected)
    {
        var problems = new[] { Problem(1, FindingIds.SettingsDrift, Fixable(1)) with { Title = first }, Problem(2, FindingIds.SettingsDrift, Fixable(2)) with { Title = second } };

        Assert.Equal(expected, Assert.Single(ProblemBoard.Of(problems).Groups).Title);
    }

    [Fact]
    public void Board_RepairThatIsForAnotherCause_IsNotOffered()
    {
        var server = Server(1, Now, Finding(FindingIds.SmsExecutiveStopped, playbook: "start-sms-executive"), Finding(Memory, Severity.Warning, playbook: "full-repair"));

        var group = Assert.Single(ProblemBoard.Of([Problem(1, Memory, server)]).Groups);

        Assert.Equal(0, group.RepairableCount);
    }

    [Fact]
    public void Board_AcknowledgedAndWaiting_NeedNobody()
    {
        var board = ProblemBoard.Of(
        [
            Problem(1, Memory, Fixable(1), triage: Acknowledged(1)),
            Problem(2, FindingIds.DiskFull, Fixable(2), state: ProblemState.Unproven),
            Problem(3, FindingIds.ProxyRefused, Fixable(3)),
        ]);

        Assert.Equal([FindingIds.ProxyRefused], board.Groups.Where(group => group.NeedsSomebody).Select(group => group.CauseId));
        Assert.Equal(FindingIds.ProxyRefused, board.Groups[0].CauseId);
        Assert.True(board.Groups.Single(group => group.CauseId == Memory).IsAcknowledged);
        Assert.Equal(1, board.NeedingServers);
    }

    [Fact]
    public void Board_ServerThatIsNewInAnAcknowledgedGroup_NeedsSomebody()
    {
        var group = Assert.Single(ProblemBoard.Of([Problem(1, Memory, Fixable(1), triage: Acknowledged(1)), Problem(2, Memory, Fixable(2))]).Groups);

        Assert.Equal((1, false, true, null), (group.AcknowledgedCount, group.IsAcknowledged, group.NeedsSomebody, group.Acknowledgement));
    }

    [Fact]
    public void CountNew_CountsServersWhoseNewestProblemWasOpenedSince()
    {
        var board = ProblemBoard.Of(
        [
            Problem(1, Memory, Fixable(1), openedAt: Now.AddHours(-30)),
            Problem(2, FindingIds.DiskFull, Fixable(1), openedAt: Now.AddHours(-2)),
            Problem(3, Memory, Fixable(2), openedAt: Now.AddHours(-30)),
            Problem(4, Memory, Fixable(3), openedAt: Now.AddHours(-1), triage: Acknowledged(4)),
        ]);

        Assert.Equal((2, 1, 0), (board.NeedingServers, board.CountNew(Now.AddHours(-24)), board.CountNew(Now)));
    }

    private static LiveServer Fixable(int id) => Server(id, Now, Finding(Memory, playbook: "full-repair")) with { Site = Sites[id - 1] };

    private static VisibleTriage Acknowledged(long problemId) => VisibleTriage.Of(
        [new(problemId, Sites[problemId - 1], 7) { Acknowledgement = new(Now, "anna", Now.AddHours(1), false, "") }], [Sites[problemId - 1]], Now, (assignment, _) => assignment);

    private static OpenProblem Problem(
        long id, string cause, LiveServer server, ProblemState state = ProblemState.Open, string? playbook = "full-repair", DateTimeOffset? openedAt = null, VisibleTriage? triage = null, bool mayOperate = true) =>
        new(id, cause, cause, [new(new()
        {
            ServerId = server.Id,
            CauseId = cause,
            Title = cause,
            Severity = Severity.Critical,
            State = state,
            StateSince = Now,
            Since = Now.AddDays(-1),
            OpenedAt = openedAt ?? Now.AddDays(-1),
            Playbook = playbook,
        }, server, mayOperate)], triage ?? VisibleTriage.None);
}
