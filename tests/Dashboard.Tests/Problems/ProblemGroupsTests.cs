using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using static WsusDashboard.Dashboard.Tests.Problems.ProblemSamples;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>Which problems of a fleet are one.</summary>
public sealed class ProblemGroupsTests
{
    private static readonly DateTimeOffset Now = Clock.Start;

    [Fact]
    public void Find_ServersBelowAFailingUpstream_AreOneWithItsOwnProblem()
    {
        var groups = Of(
            Server(1, Now, Finding(FindingIds.WorldWideWebStopped)),
            Server(2, Now, Finding(FindingIds.UpstreamFailing)).Below("SRV-01"),
            Server(3, Now, Finding(FindingIds.UnknownCause, isCause: false)).Below("SRV-01"),
            Server(4, Now, Finding(FindingIds.ProxyRefused)).Below("SRV-01"),
            Server(5, Now, Finding(FindingIds.UnknownCause, isCause: false)));

        var group = groups.Find(1, FindingIds.WorldWideWebStopped)!;
        Assert.Equal((ProblemKind.Upstream, 1, "SRV-01"), (group.Kind, group.RootServerId, group.Subject));
        Assert.Equal(group, groups.Find(2, FindingIds.UpstreamFailing));
        Assert.Equal(group, groups.Find(3, FindingIds.UnknownCause));
        Assert.Null(groups.Find(4, FindingIds.ProxyRefused));
        Assert.Null(groups.Find(5, FindingIds.UnknownCause));
    }

    [Fact]
    public void Find_ServersBelowAnUpstreamThatNobodyWatches_AreOneByItsName()
    {
        var groups = Of(Server(2, Now, Finding(FindingIds.UpstreamFailing)).Below("HQ-WSUS"), Server(3, Now, Finding(FindingIds.UpstreamFailing)).Below("hq-wsus"));

        var group = groups.Find(2, FindingIds.UpstreamFailing)!;
        Assert.Equal((ProblemKind.Upstream, null), (group.Kind, group.RootServerId));
        Assert.Equal(group.Key, groups.Find(3, FindingIds.UpstreamFailing)!.Key);
    }

    [Fact]
    public void Find_OutageAtMicrosoft_IsOne()
    {
        var groups = Of(Server(1, Now, Finding(FindingIds.MicrosoftOutage)), Server(2, Now, Finding(FindingIds.MicrosoftOutage)), Server(3, Now, Finding(FindingIds.ProxyRefused)));

        Assert.Equal(ProblemKind.Outage, groups.Find(1, FindingIds.MicrosoftOutage)?.Kind);
        Assert.Equal(groups.Find(1, FindingIds.MicrosoftOutage), groups.Find(2, FindingIds.MicrosoftOutage));
        Assert.Null(groups.Find(3, FindingIds.ProxyRefused));
    }

    [Fact]
    public void Find_OutageBelowAnUpstream_BelongsToTheOutage()
    {
        var groups = Of(Server(1, Now, Finding(FindingIds.MicrosoftOutage)), Server(2, Now, Finding(FindingIds.UpstreamFailing)).Below("SRV-01"));

        Assert.Equal(groups.Find(1, FindingIds.MicrosoftOutage), groups.Find(2, FindingIds.UpstreamFailing));
    }

    [Fact]
    public void Find_ASiteThatFellSilentTogether_IsOneSegment()
    {
        LiveServer[] others = [.. Enumerable.Range(10, 6).Select(id => Server(id, Now) with { Site = "ZRH" })];
        LiveServer[] silent = [.. Enumerable.Range(1, 4).Select(id => Server(id, Now).Silent(Now.AddMinutes(-5).AddSeconds(id)))];

        var groups = Of([.. silent, .. others]);

        Assert.Equal(("segment:site:BRN", ProblemKind.Segment), (groups.Find(1, FindingIds.AgentUnreachable)?.Key, groups.Find(1, FindingIds.AgentUnreachable)?.Kind));
        Assert.All(silent, server => Assert.Equal("segment:site:BRN", groups.Find(server.Id, FindingIds.AgentUnreachable)?.Key));
    }

    [Fact]
    public void Find_ANetworkAcrossSites_IsOneSegment()
    {
        // Even ids are in 10.0.0.0/24, odd ones in 10.0.1.0/24.
        LiveServer[] all = [.. Enumerable.Range(1, 12).Select(id => Server(id, Now) with { Site = $"S{id % 5}" }).Select(server => server.Id % 2 == 0 ? server.Silent(Now.AddMinutes(-3)) : server)];

        var groups = Of(all);

        Assert.Equal("segment:network:10.0.0.0/24", groups.Find(2, FindingIds.AgentUnreachable)?.Key);
        Assert.Equal(groups.Find(2, FindingIds.AgentUnreachable), groups.Find(12, FindingIds.AgentUnreachable));
    }

    [Fact]
    public void Find_NearlyAllServers_IsTheWayToThem()
    {
        var groups = Of([.. Enumerable.Range(1, 5).Select(id => Server(id, Now) with { Site = $"S{id}" }).Select(server => server.Id < 5 ? server.Silent(Now.AddMinutes(-3)) : server)]);

        Assert.Equal("segment:all", groups.Find(1, FindingIds.AgentUnreachable)?.Key);
    }

    [Fact]
    public void Find_ServersThatFellSilentHoursApart_AreEachTheirOwn()
    {
        var groups = Of([.. Enumerable.Range(1, 4).Select(id => Server(id, Now).Silent(Now.AddHours(-id)))]);

        Assert.All(Enumerable.Range(1, 4), id => Assert.Null(groups.Find(id, FindingIds.AgentUnreachable)));
    }

    [Fact]
    public void Find_TwoServers_AreTooFewForASegment()
    {
        var groups = Of(Server(1, Now).Silent(Now.AddMinutes(-3)), Server(2, Now).Silent(Now.AddMinutes(-3)));

        Assert.Null(groups.Find(1, FindingIds.AgentUnreachable));
    }

    private static ProblemGroups Of(params IReadOnlyList<LiveServer> fleet) => ProblemGroups.Of([.. fleet.Select(server => server.Read(Now))]);
}
