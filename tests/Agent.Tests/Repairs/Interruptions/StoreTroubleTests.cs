using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Interruptions;

/// <summary>The agent's store lost, or its disk full: what can be undone still can, and settings that harm clients are restored all the same.</summary>
public sealed class StoreTroubleTests : IDisposable
{
    private readonly FakeServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string UndoFolder => Path.Combine(_server.Folder, UndoFiles.FolderName);

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Undo_AfterTheStoreWasLost_RestoresWhatTheRunSaved()
    {
        var before = _server.Iis.Settings;
        Repair run;
        await using (var life = await AgentLife.BeginAsync(_server))
        {
            run = await life.RunAsync(PlaybookCatalog.PoolOnlyId);
        }

        LoseStore();
        await using var next = await AgentLife.BeginAsync(_server);
        await next.UntilOpenAsync();

        Assert.Equal((run.State, true), (next.Service.Get(run.Id).State, next.Service.Get(run.Id).CanUndo));
        Assert.Equal(RepairState.Succeeded, (await next.UndoAsync(run.Id)).State);
        Assert.Equal(before, _server.Iis.Settings);
        Assert.Empty(Directory.GetFiles(UndoFolder));
    }

    [Fact]
    public async Task Undo_OfARepairWhoseStoreWasLostInItsMiddle_RestoresWhatItSaved()
    {
        var before = _server.Iis.Settings;
        var id = await EndInTheMiddleAsync("before stop pool");
        Assert.NotEqual(before, _server.Iis.Settings);

        LoseStore();
        await using var next = await AgentLife.BeginAsync(_server);
        await next.UntilOpenAsync();

        var run = next.Service.Get(id);
        Assert.Equal((RepairState.Failed, true), (run.State, run.CanUndo));
        Assert.DoesNotContain(run.Steps, step => step.State is StepState.Running or StepState.Waiting);
        Assert.Equal(RepairState.Succeeded, (await next.UndoAsync(id)).State);
        Assert.Equal(before, _server.Iis.Settings);
    }

    [Theory]
    [InlineData(PlaybookCatalog.PoolOnlyId, true)]
    [InlineData(PlaybookCatalog.PoolOnlyId, false)]
    [InlineData(PlaybookCatalog.RestartServicesId, true)]
    [InlineData(PlaybookCatalog.RestartServicesId, false)]
    public async Task StoreLostAfterAStop_WhatTheAgentHadStopped_RunsAgain(string playbook, bool isDamaged)
    {
        var isPool = playbook == PlaybookCatalog.PoolOnlyId;
        var id = await EndInTheMiddleAsync(isPool ? "after stop pool" : $"after stop {ServiceNames.SmsExecutive}", playbook);
        _server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((isPool, !isPool), (_server.Iis.State == ObjectState.Stopped, _server.Services.StateOf(ServiceNames.SmsExecutive) == ServiceState.Stopped));

        LoseStore(isDamaged);
        await using var next = await AgentLife.BeginAsync(_server);
        await next.UntilOpenAsync();
        await next.OwedStarts.LookAsync(Token);

        Assert.Equal((ObjectState.Started, ServiceState.Running), (_server.Iis.State, _server.Services.StateOf(ServiceNames.SmsExecutive)));
        Assert.Contains(AuditFiles.ReadEntries(_server.Folder), entry => entry.Outcome == "done" && entry.What == (isPool ? FakeIis.PoolName : ServiceNames.SmsExecutive));
        if (isPool)
        {
            Assert.Contains(next.Service.Get(id).Steps, step => step is { State: StepState.Failed } && step.Message.Contains(FakeIis.PoolName, StringComparison.Ordinal));
        }

        await next.OwedStarts.LookAsync(Token);
        Assert.Empty(next.Get<OwedStarts>().Read());
        await using var third = await AgentLife.BeginAsync(_server);
        Assert.Empty(third.Get<OwedStarts>().Read());
    }

