using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using static WsusDashboard.Dashboard.Tests.Problems.ProblemSamples;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>Problems as rows.</summary>
public abstract class ProblemTrackerTests(DatabaseKind kind) : IAsyncDisposable
{
    private const string Executive = FindingIds.SmsExecutiveStopped;

    private readonly ProblemHarness _harness = new(kind);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _harness.Now;

    [Fact]
    public async Task Observe_CauseThatIsThere_IsARowWithItsBeginningAndIsTold()
    {
        await _harness.AddServersAsync(1);
        var since = Now.AddHours(-7);

        await LookAsync(Finding(Executive, since: since, playbook: "restart-services"));

        var problem = Assert.Single(await _harness.ProblemsAsync());
        Assert.Equal((Executive, ProblemKind.Server, "", null), (problem.CauseId, problem.Kind, problem.Subject, problem.MergedInto));
        var course = Assert.Single(await _harness.CoursesAsync());
        Assert.Equal((problem.Id, 1, ProblemState.Open, since.UtcDateTime, "restart-services"), (course.ProblemId, course.ServerId, course.State, course.Since, course.Playbook));
        Assert.Equal([ProblemEventKind.Opened], await _harness.MomentsAsync());
        Assert.Equal(new ServerProblem(problem.Id, Executive, $"Title of {Executive}", Severity.Critical, ProblemState.Open, since, null, false, ProblemKind.Server), Assert.Single(_harness.Told[1]));
    }

    [Fact]
    public async Task Observe_CauseThatIsOnlySuspected_IsToldToNobodyAndLeavesNothing()
    {
        await _harness.AddServersAsync(1);
        await LookAsync(Finding(Executive));
        Assert.Equal(ProblemState.Suspected, Assert.Single(await _harness.CoursesAsync()).State);
        Assert.Empty(_harness.Told.GetValueOrDefault(1, []));

        _harness.Time.Advance(TimeSpan.FromSeconds(30));
        await LookAsync();

        Assert.Empty(await _harness.ProblemsAsync());
        Assert.Empty(await _harness.CoursesAsync());
        Assert.Empty(await _harness.MomentsAsync());
    }

    [Fact]
    public async Task Observe_SameLookAgain_WritesNothing()
    {
        await _harness.AddServersAsync(1);
        await LookAsync(Finding(Executive, since: Now.AddHours(-1)));
        var statements = new StatementRecorder();
        _harness.Database.Add(statements);

        await LookAsync(Finding(Executive, since: Now.AddHours(-1)));

        Assert.Empty(statements.All);
    }

    [Fact]
    public async Task Observe_CouldNotBeStored_IsDecidedAgainWithTheNextLook()
    {
        await _harness.AddServersAsync(1);
        _harness.FailNextCommit();
        Assert.False(await LookAsync(Finding(Executive, since: Now.AddHours(-1))));
        Assert.Empty(await _harness.ProblemsAsync());
        Assert.Empty(_harness.Told.GetValueOrDefault(1, []));

        Assert.True(await LookAsync(Finding(Executive, since: Now.AddHours(-1))));

        Assert.Equal([ProblemEventKind.Opened], await _harness.MomentsAsync());
    }

    [Fact]
    public async Task Observe_LostContactAndARestart_KeepTheProblemAndItsBeginning()
    {
        await _harness.AddServersAsync(1);
        var since = Now.AddDays(-3);
        await LookAsync(Finding(Executive, since: since));
        var before = Assert.Single(await _harness.CoursesAsync());

        _harness.Time.Advance(TimeSpan.FromMinutes(5));
        await _harness.LookAsync(Server(1, Now, Finding(Executive)).Silent(Now.AddMinutes(-3)));
        await _harness.RestartAsync();
        await _harness.LookForAsync(30, now => Server(1, now, Finding(Executive)).Silent(now.AddMinutes(-3)));
        await _harness.LookForAsync(3, now => Server(1, now, Finding(Executive)));

        var after = Assert.Single(await _harness.CoursesAsync(), row => row.CauseId == Executive);
        Assert.Equal((before.ProblemId, since.UtcDateTime, ProblemState.Open, 0), (after.ProblemId, after.Since, after.State, after.ReopeningCount));
    }

    [Fact]
    public async Task Observe_HistoryBeingRead_OpensNothing()
    {
        await _harness.AddServersAsync(1);

        await _harness.LookForAsync(30, now => Server(1, now, Finding(FindingIds.SyncOverdue, Severity.Warning, now.AddDays(-9), isCause: false)).Reading());

        Assert.Empty(await _harness.ProblemsAsync());
    }

