using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using static WsusDashboard.Dashboard.Tests.Problems.ProblemSamples;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>What people decided about a problem, and what becomes of it when the problem changes.</summary>
public abstract class ProblemTriageTests(DatabaseKind kind) : IAsyncDisposable
{
    private const string Executive = FindingIds.SmsExecutiveStopped;

    private readonly ProblemHarness _harness = new(kind);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _harness.Now;

    [Fact]
    public async Task Acknowledgement_WhoseTimeIsOver_CountsNoMoreAndGoesWithAMoment()
    {
        var id = await OpenAsync();
        await DecideAsync(id, "BRN", row => row.AcknowledgedUntil = Now.AddHours(4).UtcDateTime);
        Assert.True(Triage(id).IsAcknowledgedAt(Now));

        _harness.Time.Advance(TimeSpan.FromHours(4));

        Assert.False(Triage(id).IsAcknowledgedAt(Now));
        await _harness.ExpireAsync();
        await _harness.ExpireAsync();
        Assert.Empty(await RowsAsync());
        Assert.Empty(_harness.Triages.Of(id));
        var moment = await EndAsync();
        Assert.Equal((ProblemEventKind.AcknowledgementEnded, TriageEndReasons.Expired, 1, ""), (moment.Kind, moment.Detail, moment.AuditDue, moment.Who));
    }

    [Fact]
    public async Task Acknowledgement_WhoseTimeIsOver_LeavesTheAssignmentAsItIs()
    {
        var id = await OpenAsync();
        await DecideAsync(id, "BRN", row => (row.AcknowledgedUntil, row.AssignedAt, row.AssigneeId) = (Now.AddHours(1).UtcDateTime, Now.UtcDateTime, "anna"));
        var before = Triage(id).Revision;

        _harness.Time.Advance(TimeSpan.FromHours(1));
        await _harness.ExpireAsync();

        Assert.Equal(("anna", null), (Triage(id).Assignment?.PersonId, Triage(id).Acknowledgement));
        Assert.NotEqual(before, Triage(id).Revision);
    }

