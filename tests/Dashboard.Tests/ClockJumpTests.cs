using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Tests.Problems;
using WsusDashboard.Dashboard.Tests.Security;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests;

/// <summary>The dashboard's clock is set back or on by two days: what is limited to minutes stays limited to minutes, and nothing waits for two days.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private readonly SetClock _clock = new();
    private readonly TestDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public void Confirmation_ClockIsSet_LastsForItsMinutes(int days)
    {
        var confirmations = new Confirmations(new DashboardOptions(), KeyFile.Open(_database.Options), _clock);
        confirmations.Note("session");

        _clock.Set(TimeSpan.FromDays(days));
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.True(confirmations.IsConfirmed("session"));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(confirmations.IsConfirmed("session"));
    }

    [Fact]
    public void Confirmation_WordOfAnotherDashboard_CountsOnceItIsItsOwnAndNew()
    {
        var told = new Confirmations(new DashboardOptions(), KeyFile.Open(_database.Options), _clock);
        var word = told.Seal(told.NameOf("session"));

        told.Take("session");
        told.Take(told.NameOf("session"));
        told.Take(word[..^1] + (word[^1] == '0' ? '1' : '0'));
        Assert.False(told.IsConfirmed("session"));
        told.Take(word);
        Assert.True(told.IsConfirmed("session"));

        // What was heard once can't be said again later.
        _clock.Advance(TimeSpan.FromHours(1));
        told.Take(word);
        Assert.False(told.IsConfirmed("session"));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task Quarantine_ClockIsSet_LastsForItsMinutesAlsoAfterARestart(int days)
    {
        var id = await _database.AddServerAsync("a");
        using var quarantines = new AgentQuarantines(_database, _clock, NullLogger<AgentQuarantines>.Instance, SoleOwnership.Instance);
        quarantines.Put(id, "its agent broke the contract");
        await Eventually.Async(() => _database.ReadAsync(context => context.AgentQuarantines.CountAsync(TestContext.Current.CancellationToken)), count => count == 1);

        _clock.Set(TimeSpan.FromDays(days));
        _clock.Advance(AgentQuarantines.Length - TimeSpan.FromSeconds(1));
        Assert.NotNull(quarantines.Find(id));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(quarantines.Find(id));

        using var restarted = new AgentQuarantines(_database, _clock, NullLogger<AgentQuarantines>.Instance, SoleOwnership.Instance);
        await restarted.LoadAsync([id], TestContext.Current.CancellationToken);
        _clock.Advance(AgentQuarantines.Length);
        Assert.Null(restarted.Find(id));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public void Digest_ClockIsSet_IsOldAfterASecond(int days)
    {
        var live = new LiveFleet(_clock);
        live.Publish(ProblemSamples.Server(1, _clock.GetUtcNow()));
        var first = live.GetDigest(SiteScope.WholeFleet);
        live.Publish(ProblemSamples.Server(2, _clock.GetUtcNow()));

        _clock.Set(TimeSpan.FromDays(days));
        Assert.Same(first, live.GetDigest(SiteScope.WholeFleet));
        _clock.Advance(FleetDigest.LongestAge);

        Assert.Equal(2, live.GetDigest(SiteScope.WholeFleet).TakePage(new()).Total);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task Refusals_ClockIsSet_AreRecordedAgainAfterAMinute(int days)
    {
        using var log = _database.CreateAuditLog(_clock);
        using var records = new RefusalRecords(log, _clock);
        await records.StartAsync(TestContext.Current.CancellationToken);
        var person = new CallerIdentity(CallerKind.Session, "p", "s", "");

        records.Take(person, "erik", "the audit");
        records.Take(person, "erik", "the audit");
        _clock.Set(TimeSpan.FromDays(days));
        records.Take(person, "erik", "the audit");
        _clock.Advance(TimeSpan.FromMinutes(1));
        records.Take(person, "erik", "the audit");

        await Eventually.TrueAsync(() => Count() == 2);

        int Count()
        {
            using var context = _database.CreateSecurityContext();
            return context.AuditEntries.Count();
        }
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(0, true)]
    [InlineData(2, false)]
    public async Task Session_ClockIsSet_IsNeverLongerThanItsHours(int days, bool isAlive)
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        var person = await dashboard.AddPersonAsync("anna", new Grant(Role.Viewer, SiteScope.WholeFleet));
        var session = await dashboard.Get<Sessions>().BeginAsync(person, "test", new Microsoft.AspNetCore.Http.DefaultHttpContext());
        using var cache = new AccessCache(
            dashboard.Get<IDbContextFactory<SecurityContext>>(), dashboard.Get<Dashboard.Data.DatabaseInitializer>(), new DashboardOptions(), new SetClock(TimeProvider.System.GetUtcNow().AddDays(days)));

        await cache.LoadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(isAlive, cache.IsAlive(new(CallerKind.Session, person, session, "")));
    }

    [Theory]
    [InlineData(LinkPurpose.FirstAdmin, -2, false)]
    [InlineData(LinkPurpose.FirstAdmin, 0, true)]
    [InlineData(LinkPurpose.FirstAdmin, 2, false)]
    [InlineData(LinkPurpose.Invitation, -2, false)]
    [InlineData(LinkPurpose.Invitation, 0, true)]
    public async Task Link_ClockIsSet_IsNotGoodForLonger(LinkPurpose purpose, int days, bool isGood)
    {
        var links = new OneTimeLinks(_database, _database.Options, _clock);
        var lifetime = purpose == LinkPurpose.Invitation ? TimeSpan.FromHours(_database.Options.SignIn.InvitationHours) : TimeSpan.FromHours(1);
        var code = await links.MakeAsync(purpose, null, lifetime, TestContext.Current.CancellationToken);

        _clock.Set(TimeSpan.FromDays(days));

        Assert.Equal(isGood, (await links.UseAsync(purpose, code, TestContext.Current.CancellationToken)).IsValid);
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(0, true)]
    [InlineData(2, false)]
    public void Plans_ClockWasSetSince_AreNotTakenForFresh(int days, bool isFresh)
    {
        var now = _clock.GetUtcNow();
        var batch = new RepairBatch { Id = "b", Servers = [new(1, "BRN-1", "BRN", BatchServerState.Planned, now, "full-repair", Samples.Plan(), "", null)] };

        Assert.Equal(isFresh, batch.IsPlannedWithin(TimeSpan.FromMinutes(5), now.AddMinutes(1).AddDays(days)));
    }

    [Theory]
    [InlineData(-2, -2)]
    [InlineData(-2, 0)]
    [InlineData(0, -2)]
    [InlineData(2, 2)]
    public void Problem_ClockOfTheDashboardOrOfTheServerIsSet_ResolvesAfterItsMinutesAndNotDaysLater(int dashboardDays, int serverDays)
    {
        var now = _clock.GetUtcNow();
        var course = Next(null, now, now, isBad: true);
        course = Next(course, now.AddMinutes(5), now.AddMinutes(5), isBad: false);
        Assert.Equal(ProblemState.Open, course!.State);

        for (var minute = 6; minute <= 17; minute++)
        {
            course = Next(course, now.AddDays(dashboardDays).AddMinutes(minute), now.AddDays(serverDays).AddMinutes(minute), isBad: false);
        }

        Assert.Equal(ProblemState.Resolved, course!.State);
    }

    [Fact]
    public void Problem_ClockIsSetBack_IsNotResolvedByOneReadingAlone()
    {
        var now = _clock.GetUtcNow();
        var course = Next(Next(null, now, now, isBad: true), now.AddMinutes(5), now.AddMinutes(5), isBad: false);

        course = Next(course, now.AddDays(-2), now.AddDays(-2), isBad: false);
        course = Next(course, now.AddDays(-2).AddMinutes(9), now.AddDays(-2).AddMinutes(9), isBad: false);

        Assert.Equal(ProblemState.Open, course!.State);
    }

    private static ProblemCourse? Next(ProblemCourse? course, DateTimeOffset now, DateTimeOffset readAt, bool isBad) => ProblemLife.Next(course, 1, new()
    {
        Now = now,
        ReadAt = readAt,
        IsTold = true,
        Standing = isBad ? new(FindingIds.SmsExecutiveStopped, "Title", Severity.Critical, now.AddHours(-1), null) : null,
    }).After;
}

/// <summary>A batch whose dashboard's clock is set while its repairs run.</summary>
public sealed class BatchClockTests : BatchRepairSetup
{
    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task Repair_ClockIsSetWhileItRuns_IsFollowedToItsEnd(int days)
    {
        var servers = await AddServersAsync();
        First.Verbs.Start = Second.Verbs.Start = _ => Started(RepairState.Running);
        await using var circuit = await CircuitAsync(FleetOperator);
        var repairs = circuit.ServiceProvider.GetRequiredService<BatchRepairService>();
        var batch = await PlannedAsync(repairs, servers);
        await circuit.ServiceProvider.GetRequiredService<ConfirmationService>().ConfirmAsync(TestPeople.Password, TestContext.Current.CancellationToken);
        await repairs.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken);
        var running = (await UntilAsync(repairs, batch.Id, known => known.Servers.Any(item => item.RepairId is not null))).Servers.Single(item => item.RepairId is not null);

        // What a row says after the clock was set on: that it began days ago.
        var began = running.Since.AddDays(-days).UtcDateTime;
        await Host.ReadAsync(context => context.RepairBatchServers.Where(row => row.ServerId == running.ServerId).ExecuteUpdateAsync(update => update.SetProperty(row => row.Since, began), TestContext.Current.CancellationToken));
        await Host.Get<BatchRepairJob>().RunAsync(running.ServerId.ToString(System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);

        Assert.Equal(BatchServerState.Running, (await repairs.FindAsync(batch.Id, TestContext.Current.CancellationToken))!.Servers.Single(item => item.ServerId == running.ServerId).State);
    }

    /// <summary>How long it has been at its turn stands in its row: a restart doesn't give it its time anew, and only looks count.</summary>
    [Fact]
    public async Task Repair_ThatNeverEnds_GivesItsPlaceAfterSixHoursOfLooksAcrossARestart()
    {
        var servers = await AddServersAsync();
        First.Verbs.Start = _ => Started(RepairState.Running);
        First.Verbs.Get = request => Samples.Run(request.Id, RepairState.Running);
        string batch;
        await using (var circuit = await CircuitAsync(FleetOperator))
        {
            var repairs = circuit.ServiceProvider.GetRequiredService<BatchRepairService>();
            batch = (await PlannedAsync(repairs, [servers[0]])).Id;
            await repairs.StartAsync(batch, Purpose.None, TestContext.Current.CancellationToken);
            await UntilAsync(repairs, batch, known => known.Servers[0].RepairId is not null);
        }

        var before = await LooksAsync();
        await Host.Get<BatchRepairJob>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(before + 1, await LooksAsync());
        await Host.ReadAsync(context => context.RepairBatchServers.ExecuteUpdateAsync(update => update.SetProperty(row => row.Looks, BatchRepairJob.LongestRun), TestContext.Current.CancellationToken));
        await LookAsync();
        Assert.Equal(BatchServerState.Running, await StateAsync());

        await Host.DisposeAsync();
        Host = await TestDashboard.StartAsync(Folder);
        await Host.Get<Dashboard.Agents.FleetStartup>().WhenLoaded.WaitAsync(TestContext.Current.CancellationToken);
        await Host.ReadAsync(context => context.RepairBatchServers.ExecuteUpdateAsync(update => update.SetProperty(row => row.Looks, row => row.Looks + 1), TestContext.Current.CancellationToken));
        await LookAsync();

        Assert.Equal(BatchServerState.Failed, await StateAsync());

        Task LookAsync() => Host.Get<BatchRepairJob>().RunAsync(servers[0].ToString(System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);

        Task<int> LooksAsync() => Host.ReadAsync(context => context.RepairBatchServers.Select(row => row.Looks).SingleAsync(TestContext.Current.CancellationToken));

        Task<BatchServerState> StateAsync() => Host.ReadAsync(context => context.RepairBatchServers.Select(row => row.State).SingleAsync(TestContext.Current.CancellationToken));
    }
}

/// <summary>A clock that a person sets: the time of day jumps, what is measured goes on.</summary>
internal sealed class SetClock(DateTimeOffset? start = null) : FakeTimeProvider(start ?? Clock.Start)
{
    private TimeSpan _set;

    public void Set(TimeSpan by) => _set += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _set;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