    [Fact]
    public async Task Observe_BackAgainAndAgain_IsOneProblem()
    {
        await _harness.AddServersAsync(1);
        await _harness.LookForAsync(3, now => Server(1, now, Finding(Executive)));
        for (var time = 0; time < 5; time++)
        {
            await _harness.LookForAsync(12, now => Server(1, now));
            await _harness.LookForAsync(3, now => Server(1, now, Finding(Executive)));
        }

        Assert.Single(await _harness.ProblemsAsync());
        var course = Assert.Single(await _harness.CoursesAsync());
        Assert.Equal((ProblemState.Open, 5), (course.State, course.ReopeningCount));
        Assert.True(Assert.Single(_harness.Told[1]).IsFlapping);
        Assert.Equal(4, (await _harness.MomentsAsync()).Count(moment => moment is ProblemEventKind.Reopened));
    }

    [Fact]
    public async Task Observe_BackAfterADay_IsAnotherProblem()
    {
        await _harness.AddServersAsync(1);
        await _harness.LookForAsync(3, now => Server(1, now, Finding(Executive)));
        await _harness.LookForAsync(12, now => Server(1, now));
        _harness.Time.Advance(TimeSpan.FromDays(1));
        await _harness.LookForAsync(3, now => Server(1, now, Finding(Executive)));

        Assert.Equal([ProblemState.Resolved, ProblemState.Open], (await _harness.CoursesAsync()).Select(row => row.State));
        Assert.Equal(2, (await _harness.ProblemsAsync()).Count);
    }

    [Fact]
    public async Task Observe_UnknownCauseThatIsFound_StaysTheSameProblem()
    {
        await _harness.AddServersAsync(1);
        await _harness.LookForAsync(3, now => Server(1, now, Finding(FindingIds.UnknownCause, Severity.Warning, Clock.Start.AddHours(-8), isCause: false)));
        await _harness.LookForAsync(1, now => Server(1, now, Finding(FindingIds.ProxyRefused, since: Clock.Start.AddHours(-2))));

        Assert.Equal(FindingIds.ProxyRefused, Assert.Single(await _harness.ProblemsAsync()).CauseId);
        var course = Assert.Single(await _harness.CoursesAsync());
        Assert.Equal((FindingIds.ProxyRefused, Clock.Start.AddHours(-8).UtcDateTime), (course.CauseId, course.Since));
        Assert.Equal([ProblemEventKind.Opened, ProblemEventKind.Named, ProblemEventKind.Worsened], await _harness.MomentsAsync());
    }

    [Fact]
    public async Task Observe_CauseThatIsPartOfAnother_GoesIntoItWithItsLifeAndItsNumber()
    {
        await _harness.AddServersAsync(1);
        await _harness.LookForAsync(2, now => Server(1, now, Finding(FindingIds.SourceUnreachable, since: Clock.Start.AddHours(-8)), Finding(FindingIds.MicrosoftOutage, since: Clock.Start.AddHours(-1))));
        var (source, outage) = ((await _harness.CoursesAsync()).Single(row => row.CauseId == FindingIds.SourceUnreachable), (await _harness.CoursesAsync()).Single(row => row.CauseId == FindingIds.MicrosoftOutage));

        await _harness.LookForAsync(1, now => Server(1, now, Finding(FindingIds.MicrosoftOutage, since: Clock.Start.AddHours(-1))));

        var course = Assert.Single(await _harness.CoursesAsync());
        Assert.Equal((outage.ProblemId, FindingIds.MicrosoftOutage, Clock.Start.AddHours(-8).UtcDateTime), (course.ProblemId, course.CauseId, course.Since));
        Assert.Equal(outage.ProblemId, (await _harness.ProblemsAsync()).Single(problem => problem.Id == source.ProblemId).MergedInto);
        Assert.Equal([outage.ProblemId], await _harness.Database.ReadAsync(context => context.ProblemEvents.Select(moment => moment.ProblemId).Distinct().ToListAsync(Token)));
        Assert.Contains(ProblemEventKind.Merged, await _harness.MomentsAsync());
    }

