using System.Diagnostics;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>
/// Agents that are killed again and again at any moment of their repairs, undos and rollbacks: afterwards a server is as it was before or as the repair says,
/// never between. Each place of each playbook, one by one, is the matter of the agent's own tests.
/// </summary>
public sealed class KilledAgentTests : IDisposable
{
    private const int LongestWaitMilliseconds = 4_000;
    private const int MostKillsOfOneRun = 6;

    /// <summary>Every server and every playbook; the short form has only the servers whose repairs take a minute, with the playbook that sets settings.</summary>
    private const int LongForm = 1_000;

    private static readonly Scenario[] Scenarios =
    [
        Scenario.StarvedPool, Scenario.PoolStopped, Scenario.NativeModule, Scenario.DriftedButWorking, Scenario.CompressionLibrary,
        Scenario.ExecutiveStopped, Scenario.WsusServiceStopped, Scenario.ServiceDisabled,
    ];

    private readonly TempFolder _folder = new();
    private int _kills;
    private int _repairs;
    private int _rollbacks;
    private int _undos;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(12)]
    [InlineData(LongForm, Explicit = true)]
    public async Task Agents_KilledAtAnyMoment_LeaveEachServerAsBeforeOrAsTheRepairSays(int kills)
    {
        var profiles = kills < LongForm ? Scenarios[..4] : Scenarios;
        await using var estate = await Estate.StartAsync(
            new() { Servers = profiles.Length, DataDirectory = _folder.Path, Profiles = [.. profiles.Select((scenario, index) => ModelBench.Profile(scenario) with { Name = $"BRN-WSUS{index:00}" })], Speed = 60 },
            cancellationToken: Token);
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, profiles.Length).Select(index => KillAsync(estate, index, kills)));

        TestContext.Current.TestOutputHelper?.WriteLine($"{_kills} kills, {_repairs} repairs, {_rollbacks} rolled back, {_undos} undone, {watch.Elapsed.TotalSeconds:0} s");
        Assert.True(_kills >= kills);
        Assert.True(_rollbacks > 0);
    }

    private async Task KillAsync(Estate estate, int index, int kills)
    {
        var random = new Random(4711 + index);
        using var server = new ServerApi(estate.Servers[index]);
        do
        {
            var playbook = kills < LongForm ? PlaybookCatalog.PoolOnlyId : PlaybookCatalog.All[random.Next(PlaybookCatalog.All.Count)].Id;
            var before = await ReadAsync(server);
            var includeRisky = random.Next(2) == 0;
            var id = await AskAsync(async () => await server.PlanAsync(playbook, includeRisky) is { Refusal: "" } plan ? await server.BeginAsync(plan) : null);
            if (id is null)
            {
                continue;
            }

            var run = await EndWithKillsAsync(estate, index, server, id, random, kills);
            Interlocked.Increment(ref _repairs);
            Interlocked.Add(ref _rollbacks, run.State == RunState.RolledBack ? 1 : 0);
            AssertWhole(run, before, await ReadAfterAsync(server, run));
            if (run.CanUndo && random.Next(2) == 0)
            {
                var undo = await EndWithKillsAsync(estate, index, server, await AskAsync(() => server.UndoAsync(run.Id)), random, kills);
                Interlocked.Increment(ref _undos);
                Assert.True(undo.State == RunState.Succeeded, Describe(undo));
                Assert.Equal(before.Iis.Value!.WsusPool!.Settings, (await ReadAfterAsync(server, undo)).Iis.Value!.WsusPool!.Settings);
            }
        }
        while (Volatile.Read(ref _kills) < kills);
    }

    private async Task<RepairRun> EndWithKillsAsync(Estate estate, int index, ServerApi server, string id, Random random, int kills)
    {
        for (var kill = 0; kill < MostKillsOfOneRun && Volatile.Read(ref _kills) < kills; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(LongestWaitMilliseconds)), TimeProvider.System, Token);
            if ((await AskAsync(() => server.FindAsync(id))).IsFinal)
            {
                break;
            }

            await estate.KillAgentAsync(index);
            await estate.StartAgentAsync(index, Token);
            Interlocked.Increment(ref _kills);
        }

        // Two steps wait five minutes for a WSUS that does not answer.
        return await Eventually.Async(() => AskAsync(() => server.FindAsync(id)), run => run.IsFinal, TimeSpan.FromMinutes(15));
    }

    /// <summary>The journal says which of both it is: what can be undone is in force, all of it; else nothing of it is.</summary>
    private static void AssertWhole(RepairRun run, Snapshot before, Snapshot after)
    {
        var (old, now) = (before.Iis.Value!.WsusPool!.Settings, after.Iis.Value!.WsusPool!.Settings);
        var changes = run.Changes.Where(change => PoolSettingCatalog.Find(change.Setting) is not null).ToList();
        Assert.All(changes, change => Assert.True(PoolSettingCatalog.Find(change.Setting)!.Read(now) == (run.CanUndo ? change.After : change.Before), $"{change.Setting} is {PoolSettingCatalog.Find(change.Setting)!.Read(now)} after {Describe(run)}"));
        if (changes.Count == 0 || !run.CanUndo)
        {
            Assert.True(old == now, Describe(run));
        }

        Assert.True(run.Steps.All(step => step.State is not (StepState.Running or StepState.Waiting)), Describe(run));
        Assert.True(run.State is not RunState.Succeeded || run.Steps.All(step => step.State is StepState.Done or StepState.Skipped), Describe(run));
    }

    private static Task<Snapshot> ReadAsync(ServerApi server) => ReadSinceAsync(server, DateTimeOffset.MinValue);

    private static Task<Snapshot> ReadAfterAsync(ServerApi server, RepairRun run) => ReadSinceAsync(server, run.EndedAt!.Value);

    private static Task<Snapshot> ReadSinceAsync(ServerApi server, DateTimeOffset at) =>
        Eventually.Async(() => AskAsync(server.SnapshotAsync), snapshot => snapshot.Iis is { Status: SectionStatus.Ok, Value.WsusPool: not null, ReadAt: { } readAt } && readAt >= at);

    /// <summary>An agent that has just been started is not there at once.</summary>
    private static Task<T> AskAsync<T>(Func<Task<T>> ask) => Eventually.Async(ask, _ => true);

    private static string Describe(RepairRun run) =>
        $"{run.Playbook} {run.State}: {string.Join(", ", run.Steps.Select(step => $"{step.Kind} {step.State} ({step.Attempts}) {(step.State == StepState.Failed ? step.Message : "")}"))}";
}
