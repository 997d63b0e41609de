using System.Text.Json;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Cli;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Commands;

/// <summary>A hub in a thief's hands that asks and asks: the pace of the local policy holds, whatever the clock says, and keeps nobody on the server out.</summary>
public sealed class CommandPaceTests : IDisposable
{
    private readonly FakeServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task ControlPool_OverAndOver_IsCarriedOutSixTimesAnHourAndThenWaits()
    {
        await using var life = await BeginAsync();
        var thief = life.As(HubRequests.Hub(), _server);

        for (var number = 0; number < 6; number++)
        {
            await thief.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
        }

        for (var number = 0; number < 20; number++)
        {
            Assert.Equal(CommandFailure.Refused, await FailureAsync(() => thief.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token)));
        }

        Assert.Equal(6, _server.Iis.Done.Count(done => done == "recycle pool"));
        Assert.Equal("control-pool", Assert.Single(life.Approvals.All).Asked.Verb);
        Assert.Equal(6, AuditFiles.ReadEntries(_server.Folder).Count(entry => entry is { Verb: "control-pool", Outcome: "done" }));

        _server.Time.Advance(TimeSpan.FromMinutes(61));
        await thief.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
        Assert.Equal(7, _server.Iis.Done.Count(done => done == "recycle pool"));
    }

    [Fact]
    public async Task ControlPool_OfSeveralHubs_IsOnePaceForAll()
    {
        await using var life = await BeginAsync();
        var (first, second) = (life.As(HubRequests.Hub('a'), _server), life.As(HubRequests.Hub('b'), _server));
        for (var number = 0; number < 6; number++)
        {
            await (number % 2 == 0 ? first : second).ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
        }

        Assert.Equal(CommandFailure.Refused, await FailureAsync(() => first.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token)));
        Assert.Equal(CommandFailure.Refused, await FailureAsync(() => second.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token)));
    }

    [Fact]
    public async Task ControlPool_BySomeoneOnTheServer_IsNotLimited()
    {
        await using var life = await BeginAsync();

        for (var number = 0; number < 10; number++)
        {
            await life.Service.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
        }

        await life.As(HubRequests.Hub(), _server).ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
    }

    [Theory]
    [InlineData(ServiceNames.WorldWideWeb, 2)]
    [InlineData(ServiceNames.WsusService, 6)]
    public async Task ControlService_Restarts_AreCarriedOutAtThePaceOfTheirKind(string service, int expected)
    {
        await using var life = await BeginAsync();
        var thief = life.As(HubRequests.Hub(), _server);
        for (var number = 0; number < expected; number++)
        {
            await thief.ControlServiceAsync(service, ServiceVerbs.Restart, Token);
        }

        Assert.Equal(CommandFailure.Refused, await FailureAsync(() => thief.ControlServiceAsync(service, ServiceVerbs.Restart, Token)));
        Assert.Equal(expected, _server.Services.Accepted.Count(accepted => accepted == $"stop {service}"));
    }

    [Fact]
    public async Task Repairs_OfADay_AreFourAndTheFifthWaitsWhileUndoAndTheServerGoOn()
    {
        await using var life = await BeginAsync();
        var thief = life.As(HubRequests.Hub(), _server);
        Repair? undoable = null;
        for (var number = 0; number < 4; number++)
        {
            var run = await life.EndOfAsync((await thief.BeginAsync(number == 0 ? PlaybookCatalog.PoolOnlyId : PlaybookCatalog.SyncOnlyId)).Id);
            undoable ??= run.CanUndo ? run : null;
        }

        var waiting = await thief.BeginAsync(PlaybookCatalog.SyncOnlyId);
        Assert.Equal(RepairState.WaitingForApproval, waiting.State);

        await life.Approvals.DecideAsync(waiting.Approval!.Id, approve: true, "root", Token);
        Assert.Equal(RepairState.Succeeded, (await life.EndOfAsync(waiting.Id)).State);

        // Undo is never limited, nor is whoever is on the server.
        Assert.Equal(RepairState.Succeeded, (await life.EndOfAsync((await thief.UndoAsync(undoable!.Id, Token)).Id)).State);
        Assert.Equal(RepairState.Succeeded, (await life.RunAsync(PlaybookCatalog.SyncOnlyId)).State);
    }

    [Fact]
    public async Task Pace_AfterARestartOfTheAgent_IsTheSame()
    {
        await using (var life = await BeginAsync())
        {
            var hub = life.As(HubRequests.Hub(), _server);
            for (var number = 0; number < 6; number++)
            {
                await hub.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
            }
        }

        await using var next = await BeginAsync();
        Assert.Equal(CommandFailure.Refused, await FailureAsync(() => next.As(HubRequests.Hub(), _server).ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token)));
    }

    [Fact]
    public async Task Rate_OfThePolicy_IsTheOneInForce()
    {
        _server.WritePolicy("""{ "mode": "restart", "rate": { "poolCommandsPerHour": 1, "syncCommandsPerHour": 0 } }""");
        await using var life = await BeginAsync();
        var hub = life.As(HubRequests.Hub(), _server);

        await hub.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);

        Assert.Equal(CommandFailure.Refused, await FailureAsync(() => hub.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token)));
        Assert.Equal(CommandFailure.Refused, await FailureAsync(() => hub.StartSyncAsync(Token)));
        Assert.Equal(0, _server.Wsus.Starts);
    }

    [Fact]
    public async Task Allowances_CommandsAreCountedAndBecomeTooOld_SayWhatIsLeftAndWhenTheNextIsFree()
    {
        _server.WritePolicy("""{ "mode": "restart", "rate": { "poolCommandsPerHour": 2, "syncCommandsPerHour": 0 } }""");
        await using var life = await BeginAsync();
        var (hub, pace) = (life.As(HubRequests.Hub(), _server), life.Get<CommandPace>());
        var changes = 0;
        pace.Changed += () => changes++;
        Assert.Equal([PacedCommand.Repair, PacedCommand.Pool, PacedCommand.Service, PacedCommand.Sync, PacedCommand.IisRestart], pace.ReadAllowances().Select(allowance => allowance.Kind));
        Assert.Equal(new CommandAllowance(PacedCommand.Pool, 2, 0, 1, null), Of(pace, PacedCommand.Pool));
        Assert.Equal(new CommandAllowance(PacedCommand.Sync, 0, 0, 1, null), Of(pace, PacedCommand.Sync));
        Assert.True(Of(pace, PacedCommand.Sync).IsUsedUp);

        var first = _server.Time.GetUtcNow();
        await hub.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
        _server.Time.Advance(TimeSpan.FromMinutes(20));
        await hub.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);

        Assert.Equal(2, changes);
        Assert.Equal((2, true), (Of(pace, PacedCommand.Pool).Used, Of(pace, PacedCommand.Pool).IsUsedUp));
        Assert.InRange(Of(pace, PacedCommand.Pool).NextFreeAt!.Value, first.AddHours(1), first.AddHours(1).AddMinutes(1));
        Assert.Equal(0, Of(pace, PacedCommand.Repair).Used);

        // The same moment however often it is asked: a dashboard is told of changes only.
        var told = Of(pace, PacedCommand.Pool);
        _server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(told, Of(pace, PacedCommand.Pool));
        Assert.Equal(told, Of(new CommandPace(life.Get<Journal>(), life.Get<LocalPolicy>(), _server.Time), PacedCommand.Pool));

        _server.Time.Advance(told.NextFreeAt!.Value - _server.Time.GetUtcNow());
        Assert.Equal(new CommandAllowance(PacedCommand.Pool, 2, 1, 1, null), Of(pace, PacedCommand.Pool));
        await hub.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
    }

    [Fact]
    public async Task Allowances_LimitIsLowered_TheNextIsFreeOnceEnoughAreTooOld()
    {
        await using var life = await BeginAsync();
        var (hub, pace) = (life.As(HubRequests.Hub(), _server), life.Get<CommandPace>());
        for (var number = 0; number < 3; number++)
        {
            await hub.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
            _server.Time.Advance(TimeSpan.FromMinutes(10));
        }

        var last = _server.Time.GetUtcNow().AddMinutes(-10);
        _server.WritePolicy("""{ "mode": "restart", "rate": { "poolCommandsPerHour": 1 } }""");

        Assert.Equal((1, 3), (Of(pace, PacedCommand.Pool).Limit, Of(pace, PacedCommand.Pool).Used));
        Assert.InRange(Of(pace, PacedCommand.Pool).NextFreeAt!.Value, last.AddMinutes(59), last.AddMinutes(61));
    }

    [Fact]
    public async Task PolicyCommand_OverTheAgentsFile_ShowsWhatIsLeft()
    {
        await using (var life = await BeginAsync())
        {
            await life.As(HubRequests.Hub(), _server).ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
        }

        var command = new CommandRun { Time = _server.Time };
        Assert.Equal(0, await command.InvokeAsync("policy", "--json", "--data", _server.Folder));

        using var document = JsonDocument.Parse(command.Out);
        var pool = document.RootElement.GetProperty("allowances").EnumerateArray().Single(allowance => string.Equals(allowance.GetProperty("kind").GetString(), "pool", StringComparison.OrdinalIgnoreCase));
        Assert.Equal((6, 1), (pool.GetProperty("limit").GetInt32(), pool.GetProperty("used").GetInt32()));
        var text = new CommandRun { Time = _server.Time };
        Assert.Equal(0, await text.InvokeAsync("policy", "--data", _server.Folder));
        Assert.Contains(text.Out.Split('\n'), line => line.Contains("Pool", StringComparison.Ordinal) && line.Contains('6', StringComparison.Ordinal) && line.Contains("1 used", StringComparison.Ordinal));
    }

    [Fact]
    public void Clock_ThatIsSet_NeitherGivesNorTakesTime()
    {
        var clock = new SettableClock(new DateTimeOffset(2026, 11, 17, 6, 0, 0, TimeSpan.Zero));
        using var store = OpenStore();
        var pace = new PaceClock(clock);
        Assert.Equal(TimeSpan.Zero, pace.GoOn(store));

        clock.Set(clock.GetUtcNow().AddDays(2));
        Assert.Equal(TimeSpan.Zero, pace.GoOn(store));
        clock.Set(clock.GetUtcNow().AddDays(-4));
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.FromHours(1), pace.Read(store));
        Assert.Equal(TimeSpan.FromHours(1), new PaceClock(clock).GoOn(store));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(-3, 0)]
    public void Clock_AfterARestartOfTheServer_FillsTheGapAndNeverGoesBack(int hoursLater, int expectedHours)
    {
        var before = new SettableClock(new DateTimeOffset(2026, 11, 17, 6, 0, 0, TimeSpan.Zero));
        using var store = OpenStore();
        before.Advance(TimeSpan.FromDays(1));
        new PaceClock(before).GoOn(store);

        // Its monotonic clock begins anew.
        var after = new SettableClock(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        after.Set(before.GetUtcNow().AddHours(hoursLater));

        Assert.Equal(TimeSpan.FromHours(expectedHours), new PaceClock(after).Read(store));
    }

    private static CommandAllowance Of(CommandPace pace, PacedCommand kind) => pace.ReadAllowances().Single(allowance => allowance.Kind == kind);

    private static SqliteConnection OpenStore()
    {
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        connection.Execute(JournalSchema.Sql);
        return connection;
    }

    private static async Task<CommandFailure> FailureAsync(Func<Task> ask) => (await Assert.ThrowsAsync<CommandException>(ask)).Failure;

    private async Task<AgentLife> BeginAsync()
    {
        var life = await AgentLife.BeginAsync(_server);
        await life.UntilOpenAsync();
        return life;
    }
}
