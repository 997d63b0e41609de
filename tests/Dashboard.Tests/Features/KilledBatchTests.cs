using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>A dashboard that is killed again and again while it repairs batches, and the next one over the same database each time.</summary>
public sealed class KilledBatchTests : IAsyncLifetime
{
    private const int Kills = 50;

    private readonly TempFolder _folder = new();
    private readonly Random _random = new(4711);
    private readonly List<RepairingAgent> _agents = [];
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dashboard = await StartAsync();
        for (var i = 1; i <= 3; i++)
        {
            var agent = await RepairingAgent.StartAsync();
            _agents.Add(agent);
            await _dashboard.AddServerAsync(agent.Address, $"BRN-{i}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        foreach (var agent in _agents)
        {
            await agent.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Batches_DashboardKilledFiftyTimes_EachServerIsStartedOnceABatchAndNoRowStaysOpen()
    {
        var (kills, batches, watch) = (0, 0, Stopwatch.StartNew());
        while (kills < Kills)
        {
            batches++;
            var id = await PlanAsync();
            var isStarted = false;
            while (true)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
                limit.CancelAfter(Eventually.Limit);
                var moment = kills < Kills ? ChooseMomentAsync(limit.Token) : Task.Delay(Timeout.Infinite, limit.Token);
                var done = UntilAsync(id, isStarted ? batch => batch.HasEnded : batch => !batch.IsPlanning, limit.Token);
                if (await Task.WhenAny(moment, done) == moment)
                {
                    await _dashboard.KillAsync();
                    kills++;
                    await limit.CancelAsync();
                    _agents.ForEach(agent => agent.Answer());
                    await done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                    _dashboard = await StartAsync();
                    continue;
                }

                await done;
                _agents.ForEach(agent => agent.Answer());
                if (isStarted)
                {
                    break;
                }

                isStarted = true;
                await using var scope = _dashboard.Services.CreateOwnScope();
                Assert.True((await scope.ServiceProvider.GetRequiredService<BatchRepairService>().StartAsync(id, new("night", "CHG-7"), Token)).IsSuccess);
            }
        }

        var rows = await _dashboard.ReadAsync(context => context.RepairBatchServers.ToListAsync(Token));
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {batches} batches, {_agents.Sum(agent => agent.Requests)} requests to start, {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(Kills, kills);
        Assert.Equal(batches * _agents.Count, rows.Count);
        Assert.All(rows, row => Assert.Equal((BatchServerState.Succeeded, "full-repair"), (row.State, row.Playbook)));
        Assert.All(_agents, agent => Assert.Equal(batches, agent.Begun.Count));
        Assert.Equal(_agents.SelectMany(agent => agent.Begun).Order(), rows.Select(row => row.RepairId).Order());

        // Otherwise no kill came between a start and its answer, and nothing was proven.
        Assert.True(_agents.Sum(agent => agent.Requests) > rows.Count);
    }

    private async Task<string> PlanAsync()
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var servers = await _dashboard.ReadAsync(context => context.Servers.Select(server => server.Id).ToListAsync(Token));
        var planned = await scope.ServiceProvider.GetRequiredService<BatchRepairService>().PlanAsync(servers, "full-repair", null, Token);
        Assert.True(planned.IsSuccess, planned.Failure?.Message);
        return planned.Value.Id;
    }

    private async Task UntilAsync(string id, Func<RepairBatch, bool> condition, CancellationToken cancellationToken)
    {
        await foreach (var batch in _dashboard.Get<BatchRepairStore>().WatchAsync(id, cancellationToken))
        {
            if (condition(batch))
            {
                return;
            }
        }
    }

    /// <summary>When the next kill comes: at any time, or when an agent has begun a repair and its answer is still on the way.</summary>
    private Task ChooseMomentAsync(CancellationToken cancellationToken) => _random.Next(2) == 0
        ? Task.Delay(_random.Next(150), cancellationToken)
        : Task.WhenAny(_agents[_random.Next(_agents.Count)].HoldNextAnswer(), Task.Delay(400, cancellationToken));

    private Task<TestDashboard> StartAsync() => TestDashboard.StartAsync(_folder, options => options.RepairsAtOnce = 2);

    /// <summary>An agent that keeps to the contract: the same key begins one repair, which ends by itself, and each event is sent to a hub until it has it.</summary>
    private sealed class RepairingAgent : IAsyncDisposable
    {
        private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(20);

        private readonly FakeAgent _agent;
        private readonly CancellationTokenSource _gone = new();
        private readonly Lock _lock = new();
        private readonly Dictionary<string, Repair> _byKey = [];
        private readonly List<Shared.AgentEvent> _events = [];
        private readonly Task _watching;
        private FakeWatch? _watch;
        private TaskCompletionSource? _isHeld;
        private ManualResetEventSlim? _answer;

        private RepairingAgent(FakeAgent agent)
        {
            _agent = agent;
            agent.Verbs.Plan = _ => Samples.Plan("f1") with { Id = Guid.NewGuid().ToString("N") };
            agent.Verbs.Start = Start;
            _watching = WatchAsync();
        }

        public string Address => _agent.Address;

        /// <summary>The repairs that it began.</summary>
        public ConcurrentQueue<string> Begun { get; } = [];

        public int Requests { get; private set; }

        public static async Task<RepairingAgent> StartAsync() => new(await FakeAgent.StartAsync());

        /// <summary>Ends when the next start was carried out; its answer waits for <see cref="Answer"/>.</summary>
        public Task HoldNextAnswer()
        {
            lock (_lock)
            {
                _answer = new();
                _isHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return _isHeld.Task;
            }
        }

        public void Answer()
        {
            lock (_lock)
            {
                _answer?.Set();
                _answer = null;
                _isHeld = null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _gone.CancelAsync();
            await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _agent.DisposeAsync();
            _gone.Dispose();
        }

        private Repair Start(Shared.Contract.V1.StartRepairRequest request)
        {
            Repair run;
            ManualResetEventSlim? answer;
            lock (_lock)
            {
                Requests++;
                if (!_byKey.TryGetValue(request.Context.IdempotencyKey, out run!))
                {
                    run = Samples.Run(Guid.NewGuid().ToString("N"));
                    _byKey[request.Context.IdempotencyKey] = run;
                    Begun.Enqueue(run.Id);
                    Tell(run);
                    _ = EndAsync(request.Context.IdempotencyKey);
                }

                answer = _answer;
                _isHeld?.TrySetResult();
            }

            answer?.Wait(_gone.Token);
            return run;
        }

        private async Task EndAsync(string key)
        {
            await Task.Delay(Length, _gone.Token);
            lock (_lock)
            {
                _byKey[key] = _byKey[key] with { State = RepairState.Succeeded, Revision = 9, EndedAt = TimeProvider.System.GetUtcNow() };
                Tell(_byKey[key]);
            }
        }

        private void Tell(Repair run)
        {
            _events.Add(new() { Sequence = _events.Count + 1, At = Clock.Start, Repair = run });
            _watch?.Send(_events[^1]);
        }

        private async Task WatchAsync()
        {
            while (!_gone.IsCancellationRequested)
            {
                var watch = await _agent.WaitForWatchAsync(_gone.Token);
                lock (_lock)
                {
                    watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
                    foreach (var missed in _events.Where(told => told.Sequence > watch.Request.AfterSequence))
                    {
                        watch.Send(missed);
                    }

                    _watch = watch;
                }
            }
        }
    }
}