    [Fact]
    public async Task Observe_UpstreamFailure_IsOneProblemWithTheServersUnderIt()
    {
        await _harness.AddServersAsync(4);
        await _harness.LookAsync(Server(1, Now, Finding(FindingIds.WorldWideWebStopped, since: Now.AddHours(-1))));
        var root = Assert.Single(await _harness.ProblemsAsync()).Id;

        await _harness.LookAsync(
            Server(2, Now, Finding(FindingIds.UpstreamFailing, since: Now.AddMinutes(-30))).Below("SRV-01"),
            Server(3, Now, Finding(FindingIds.UnknownCause, since: Now.AddMinutes(-30), isCause: false)).Below("SRV-01"),
            Server(4, Now, Finding(FindingIds.ProxyRefused, since: Now.AddMinutes(-30))).Below("SRV-01"));

        var courses = await _harness.CoursesAsync();
        Assert.Equal([root, root, root], courses.Where(row => row.ServerId < 4).Select(row => row.ProblemId));
        Assert.NotEqual(root, courses.Single(row => row.ServerId == 4).ProblemId);
        var problem = (await _harness.ProblemsAsync()).Single(row => row.Id == root);
        Assert.Equal((ProblemKind.Upstream, FindingIds.WorldWideWebStopped, 1, "SRV-01"), (problem.Kind, problem.CauseId, problem.RootServerId, problem.Subject));
        Assert.Equal(2, (await _harness.ProblemsAsync()).Count);
    }

    [Fact]
    public async Task Observe_ServersThatWereAlone_GoUnderTheUpstreamThatTurnsOutToFail()
    {
        await _harness.AddServersAsync(3);
        await _harness.LookAsync(
            Server(2, Now, Finding(FindingIds.UnknownCause, since: Now.AddMinutes(-30), isCause: false)).Below("SRV-01"),
            Server(3, Now, Finding(FindingIds.UnknownCause, since: Now.AddMinutes(-30), isCause: false)).Below("SRV-01"),
            Server(1, Now));
        Assert.Equal(2, (await _harness.ProblemsAsync()).Count);
        _harness.Time.Advance(TimeSpan.FromMinutes(2));
        await _harness.LookAsync(Server(1, Now, Finding(FindingIds.WorldWideWebStopped, since: Now.AddHours(-1))));

        await _harness.LookAsync(
            Server(2, Now, Finding(FindingIds.UnknownCause, since: Now.AddMinutes(-30), isCause: false)).Below("SRV-01"),
            Server(3, Now, Finding(FindingIds.UnknownCause, since: Now.AddMinutes(-30), isCause: false)).Below("SRV-01"));

        var problem = Assert.Single(await _harness.ProblemsAsync(), row => row.MergedInto is null);
        Assert.Equal((ProblemKind.Upstream, 1), (problem.Kind, problem.RootServerId));
        Assert.Equal([1, 2, 3], (await _harness.CoursesAsync()).Select(row => row.ServerId));
        Assert.All(await _harness.CoursesAsync(), row => Assert.Equal(problem.Id, row.ProblemId));
        Assert.Equal(2, (await _harness.ProblemsAsync()).Count(row => row.MergedInto == problem.Id));
    }

    [Fact]
    public async Task Observe_LostSegment_IsOneProblemAndEndsServerByServer()
    {
        await _harness.AddServersAsync(4);
        LiveServer[] silent = [.. Enumerable.Range(1, 4).Select(id => Server(id, Now).Silent(Now.AddMinutes(-5)))];
        await _harness.LookAsync(silent);
        Assert.Equal(ProblemKind.Segment, Assert.Single(await _harness.ProblemsAsync()).Kind);

        for (var minute = 0; minute < 12; minute++)
        {
            _harness.Time.Advance(TimeSpan.FromMinutes(1));
            await _harness.LookAsync(Server(1, Now), Server(2, Now));
        }

        Assert.Equal([ProblemState.Resolved, ProblemState.Resolved, ProblemState.Open, ProblemState.Open], (await _harness.CoursesAsync()).Select(row => row.State));
        Assert.Single(await _harness.ProblemsAsync());
    }

    [Fact]
    public async Task Observe_FailuresOlderThanMemory_BeganWithTheFirstOfThem()
    {
        await _harness.AddServersAsync(1);
        await _harness.Database.WriteAsync(context =>
        {
            Add("good", 100, SyncResult.Succeeded, null);
            Add("another", 99, SyncResult.Failed, FindingIds.DatabaseFailing);
            for (var hours = 98; hours > 0; hours--)
            {
                Add($"bad-{hours}", hours, SyncResult.Failed, hours % 3 == 0 ? FindingIds.ProxyRefused : null);
            }

            void Add(string id, int hoursAgo, SyncResult result, string? cause) => context.SyncRuns.Add(new()
            {
                ServerId = 1,
                RunId = id,
                Source = SyncSource.Wsus,
                StartedAt = Now.AddHours(-hoursAgo).UtcDateTime,
                EndedAt = Now.AddHours(-hoursAgo).AddMinutes(10).UtcDateTime,
                Result = result,
                CauseId = cause,
            });
        });

        // Memory goes back forty runs.
        await LookAsync(Finding(FindingIds.ProxyRefused, since: Now.AddHours(-40).AddMinutes(10)));

        Assert.Equal(Now.AddHours(-98).AddMinutes(10).UtcDateTime, Assert.Single(await _harness.CoursesAsync()).Since);
    }

