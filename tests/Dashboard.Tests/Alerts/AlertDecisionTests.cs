using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class AlertDecisionTests
{
    private readonly AlertBench _bench = new();

    [Fact]
    public void Of_ProblemsOfOneCauseAndSite_AreOneMessageAfterTheGroupWait()
    {
        for (var server = 1; server <= 5; server++)
        {
            _bench.Open(server, server);
        }

        _bench.Run(TimeSpan.FromSeconds(50));
        Assert.Empty(_bench.Orders);
        _bench.Run(TimeSpan.FromMinutes(10));
        var order = Assert.Single(_bench.Orders);
        Assert.Equal((AlertEventKind.Opened, 5, 1, 1), (order.Message.Event, order.Message.ServerCount, order.Message.Occurrence, order.Message.Number));
        Assert.Equal([1], order.Channels);
    }

    [Fact]
    public void Of_TenThousandProblemsWithinAMinute_GiveOneMessagePerGroupAndLoseNoServer()
    {
        for (var server = 1; server <= 10_000; server++)
        {
            _bench.Problems.Add(AlertBench.Problem(server, AlertBench.Member(server, _bench.Now.AddMilliseconds(server * 6), $"S{server % 40:00}", cause: server % 2 == 0 ? FindingIds.PoolStopped : FindingIds.WsusServiceStopped)));
        }

        _bench.Now += TimeSpan.FromMinutes(1);
        _bench.Run(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(30));
        Assert.Equal(40, _bench.Orders.Count);
        Assert.Equal(10_000, _bench.Orders.Sum(order => order.Message.ServerCount));
        Assert.All(_bench.Orders, order => Assert.Equal(AlertMessage.ListedServers, order.Message.Servers.Count));
        Assert.All(_bench.Orders, order => Assert.Equal(Alert.KeptProblems, order.Alert.ProblemIds.Count));
    }

    [Fact]
    public void Of_GoneWithinTheGroupWait_TellsNothing()
    {
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromSeconds(30));
        _bench.Resolve(1);
        _bench.Run(TimeSpan.FromHours(1));
        Assert.Empty(_bench.Orders);
        Assert.Empty(_bench.Alerts.Open);
    }

    [Fact]
    public void Of_ResolvedAndBack_IsAnotherOccurrenceOfTheSameAlert()
    {
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromMinutes(5));
        _bench.Resolve(1);
        _bench.Run(TimeSpan.FromMinutes(5));
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromMinutes(5));
        Assert.Equal([AlertReason.New, AlertReason.Resolved, AlertReason.New], _bench.Reasons);
        Assert.Equal([(1, 1), (1, 2), (2, 1)], _bench.Orders.Select(order => (order.Message.Occurrence, order.Message.Number)));
        Assert.Single(_bench.Orders.Select(order => order.Alert.GroupKey).Distinct());
    }

    [Fact]
    public void Of_MoreServersLater_AreToldTogetherAfterTheInterval()
    {
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromMinutes(2));
        _bench.Open(2, 2);
        _bench.Run(TimeSpan.FromMinutes(1));
        _bench.Open(3, 3);
        _bench.Run(TimeSpan.FromMinutes(30));
        Assert.Equal([AlertReason.New, AlertReason.MoreServers], _bench.Reasons);
        Assert.Equal(3, _bench.Orders[1].Message.ServerCount);
    }

    [Fact]
    public void Of_OneOfThreeServersIsRidOfIt_TellsNothing()
    {
        _bench.Open(1, 1);
        _bench.Open(2, 2);
        _bench.Open(3, 3);
        _bench.Run(TimeSpan.FromMinutes(2));
        _bench.Resolve(2);
        _bench.Run(TimeSpan.FromMinutes(30));
        Assert.Equal([AlertReason.New], _bench.Reasons);
    }

    [Fact]
    public void Of_Worse_IsTold()
    {
        _bench.Open(1, 1, severity: Severity.Warning);
        _bench.Run(TimeSpan.FromMinutes(5));
        _bench.Change(1, member => member with { Severity = Severity.Critical });
        _bench.Run(TimeSpan.FromMinutes(5));
        Assert.Equal([(AlertReason.New, Severity.Warning), (AlertReason.Worse, Severity.Critical)], _bench.Orders.Select(order => (order.Message.Reason, order.Message.Severity)));
    }

    [Theory]
    [InlineData(Severity.Critical, 6)]
    [InlineData(Severity.Warning, 1)]
    public void Of_ADayWithoutAnAnswer_RemindsBySeverity(Severity severity, int reminders)
    {
        _bench.Open(1, 1, severity: severity);
        _bench.Run(TimeSpan.FromHours(24.5), TimeSpan.FromMinutes(1));
        Assert.Equal(reminders, _bench.Reasons.Count(reason => reason == AlertReason.Reminder));
    }

    [Fact]
    public void Of_Acknowledged_TellsThatOnceAndRemindsNoMore()
    {
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromMinutes(5));
        _bench.Change(1, member => member with { IsAcknowledged = true, AcknowledgedBy = "anna" });
        _bench.Run(TimeSpan.FromHours(20), TimeSpan.FromMinutes(1));
        Assert.Equal([AlertReason.New, AlertReason.Acknowledged], _bench.Reasons);
        Assert.Equal("anna", _bench.Orders[1].Message.By);
    }

    [Fact]
    public void Of_NobodyAcknowledges_TellsOthersOnceAndThenOfTheEndToo()
    {
        var bench = new AlertBench { Routes = [AlertBench.Route(rule: new() { Channels = [1], EscalationMinutes = 15, EscalationChannels = [2] })] };
        bench.Open(1, 1);
        bench.Run(TimeSpan.FromMinutes(15));
        Assert.Single(bench.Orders);
        bench.Run(TimeSpan.FromMinutes(30));
        bench.Resolve(1);
        bench.Decide();
        Assert.Equal([AlertReason.New, AlertReason.Escalation, AlertReason.Resolved], bench.Reasons);
        Assert.Equal([2], bench.Orders[1].Channels);
        Assert.Equal([1, 2], bench.Orders[2].Channels);
    }

    [Fact]
    public void Of_AcknowledgedInTime_DoesNotEscalate()
    {
        var bench = new AlertBench { Routes = [AlertBench.Route(rule: new() { Channels = [1], EscalationMinutes = 15, EscalationChannels = [2] })] };
        bench.Open(1, 1);
        bench.Run(TimeSpan.FromMinutes(10));
        bench.Change(1, member => member with { IsAcknowledged = true });
        bench.Run(TimeSpan.FromHours(1));
        Assert.Equal([AlertReason.New, AlertReason.Acknowledged], bench.Reasons);
    }

    [Fact]
    public void Of_SilencedBeforeItIsTold_TellsNothing()
    {
        _bench.Open(1, 1);
        _bench.Change(1, member => member with { IsSilenced = true });
        _bench.Run(TimeSpan.FromHours(6), TimeSpan.FromMinutes(1));
        _bench.Resolve(1);
        _bench.Run(TimeSpan.FromMinutes(5));
        Assert.Empty(_bench.Orders);
    }

    [Fact]
    public void Of_SilencedAfterItWasTold_IsQuietUntilItsEnd()
    {
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromMinutes(5));
        _bench.Change(1, member => member with { IsSilenced = true, Severity = Severity.Critical });
        _bench.Run(TimeSpan.FromHours(10), TimeSpan.FromMinutes(1));
        Assert.Equal([AlertReason.New], _bench.Reasons);
        _bench.Resolve(1);
        _bench.Decide();
        Assert.Equal([AlertReason.New, AlertReason.Resolved], _bench.Reasons);
    }

    [Fact]
    public void Of_LostLinkOfASite_IsOneMessageAndHidesWhatItsServersHaveBesides()
    {
        _bench.Problems.Add(AlertBench.Problem(1, ProblemKind.Segment, "segment:site:BRN", [.. Enumerable.Range(1, 5).Select(server => AlertBench.Member(server, _bench.Now, cause: FindingIds.AgentUnreachable))]));
        _bench.Open(2, 3);
        _bench.Run(TimeSpan.FromMinutes(20));
        var order = Assert.Single(_bench.Orders);
        Assert.Equal((FindingIds.AgentUnreachable, 5), (order.Message.CauseId, order.Message.ServerCount));
    }

    [Fact]
    public void Of_ReplicaBelowAFailingServer_IsNotToldOnItsOwn()
    {
        _bench.Problems.Add(AlertBench.Problem(1, ProblemKind.Upstream, "upstream:1", AlertBench.Member(1, _bench.Now), AlertBench.Member(2, _bench.Now)));
        _bench.Open(2, 2, cause: FindingIds.UnknownCause);
        _bench.Open(3, 2, cause: FindingIds.DiskFull);
        _bench.Run(TimeSpan.FromMinutes(5));
        Assert.Equal([FindingIds.DiskFull, FindingIds.PoolStopped], _bench.Orders.Select(order => order.Message.CauseId).Order());
    }

    [Fact]
    public void Of_AgentThatIsSilentForAMoment_IsNotTold()
    {
        _bench.Open(1, 1, cause: FindingIds.AgentUnreachable);
        _bench.Run(TimeSpan.FromMinutes(4));
        _bench.Resolve(1);
        _bench.Run(TimeSpan.FromMinutes(10));
        Assert.Empty(_bench.Orders);
    }

    [Fact]
    public void Of_CauseFoundToBeAnotherOne_ClosesTheFirstAsThat()
    {
        _bench.Open(1, 1, cause: FindingIds.UnknownCause);
        _bench.Run(TimeSpan.FromMinutes(5));
        _bench.Resolve(1);
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromMinutes(5));
        Assert.Equal([AlertReason.NamedOtherwise, AlertReason.New], _bench.Reasons.Skip(1));
    }

    [Fact]
    public void Of_RouteThatStops_KeepsTheNextOneFromTelling()
    {
        var bench = new AlertBench { Routes = [AlertBench.Route(1, new() { Sites = ["BRN"], Channels = [1], Stops = true }), AlertBench.Route(2, new() { Channels = [2] })] };
        bench.Open(1, 1);
        bench.Open(2, 2, "ZRH");
        bench.Run(TimeSpan.FromMinutes(2));
        Assert.Equal([("BRN", 1), ("ZRH", 2)], bench.Orders.Select(order => (order.Message.Sites[0], Assert.Single(order.Channels))).Order());
    }

    [Fact]
    public void Of_TwoRoutesToOneChannel_TellItOnce()
    {
        var bench = new AlertBench { Routes = [AlertBench.Route(1), AlertBench.Route(2, new() { Channels = [1, 2] })] };
        bench.Open(1, 1);
        bench.Run(TimeSpan.FromMinutes(2));
        bench.Resolve(1);
        bench.Decide();
        Assert.Equal([1, 2, 1, 2], bench.Orders.SelectMany(order => order.Channels));
    }

    [Theory]
    [InlineData("BRN", "", Severity.Warning, 1)]
    [InlineData("ZRH", "", Severity.Warning, 0)]
    [InlineData("", FindingIds.DiskFull, Severity.Warning, 0)]
    [InlineData("", FindingIds.PoolStopped, Severity.Critical, 0)]
    public void Of_Criteria_Decide(string site, string cause, Severity least, int orders)
    {
        var rule = new AlertRule { Channels = [1], Sites = site.Length > 0 ? [site] : [], Causes = cause.Length > 0 ? [cause] : [], LeastSeverity = least };
        var bench = new AlertBench { Routes = [AlertBench.Route(rule: rule)] };
        bench.Open(1, 1, severity: Severity.Warning);
        bench.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(orders, bench.Orders.Count);
    }

    [Fact]
    public void Of_Tags_Decide()
    {
        var bench = new AlertBench { Routes = [AlertBench.Route(rule: new() { Channels = [1], Tags = ["gold"] })] };
        bench.Open(1, 1);
        bench.Open(2, 2, "ZRH");
        bench.Change(2, member => member with { Tags = ["gold", "lab"] });
        bench.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(["ZRH"], Assert.Single(bench.Orders).Message.Sites);
    }

    [Fact]
    public void Of_RouteThatMatchesNothing_TellsNothing()
    {
        var bench = new AlertBench { Routes = [AlertBench.Route(rule: new() { Channels = [], Sites = ["NOWHERE"] })] };
        bench.Open(1, 1);
        bench.Run(TimeSpan.FromMinutes(2));
        Assert.Empty(bench.Orders);
        Assert.Empty(bench.Alerts.Open);
    }

    [Fact]
    public void Of_OutOfHours_TellsWhenTheHoursBegin()
    {
        // The clock of the tests begins at 12:00 UTC on a Tuesday: 13:00 in Berlin.
        var hours = new AlertHours([DayOfWeek.Tuesday], new(14, 0), new(18, 0), "Europe/Berlin");
        var bench = new AlertBench { Routes = [AlertBench.Route(rule: new() { Channels = [1], Hours = hours })] };
        bench.Open(1, 1);
        bench.Run(TimeSpan.FromMinutes(59));
        Assert.Empty(bench.Orders);
        bench.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(Clock.Start.AddHours(1), Assert.Single(bench.Orders).Message.At.AddSeconds(-60), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Of_RouteThatIsTakenAway_EndsItsAlertsWithoutAMessage()
    {
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromMinutes(2));
        _bench.Routes.Clear();
        _bench.Decide();
        Assert.Single(_bench.Orders);
        Assert.Empty(_bench.Alerts.Open);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(60)]
    public void Of_HoweverOftenSomebodyLooks_TellsTheSame(int seconds)
    {
        _bench.Open(1, 1);
        _bench.Run(TimeSpan.FromHours(12), TimeSpan.FromSeconds(seconds));
        Assert.Equal(
            [Clock.Start.AddMinutes(1), Clock.Start.AddMinutes(241), Clock.Start.AddMinutes(481)],
            _bench.Orders.Select(order => order.Message.At));
    }
}
