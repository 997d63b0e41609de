using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Tests.Repairs.Commands;

/// <summary>A hub in a thief's hands against what all hubs and the server itself share: audit, approvals, keys, journal, the repairs of others.</summary>
public sealed class StolenHubTests : IDisposable
{
    private readonly FakeServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task RefusedCommands_AFlood_AreOneEntryAndNoneInTheChain()
    {
        _server.WritePolicy("""{ "mode": "restart", "allowedPools": [] }""");
        await using var life = await BeginAsync();
        var thief = life.As(HubRequests.Hub(), _server);

        for (var number = 0; number < 200; number++)
        {
            await RefusedAsync(() => thief.ControlPoolAsync("WsusPool", PoolVerbs.Stop, Token));
        }

        life.Get<AgentAudit>().Flush();
        Assert.Equal(200, Assert.Single(AuditRefusals.Read(_server.Folder)).Count);
        Assert.Empty(AuditFiles.ReadEntries(_server.Folder));
    }

    [Fact]
    public async Task RefusedCommands_OfAHubThatBearsTheNameOfAnother_AreItsOwn()
    {
        _server.WritePolicy("""{ "mode": "restart", "allowedPools": [] }""");
        await using var life = await BeginAsync();
        PairedHub[] hubs = [HubRequests.Hub('a'), HubRequests.Hub('b') with { Name = HubRequests.Hub('a').Name }];
        foreach (var hub in hubs)
        {
            await RefusedAsync(() => life.As(hub, _server).ControlPoolAsync("WsusPool", PoolVerbs.Stop, Token));
        }

        life.Get<AgentAudit>().Flush();
        Assert.Equal(hubs.Select(hub => hub.Id), AuditRefusals.Read(_server.Folder).Select(refusal => refusal.HubId).Order());
    }

    [Fact]
    public async Task RequestsWithNothingToDo_AFlood_AreNotInTheChain()
    {
        await using var life = await BeginAsync();
        var run = await life.RunAsync(PlaybookCatalog.SyncOnlyId);
        var before = AuditFiles.ReadEntries(_server.Folder).Count();
        var thief = life.As(HubRequests.Hub(), _server);

        for (var number = 0; number < 50; number++)
        {
            await thief.CancelAsync(run.Id, Token);
        }

        Assert.Equal(before, AuditFiles.ReadEntries(_server.Folder).Count());
    }

    [Fact]
    public async Task CarriedOutCommand_StandsInTheChainBeforeAndAfterIt()
    {
        await using var life = await BeginAsync();

        await life.As(HubRequests.Hub(), _server).ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);