    [Fact]
    public async Task Silence_UntilItsEnd_KeepsAlertsFromItsSitesOnly()
    {
        var id = await OpenAsync();
        await DecideAsync(id, "BRN", row => (row.AcknowledgedAt, row.SilencedAt, row.SilencedUntil, row.SilenceReason) = (null, Now.UtcDateTime, Now.AddHours(2).UtcDateTime, "move"));

        Assert.True(_harness.Triages.IsSilenced(id, ["BRN"], Now));
        Assert.False(_harness.Triages.IsSilenced(id, ["BRN", "ZRH"], Now));
        Assert.False(_harness.Triages.IsSilenced(id, [], Now));
        Assert.False(_harness.Triages.IsSilenced(id, ["BRN"], Now.AddHours(2)));
        Assert.False(_harness.Triages.IsSilenced(id + 1, ["BRN"], Now));

        _harness.Time.Advance(TimeSpan.FromHours(2));
        await _harness.ExpireAsync();
        Assert.Equal(ProblemEventKind.SilenceEnded, (await EndAsync()).Kind);
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task Problem_ThatGetsWorse_IsNoMoreAcknowledgedButStaysAssignedAndSilent()
    {
        await _harness.AddServersAsync(1);
        await LookAsync(Finding(Executive, Severity.Warning, Now.AddHours(-1)));
        var id = Assert.Single(await _harness.ProblemsAsync()).Id;
        await DecideAsync(id, "BRN", row => (row.AssigneeId, row.AssignedAt, row.SilencedAt, row.SilencedUntil) = ("anna", Now.UtcDateTime, Now.UtcDateTime, Now.AddDays(1).UtcDateTime));

        _harness.Time.Advance(TimeSpan.FromMinutes(1));
        await LookAsync(Finding(Executive, Severity.Critical, Now.AddHours(-1)));

        Assert.Equal((null, "anna", true), (Triage(id).Acknowledgement, Triage(id).Assignment?.PersonId, Triage(id).IsSilencedAt(Now)));
        Assert.Equal(TriageEndReasons.Worsened, (await EndAsync()).Detail);
    }

    [Fact]
    public async Task Problem_ThatStays_IsStillAcknowledged()
    {
        var id = await OpenAsync();
        await DecideAsync(id, "BRN", row => row.IsUntilChange = true);

        await _harness.LookForAsync(30, now => Server(1, now, Finding(Executive, since: Clock.Start.AddHours(-1))));

        Assert.True(Triage(id).IsAcknowledgedAt(Now));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Problem_WhoseRepairEnds_IsNoMoreAcknowledgedWhereThatWasUntilItChanges(bool isUntilChange)
    {
        var id = await OpenAsync("restart-services");
        await DecideAsync(id, "BRN", row => row.IsUntilChange = isUntilChange);

        await _harness.LookForAsync(1, now => Server(1, now, Finding(Executive, playbook: "restart-services")).Repairing("run-1", now));
        await _harness.LookForAsync(1, now => Server(1, now, Finding(Executive, playbook: "restart-services")));

        Assert.Equal(!isUntilChange, _harness.Triages.Of(id).Any(triage => triage.IsAcknowledgedAt(Now)));
        if (isUntilChange)
        {
            Assert.Equal(TriageEndReasons.Changed, (await EndAsync()).Detail);
        }
    }

    [Fact]
    public async Task Problem_ThatIsResolvedAndComesBack_IsTheSameOneWithoutAnythingInForce()
    {
        var id = await OpenAsync();
        await DecideAsync(id, "BRN", row => (row.AssigneeId, row.AssignedAt, row.SilencedAt, row.SilencedUntil) = ("anna", Now.UtcDateTime, Now.UtcDateTime, Now.AddDays(9).UtcDateTime));

        await _harness.LookForAsync(15, now => Server(1, now));
        Assert.Equal(ProblemState.Resolved, Assert.Single(await _harness.CoursesAsync()).State);
        Assert.Empty(await RowsAsync());
        await _harness.LookForAsync(3, now => Server(1, now, Finding(Executive)));

        Assert.Equal((id, ProblemState.Open, 1), (Assert.Single(await _harness.CoursesAsync()).ProblemId, (await _harness.CoursesAsync())[0].State, (await _harness.CoursesAsync())[0].ReopeningCount));
        Assert.Empty(_harness.Triages.Of(id));
    }

    [Fact]
    public async Task Server_ThatJoinsASharedProblem_EndsTheAcknowledgementOfItsSite()
    {
        await _harness.AddServersAsync(3, id => id == 3 ? "ZRH" : "BRN");
        await _harness.LookAsync(Outage(1, "BRN"), Outage(3, "ZRH"));
        var problem = Assert.Single(await _harness.ProblemsAsync()).Id;
        await DecideAsync(problem, "BRN");
        await DecideAsync(problem, "ZRH");

        _harness.Time.Advance(TimeSpan.FromMinutes(1));
        await _harness.LookAsync(Outage(2, "BRN"));

        Assert.Equal("ZRH", Assert.Single(_harness.Triages.Of(problem)).Site);
        var moment = await EndAsync();
        Assert.Equal((2, TriageEndReasons.ServerJoined), (moment.ServerId, moment.Detail));
    }

    [Fact]
    public async Task SharedProblem_OneOfTwoServersOfASiteIsRidOfIt_StaysAcknowledged()
    {
        await _harness.AddServersAsync(2);
        await _harness.LookAsync(Outage(1, "BRN"), Outage(2, "BRN"));
        var problem = Assert.Single(await _harness.ProblemsAsync()).Id;
        await DecideAsync(problem, "BRN");

        await _harness.LookForAsync(15, now => Server(2, now));

        Assert.Equal(ProblemState.Resolved, (await _harness.CoursesAsync()).Single(row => row.ServerId == 2).State);
        Assert.True(Triage(problem).IsAcknowledgedAt(Now));
    }

    [Fact]
    public async Task Decision_OfAnotherDashboard_IsReadAfterARestartAndEndsThere()
    {
        var id = await OpenAsync();
        await DecideAsync(id, "BRN", row => row.AcknowledgedUntil = Now.AddMinutes(30).UtcDateTime);
        await _harness.RestartAsync();

        _harness.Time.Advance(TimeSpan.FromHours(1));
        await _harness.ExpireAsync();

        Assert.Empty(await RowsAsync());
        Assert.Equal(TriageEndReasons.Expired, (await EndAsync()).Detail);
    }

    [Fact]
    public async Task Decision_ThatCouldNotBeEndedWithItsProblem_IsThereAsLongAsThat()
    {
        var id = await OpenAsync();
        await DecideAsync(id, "BRN");
        _harness.Time.Advance(TimeSpan.FromMinutes(1));
        await _harness.LookAsync(Server(1, Now));
        _harness.Time.Advance(TimeSpan.FromMinutes(15));
        _harness.FailNextCommit();

        Assert.False(await _harness.LookAsync(Server(1, Now)));
        Assert.Single(await RowsAsync());
        Assert.True(await _harness.LookAsync(Server(1, Now)));

        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task Problem_ThatGoes_TakesItsDecisionsAndCommentsWithIt()
    {
        var id = await OpenAsync();
        await DecideAsync(id, "BRN");
        await _harness.Database.WriteAsync(context => context.ProblemComments.Add(new() { ProblemId = id, At = Now.UtcDateTime, Who = "anna", Text = "words" }));
        var comment = await _harness.Database.ReadAsync(context => context.ProblemComments.SingleAsync(Token));
        await _harness.Database.WriteAsync(context => context.ProblemCommentSites.Add(new() { CommentId = comment.Id, Site = "BRN" }));

        await _harness.Database.ReadAsync(context => context.Problems.Where(problem => problem.Id == id).ExecuteDeleteAsync(Token));

        Assert.Equal((0, 0, 0), await _harness.Database.ReadAsync(async context => (await context.ProblemTriages.CountAsync(Token), await context.ProblemComments.CountAsync(Token), await context.ProblemCommentSites.CountAsync(Token))));
    }

    public async ValueTask DisposeAsync()
    {
        await _harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private LiveServer Outage(int id, string site) => Server(id, Now, Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1))) with { Site = site };

    private Task<bool> LookAsync(params IReadOnlyList<Finding> findings) => _harness.LookAsync(Server(1, Now, findings));

    private async Task<long> OpenAsync(string? playbook = null)
    {
        await _harness.AddServersAsync(1);
        await LookAsync(Finding(Executive, since: Now.AddHours(-1), playbook: playbook));
        return Assert.Single(await _harness.ProblemsAsync()).Id;
    }

    /// <summary>Acknowledges for a month, as another dashboard would: a row, and then it is told.</summary>
    private async Task DecideAsync(long problemId, string site, Action<ProblemTriageEntity>? change = null)
    {
        var row = new ProblemTriageEntity { ProblemId = problemId, Site = site, Revision = ProblemTriage.NextRevision(), AcknowledgedAt = Now.UtcDateTime, AcknowledgedUntil = Now.AddDays(30).UtcDateTime, AcknowledgedBy = "anna" };
        change?.Invoke(row);
        await _harness.Database.WriteAsync(context => context.ProblemTriages.Add(row));
        await _harness.Triages.ReadAsync(Token);
    }

    private ProblemTriage Triage(long problemId) => Assert.Single(_harness.Triages.Of(problemId));

    private Task<List<ProblemTriageEntity>> RowsAsync() => _harness.Database.ReadAsync(context => context.ProblemTriages.AsNoTracking().ToListAsync(Token));

    /// <summary>The one moment at which something ended.</summary>
    private Task<ProblemEventEntity> EndAsync() => _harness.Database.ReadAsync(context =>
        context.ProblemEvents.AsNoTracking().SingleAsync(moment => moment.Kind == ProblemEventKind.AcknowledgementEnded || moment.Kind == ProblemEventKind.SilenceEnded, Token));
}

public sealed class ProblemTriageOnSqliteTests() : ProblemTriageTests(DatabaseKind.Sqlite);

public sealed class ProblemTriageOnPostgreSqlTests() : ProblemTriageTests(DatabaseKind.PostgreSql);