    [Fact]
    public async Task Observe_FindingThatWasSeenBefore_BeganWhenItWasFirstSeen()
    {
        await _harness.AddServersAsync(1);
        await _harness.Database.WriteAsync(context =>
        {
            Add(Now.AddDays(-9), "", "Warning");
            Add(Now.AddDays(-8), "Warning", "");
            Add(Now.AddDays(-2), "", "Warning");
            Add(Now.AddDays(-1), "Warning", "Critical");

            void Add(DateTimeOffset at, string from, string to) => context.StateChanges.Add(new() { ServerId = 1, At = at.UtcDateTime, Subject = $"finding:{FindingIds.SettingsDrift}", From = from, To = to });
        });

        await LookAsync(Finding(FindingIds.SettingsDrift, Severity.Warning, since: Now.AddMinutes(-2), isCause: false));

        Assert.Equal(Now.AddDays(-2).UtcDateTime, Assert.Single(await _harness.CoursesAsync()).Since);
    }

    [Fact]
    public async Task Observe_LargeFleetWhoseSecondPartCouldNotBeStored_KeepsTheFirstAndStoresTheRestWithTheNextLook()
    {
        const int servers = ProblemTracker.MaximumServers + 5;
        await _harness.AddServersAsync(servers);
        IReadOnlyList<LiveServer> fleet = [.. Enumerable.Range(1, servers).Select(id => Server(id, Now, Finding(Executive, since: Now.AddHours(-1))))];

        _harness.FailNextCommit(after: 1);
        Assert.False(await _harness.LookAsync(fleet));
        Assert.Equal(Enumerable.Range(1, ProblemTracker.MaximumServers), (await _harness.CoursesAsync()).Select(row => row.ServerId));
        Assert.Equal(ProblemTracker.MaximumServers, _harness.Told.Count);

        Assert.True(await _harness.LookAsync(fleet));
        Assert.Equal(Enumerable.Range(1, servers), (await _harness.CoursesAsync()).Select(row => row.ServerId));
        Assert.Equal(servers, _harness.Told.Count);
    }

    [Fact]
    public async Task RemoveAsync_ServerThatWasRemoved_TakesItsProblemsAlong()
    {
        await _harness.AddServersAsync(2);
        await _harness.LookAsync(Server(1, Now, Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1)), Finding(Executive, since: Now.AddHours(-1))), Server(2, Now, Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1))));
        await _harness.Database.ReadAsync(context => context.Servers.Where(server => server.Id == 1).ExecuteDeleteAsync(Token));

        await _harness.Tracker.RemoveAsync([1], Token);

        Assert.Equal(FindingIds.MicrosoftOutage, Assert.Single(await _harness.ProblemsAsync()).CauseId);
        Assert.Equal(2, Assert.Single(await _harness.CoursesAsync()).ServerId);
        Assert.Empty(_harness.Tracker.Problems.MembersOf(1));
    }

    [Fact]
    public async Task Observe_ServerThatIsGoneFromTheDatabase_IsPassedOver()
    {
        await _harness.AddServersAsync(1);

        Assert.True(await _harness.LookAsync(Server(1, Now, Finding(Executive, since: Now.AddHours(-1))), Server(9, Now, Finding(Executive, since: Now.AddHours(-1)))));

        Assert.Equal(1, Assert.Single(await _harness.CoursesAsync()).ServerId);
    }

    [Fact]
    public async Task Database_SecondOpenRowOfOneCauseOnOneServer_IsRefused()
    {
        await _harness.AddServersAsync(1);
        await LookAsync(Finding(Executive, since: Now.AddHours(-1)));

        await Assert.ThrowsAsync<DbUpdateException>(() => _harness.Database.WriteAsync(context =>
        {
            var second = new ProblemEntity { CauseId = Executive, Title = "x", CreatedAt = Now.UtcDateTime };
            context.Problems.Add(second);
            context.SaveChanges();
            context.ProblemServers.Add(new() { ProblemId = second.Id, ServerId = 1, CauseId = Executive, Title = "x", State = ProblemState.Open, StateSince = Now.UtcDateTime, Since = Now.UtcDateTime });
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await _harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<bool> LookAsync(params IReadOnlyList<Finding> findings) => _harness.LookAsync(Server(1, Now, findings));
}

public sealed class ProblemTrackerOnSqliteTests() : ProblemTrackerTests(DatabaseKind.Sqlite);

public sealed class ProblemTrackerOnPostgreSqlTests() : ProblemTrackerTests(DatabaseKind.PostgreSql);