    [Theory]
    [InlineData("[null, { \"kind\": 77, \"name\": \"x\", \"why\": \"y\" }, { \"kind\": \"Pool\" }]")]
    [InlineData("[{ \"kind\"")]
    public async Task OwedFile_ThatIsDamaged_KeepsTheAgentFromNothing(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_server.Folder, OwedStartFile.FileName), text, Token);

        await using var life = await AgentLife.BeginAsync(_server);

        Assert.Equal(RepairState.Succeeded, (await life.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
        Assert.Empty(life.Get<OwedStarts>().Read());
    }

    [Fact]
    public async Task Restart_WhereItsStartCannotBeKept_StopsNothing()
    {
        Directory.CreateDirectory(Path.Combine(_server.Folder, OwedStartFile.FileName));
        await using var life = await AgentLife.BeginAsync(_server);

        Assert.Equal(RepairState.Failed, (await life.RunAsync(PlaybookCatalog.RestartServicesId)).State);
        var failure = await Assert.ThrowsAsync<CommandException>(() => life.Service.ControlServiceAsync(ServiceNames.WsusService, ServiceVerbs.Restart, Token));

        Assert.Equal(CommandFailure.Unavailable, failure.Failure);
        Assert.DoesNotContain(_server.Services.Accepted, accepted => accepted.StartsWith("stop ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Undo_FilesOfRunsThatCannotBeUndone_AreNotKept()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        var run = await life.RunAsync(PlaybookCatalog.PoolOnlyId);
        Assert.Single(Directory.GetFiles(UndoFolder), path => Path.GetFileNameWithoutExtension(path) == run.Id);

        await life.UndoAsync(run.Id);

        Assert.Empty(Directory.GetFiles(UndoFolder));
    }

    [Fact]
    public async Task Undo_FileThatIsDamaged_KeepsTheAgentFromNothing()
    {
        Directory.CreateDirectory(UndoFolder);
        await File.WriteAllTextAsync(Path.Combine(UndoFolder, "0197.json"), "{ \"run\":", Token);

        await using var life = await AgentLife.BeginAsync(_server);

        Assert.Equal(RepairState.Succeeded, (await life.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
    }

    [Fact]
    public async Task Apply_WhereUndoDataCannotBeKept_ChangesNothing()
    {
        var before = _server.Iis.Settings;
        await File.WriteAllTextAsync(UndoFolder, "in the way", Token);
        await using var life = await AgentLife.BeginAsync(_server);

        var run = await life.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Failed, false), (run.State, run.CanUndo));
        Assert.Equal(before, _server.Iis.Settings);
        Assert.Empty(_server.Iis.Done);
    }

    [Fact]
    public async Task Rollback_WhileTheDiskIsFull_GoesOnAndIsWrittenLater()
    {
        var before = _server.Iis.Settings;
        _server.Answer = (endpoint, settings) => settings.PrivateMemoryKilobytes == 0 ? FakeServer.Answers(500, 19) : FakeServer.Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200);
        _server.WhileAsked = settings =>
        {
            _server.IsDiskFull |= settings.PrivateMemoryKilobytes == 0;
            return Task.CompletedTask;
        };
        await using var life = await AgentLife.BeginAsync(_server);
        var id = (await life.StartAsync(PlaybookCatalog.PoolOnlyId)).Id;

        while (_server.Iis.Done.Count(done => done == "start pool") < 2)
        {
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }

        // The disk is still full: only the end of the run waits for it.
        Assert.True(_server.IsDiskFull);
        Assert.Equal(before, _server.Iis.Settings);
        Assert.NotNull(life.Gate.OccupiedBy);
        _server.IsDiskFull = false;
        Assert.Equal(RepairState.RolledBack, (await life.EndOfAsync(id)).State);
    }

    [Fact]
    public async Task Start_WhileTheDiskIsFull_SaysSoAndReadingGoesOn()
    {
        await using var life = await AgentLife.BeginAsync(_server);
        await life.UntilOpenAsync();
        var run = await life.RunAsync(PlaybookCatalog.SyncOnlyId);
        var plan = await life.Service.PlanAsync(PlaybookCatalog.PoolOnlyId, "guide", Token);
        _server.IsDiskFull = true;

        var failure = await Assert.ThrowsAsync<CommandException>(() => life.Service.StartAsync(AgentLife.Request(plan), Token));

        Assert.Equal(CommandFailure.Unavailable, failure.Failure);
        Assert.Equal(run.Id, life.Service.Get(run.Id).Id);
        Assert.Null(life.Gate.OccupiedBy);
        Assert.NotNull(await life.Service.PlanAsync(PlaybookCatalog.PoolOnlyId, "guide", Token));
    }

    private async Task<string> EndInTheMiddleAsync(string place, string playbook = PlaybookCatalog.PoolOnlyId)
    {
        using var other = new FakeServer();
        await using (var whole = await AgentLife.BeginAsync(other))
        {
            await whole.RunAsync(playbook);
        }

        await using var life = await AgentLife.BeginAsync(_server, other.Crash.Passed.IndexOf(place));
        var id = (await life.StartAsync(playbook)).Id;
        await _server.Ended.ReadAsync(Token);
        return id;
    }

    private void LoseStore(bool isDamaged = false)
    {
        var path = Path.Combine(_server.Folder, "agent.db");
        if (isDamaged)
        {
            File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)'x', 8_192)]);
            using var store = new AgentStore(new AgentOptions { DataDirectory = _server.Folder }, _server.Time, NullLogger<AgentStore>.Instance);
            return;
        }

        foreach (var file in Directory.GetFiles(_server.Folder, "agent.db*"))
        {
            File.Delete(file);
        }
    }
}