        Assert.Equal([("asked", "Mallory", "hub a"), ("done", "Mallory", "hub a")], AuditFiles.ReadEntries(_server.Folder).Select(entry => (entry.Outcome, entry.Who, entry.Hub)));
        Assert.Empty(AuditRefusals.Read(_server.Folder));
    }

    [Fact]
    public async Task Command_WhereTheAuditCannotBeWritten_IsNotBegun()
    {
        await using var life = await BeginAsync();
        Directory.CreateDirectory(AuditFiles.Current(_server.Folder));

        var failure = await Assert.ThrowsAsync<CommandException>(() => life.Service.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token));

        Assert.Equal(CommandFailure.Unavailable, failure.Failure);
        Assert.Empty(_server.Iis.Done);
        Assert.Null(life.Gate.OccupiedBy);
    }

    [Fact]
    public async Task Approvals_FilledByOneHub_LeaveTheirPlacesToTheOthers()
    {
        _server.WritePolicy("""{ "mode": "apply-settings", "needsLocalApproval": true }""");
        await using var life = await BeginAsync();
        var (thief, other) = (life.As(HubRequests.Hub('a'), _server), life.As(HubRequests.Hub('b'), _server));
        for (var number = 0; number < PendingApprovals.MaximumWaitingOfHub; number++)
        {
            await thief.BeginAsync();
        }

        await RefusedAsync(() => thief.BeginAsync());
        Assert.Equal(RepairState.WaitingForApproval, (await other.BeginAsync()).State);
    }

    [Fact]
    public async Task StartsAndCancels_OverAndOver_LeaveFewRunsInTheJournal()
    {
        _server.WritePolicy("""{ "mode": "apply-settings", "needsLocalApproval": true }""");
        await using var life = await BeginAsync();
        var thief = life.As(HubRequests.Hub(), _server);

        for (var number = 0; number < 475; number++)
        {
            try
            {
                await thief.CancelAsync((await thief.BeginAsync()).Id, Token);
            }
            catch (CommandException exception) when (exception.Failure == CommandFailure.Refused)
            {
                // What must not fill the disk.
            }
        }

        Assert.InRange(CountRuns(), 1, PendingApprovals.MaximumPerHour);
        Assert.True(new FileInfo(Path.Combine(_server.Folder, "agent.db")).Length < 2 * 1024 * 1024);
    }

    [Fact]
    public async Task Withdraw_OfWhatAnotherHubAsked_LeavesItWaiting()
    {
        _server.WritePolicy("""{ "mode": "apply-settings", "needsLocalApproval": true }""");
        await using var life = await BeginAsync();
        var waiting = await life.As(HubRequests.Hub('a'), _server).BeginAsync();

        var answered = await life.As(HubRequests.Hub('b'), _server).CancelAsync(waiting.Id, Token);

        Assert.Equal(RepairState.WaitingForApproval, answered.State);
        Assert.Single(life.Approvals.All);
        Assert.Equal(RepairState.Cancelled, (await life.Service.CancelAsync(waiting.Id, Token)).State);
    }

    [Fact]
    public async Task Cancel_OfARepairThatBeganOnTheServer_IsRefusedToAHub()
    {
        await using var life = await BeginAsync();
        var held = Hold();
        var run = await life.StartAsync(PlaybookCatalog.PoolOnlyId);

        await RefusedAsync(() => life.As(HubRequests.Hub(), _server).CancelAsync(run.Id, Token));
        Assert.False(life.Service.Get(run.Id).CancelRequested);
        Assert.True((await life.Service.CancelAsync(run.Id, Token)).CancelRequested);
        held.SetResult();
        await life.EndOfAsync(run.Id);
    }

    [Fact]
    public async Task Cancel_OfARepairThatAHubBegan_IsDone()
    {
        await using var life = await BeginAsync();
        var held = Hold();
        var run = await life.As(HubRequests.Hub('a'), _server).BeginAsync();

        Assert.True((await life.As(HubRequests.Hub('b'), _server).CancelAsync(run.Id, Token)).CancelRequested);
        held.SetResult();
        await life.EndOfAsync(run.Id);
    }

    [Fact]
    public async Task Undo_OfARepairThatBeganOnTheServer_WaitsForAnApprovalThere()
    {
        await using var life = await BeginAsync();
        var before = _server.Iis.Settings;
        var run = await life.RunAsync(PlaybookCatalog.PoolOnlyId);
        var after = _server.Iis.Settings;
        Assert.NotEqual(before, after);
        var thief = life.As(HubRequests.Hub(), _server);

        foreach (var id in (string[])[RepairQueue.Latest, run.Id, RepairQueue.Undoable])
        {
            var waiting = await thief.UndoAsync(id, Token);
            Assert.Equal((RepairState.WaitingForApproval, run.Id), (waiting.State, waiting.UndoOf));
            Assert.Equal(RepairState.Cancelled, (await life.Service.CancelAsync(waiting.Id, Token)).State);
        }

        Assert.Equal((after, true), (_server.Iis.Settings, life.Service.Get(run.Id).CanUndo));
        Assert.DoesNotContain(AuditFiles.ReadEntries(_server.Folder), entry => entry.Verb == "undo-repair");

        var asked = await thief.UndoAsync(run.Id, Token);
        await life.Approvals.DecideAsync(asked.Approval!.Id, approve: true, "root", Token);
        Assert.Equal(RepairState.Succeeded, (await life.EndOfAsync(asked.Id)).State);
        Assert.Equal(before, _server.Iis.Settings);
    }

    [Fact]
    public async Task Undo_OfARepairThatAHubBegan_NeedsNobody()
    {
        await using var life = await BeginAsync();
        var run = await life.EndOfAsync((await life.As(HubRequests.Hub('a'), _server).BeginAsync()).Id);

        var undo = await life.EndOfAsync((await life.As(HubRequests.Hub('b'), _server).UndoAsync(run.Id, Token)).Id);

        Assert.Equal((RepairState.Succeeded, run.Id), (undo.State, undo.UndoOf));
    }

    [Fact]
    public async Task Keys_OfOneHub_DoNotUseUpThoseOfTheOthers()
    {
        await using var life = await BeginAsync();
        var hub = life.As(HubRequests.Hub('a'), _server);
        using (var store = _server.OpenStore())
        using (var transaction = store.BeginTransaction())
        {
            for (var number = 0; number < IdempotencyKeys.MaximumKeptOfHub; number++)
            {
                store.Execute(
                    "INSERT INTO command_key (hub, key, content, keep_until) VALUES ($hub, $key, '', $until)",
                    ("$hub", hub.Caller.Hub!.Id), ("$key", $"{number}"), ("$until", _server.Time.GetUtcNow().AddHours(1).UtcTicks));
            }

            transaction.Commit();
        }

        var full = await Assert.ThrowsAsync<CommandException>(() => hub.ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token));
        Assert.Equal(CommandFailure.Unavailable, full.Failure);
        await life.As(HubRequests.Hub('b'), _server).ControlPoolAsync("WsusPool", PoolVerbs.Recycle, Token);
    }

    [Fact]
    public async Task Journal_OfManyRuns_KeepsTheNewestAndThoseThatCanBeUndone()
    {
        await using var life = await BeginAsync();
        var undoable = await life.RunAsync(PlaybookCatalog.PoolOnlyId);
        var (journal, origin) = (life.Get<Journal>(), new CommandOrigin("", null, () => { }));
        for (var number = 0; number < Journal.MaximumKeptRuns + 20; number++)
        {
            // The clock goes back meanwhile: what is newest is told by the order.
            journal.TryCreate(undoable with { Id = Guid.NewGuid().ToString("N"), CanUndo = false, StartedAt = undoable.StartedAt.AddDays(-number) }, origin);
        }

        var newest = undoable with { Id = new string('f', 32), CanUndo = false, StartedAt = undoable.StartedAt.AddYears(-1) };
        journal.TryCreate(newest, origin);

        Assert.Equal(Journal.MaximumKeptRuns + 1, CountRuns());
        Assert.Equal((undoable.Id, newest.Id), (journal.FindUndoable()!.Id, journal.FindNewest()!.Id));
        Assert.NotNull(journal.FindSettings(undoable.Id));
        using var store = _server.OpenStore();
        Assert.Equal(Journal.MaximumKeptRuns + 1, store.Scalar<long>("SELECT COUNT(*) FROM repair_origin"));
    }

    [Fact]
    public async Task Journal_OfRequestsThatNeverBegan_KeepsWhatWasCarriedOut()
    {
        _server.WritePolicy("""{ "mode": "apply-settings", "needsLocalApproval": true }""");
        await using var life = await BeginAsync();
        var executed = await life.RunAsync(PlaybookCatalog.SyncOnlyId);
        var waiting = await life.As(HubRequests.Hub(), _server).BeginAsync(PlaybookCatalog.SyncOnlyId);
        await life.Approvals.DecideAsync(waiting.Approval!.Id, approve: true, "root", Token);
        var approved = await life.EndOfAsync(waiting.Id);
        var (journal, origin) = (life.Get<Journal>(), new CommandOrigin(new string('a', 32), null, () => { }));
        var last = "";
        for (var number = 0; number < Journal.MaximumKeptRuns + 100; number++)
        {
            var asked = waiting with { Id = last = Guid.NewGuid().ToString("N") };
            Assert.True(journal.TryCreate(asked, origin));
            journal.EndWaiting(asked, "Withdrawn.");
        }

        Assert.Equal((executed.Id, approved.Id, last), (journal.Find(executed.Id)?.Id, journal.Find(approved.Id)?.Id, journal.FindNewest()?.Id));
        Assert.Equal(Journal.MaximumKeptRequests + 2, CountRuns());
    }

    private static async Task RefusedAsync(Func<Task> ask) => Assert.Equal(CommandFailure.Refused, (await Assert.ThrowsAsync<CommandException>(ask)).Failure);

    /// <summary>Holds the next repair in its middle until the result is set.</summary>
    private TaskCompletionSource Hold()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.BeforeRefresh = token => _server.IsBusy ? held.Task.WaitAsync(token) : Task.CompletedTask;
        return held;
    }

    private long CountRuns()
    {
        using var store = _server.OpenStore();
        return store.Scalar<long>("SELECT COUNT(*) FROM repair_run");
    }

    private async Task<AgentLife> BeginAsync()
    {
        var life = await AgentLife.BeginAsync(_server);
        await life.UntilOpenAsync();
        return life;
    }
}
