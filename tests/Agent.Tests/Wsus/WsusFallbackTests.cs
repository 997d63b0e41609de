using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Wsus;

/// <summary>WSUS does not answer: what its database still tells, and what the snapshot says about it.</summary>
public sealed class WsusFallbackTests : IDisposable
{
    private static readonly Guid RunId = new("11111111-2222-3333-4444-555555555555");

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();
    private readonly ScriptedWsus _wsus = ScriptedWsus.Healthy();
    private readonly WsusTransport _transport;
    private readonly AgentStore _store;
    private readonly WsusCountsReader _counts;
    private readonly WsusCollector _collector;

    public WsusFallbackTests()
    {
        var options = new AgentOptions { DataDirectory = _folder.Path };
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 8530;
        _edges.Values[(WsusRegistry.SetupKey, "SqlServerName")] = "MICROSOFT##WID";
        var registry = new WsusRegistry(_edges, options);
        _transport = new WsusTransport(_wsus, _time);
        _store = new AgentStore(options, _time, NullLogger<AgentStore>.Instance);
        var client = new WsusClient(registry, _transport, _time);
        var susdb = new SusdbReader(registry, _edges);
        _counts = new WsusCountsReader(client, susdb, options, _time);
        _collector = new WsusCollector(client, registry, _counts, new WsusHistoryReader(client, susdb, _store, _time), new SusdbSizeReader(registry, _edges, _time), _store, options, _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _counts.Dispose();
        _store.Dispose();
        _transport.Dispose();
        _wsus.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task CollectAsync_PoolStopped_TakesHistoryAndCountsFromSusdbAndSaysSo()
    {
        StopPool();
        AnswerFromSusdb(Start(5), End(384, 20));

        var reading = await _collector.CollectAsync(ReadDepth.Scheduled, Token);

        Assert.Equal((SectionStatus.Unreadable, ReadFailure.Unavailable), (reading.Status, reading.Failure));
        Assert.Contains("history and counts come from SUSDB", reading.Error, StringComparison.Ordinal);
        var state = Assert.IsType<WsusState>(reading.Value);
        Assert.Equal(new WsusCounts { Updates = 14_000, Declined = 1_500, Computers = 320 }, state.Counts);
        Assert.Equal((WsusSource.Database, WsusSource.Database), (state.CountsSource, state.HistorySource));
        Assert.Equal(_time.GetUtcNow(), state.CountsReadAt);
        Assert.Equal(SyncResult.Succeeded, Assert.Single(_store.ReadNewestRuns(SyncSource.Wsus, 10)).Result);
    }

    [Fact]
    public async Task CollectAsync_PoolStoppedAndWidNotReachable_SaysBothAndKeepsTheLastValues()
    {
        await _collector.CollectAsync(ReadDepth.Scheduled, Token);
        StopPool();
        _edges.Susdb = _ => throw new EdgeException(ReadFailure.Unavailable, "SUSDB at the pipe cannot be reached: (SQL error 2).");

        var reading = await _collector.CollectAsync(ReadDepth.Everything, Token);

        Assert.Equal(SectionStatus.Unreadable, reading.Status);
        Assert.Contains("HTTP 503", reading.Error, StringComparison.Ordinal);
        Assert.Contains("SQL error 2", reading.Error, StringComparison.Ordinal);
        var state = Assert.IsType<WsusState>(reading.Value);
        Assert.Equal((12480, WsusSource.AdministrationService), (state.Counts?.Updates, state.CountsSource));
        Assert.Contains("SQL error 2", state.CountsProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CollectAsync_NeitherEverAnswered_HasNoValue()
    {
        StopPool();

        var reading = await _collector.CollectAsync(ReadDepth.Scheduled, Token);

        Assert.Equal(SectionStatus.Unreadable, reading.Status);
        Assert.Null(reading.Value);
        Assert.DoesNotContain("SUSDB", reading.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CollectAsync_WsusAnswersAgain_CountsAtOnceAndKeepsEachRunOnce()
    {
        StopPool();
        AnswerFromSusdb(Start(5), End(384, 20));
        await _collector.CollectAsync(ReadDepth.Scheduled, Token);
        _wsus.Everything = null;
        _wsus.SetHistory(ScriptedWsus.Event(RunId, 382, "2026-01-05T05:05:00") + ScriptedWsus.Event(Guid.NewGuid(), 384, "2026-01-05T05:20:00"));
        _time.Advance(TimeSpan.FromMinutes(1));

        var state = Assert.IsType<WsusState>((await _collector.CollectAsync(ReadDepth.Scheduled, Token)).Value);

        Assert.Equal((12480, WsusSource.AdministrationService, ""), (state.Counts?.Updates, state.CountsSource, state.CountsProblem));
        Assert.Equal(WsusSource.AdministrationService, state.HistorySource);
        Assert.Single(_store.ReadNewestRuns(SyncSource.Wsus, 10));
        Assert.Equal(1, _store.LastSequence);
    }

    [Fact]
    public async Task CollectAsync_SyncEndsWhileWsusIsSilent_IsNoLongerShownAsRunning()
    {
        _wsus.SetState(3);
        _wsus.SetHistory(ScriptedWsus.Event(RunId, 382, "2026-01-05T05:05:00"));
        Assert.True(Assert.IsType<WsusState>((await _collector.CollectAsync(ReadDepth.Scheduled, Token)).Value).IsSynchronizing);
        StopPool();
        AnswerFromSusdb(Start(5));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Assert.IsType<WsusState>((await _collector.CollectAsync(ReadDepth.Scheduled, Token)).Value).IsSynchronizing);
        AnswerFromSusdb(Start(5), End(387, 30));
        _time.Advance(TimeSpan.FromMinutes(1));

        var state = Assert.IsType<WsusState>((await _collector.CollectAsync(ReadDepth.Scheduled, Token)).Value);

        Assert.False(state.IsSynchronizing);
        Assert.Equal(SyncResult.Cancelled, Assert.Single(_store.ReadNewestRuns(SyncSource.Wsus, 10)).Result);
    }

    [Fact]
    public async Task CollectAsync_StartThatWasCutOff_StaysSoWhileWsusIsSilent()
    {
        _wsus.SetHistory(ScriptedWsus.Event(RunId, 382, "2026-01-05T05:05:00"));
        await _collector.CollectAsync(ReadDepth.Scheduled, Token);
        StopPool();
        AnswerFromSusdb(Start(5));

        await _collector.CollectAsync(ReadDepth.Everything, Token);

        Assert.Equal(SyncResult.Unknown, Assert.Single(_store.ReadNewestRuns(SyncSource.Wsus, 10)).Result);
    }

    [Fact]
    public async Task CollectAsync_OnlyTheCountFails_KeepsTheSectionAndCountsFromSusdb()
    {
        _wsus.Answer("ExecuteSPGetUpdateServerStatus", "<ExecuteSPGetUpdateServerStatusResult />");
        AnswerFromSusdb();

        var reading = await _collector.CollectAsync(ReadDepth.Scheduled, Token);

        Assert.Equal(SectionStatus.Ok, reading.Status);
        var state = Assert.IsType<WsusState>(reading.Value);
        Assert.Equal((14_000, WsusSource.Database), (state.Counts?.Updates, state.CountsSource));
        Assert.Contains("column 0", state.CountsProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CollectAsync_CountTakesLong_DoesNotHoldUpTheState()
    {
        var release = new TaskCompletionSource();
        _edges.Susdb = _ => throw new EdgeException(ReadFailure.OnlyOnWindows, "");
        _wsus.Delay("ExecuteSPGetUpdateServerStatus", release.Task);
        var first = _collector.CollectAsync(ReadDepth.Scheduled, Token);
        await _wsus.WaitUntilAskedAsync("ExecuteSPGetUpdateServerStatus", Token);
        while (!first.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(6));
            await Task.Yield();
        }

        Assert.Null(Assert.IsType<WsusState>((await first).Value).Counts);
        release.SetResult();
        var second = Assert.IsType<WsusState>((await _collector.CollectAsync(ReadDepth.Scheduled, Token)).Value);

        Assert.Equal(12480, second.Counts?.Updates);
        Assert.Single(_wsus.Asked, operation => operation == "ExecuteSPGetUpdateServerStatus");
    }

    [Fact]
    public async Task CollectAsync_ClockSetBackAfterARunInTheFuture_StillFindsNewRuns()
    {
        _wsus.SetHistory(ScriptedWsus.Event(RunId, 382, "2027-06-01T05:05:00") + ScriptedWsus.Event(Guid.NewGuid(), 384, "2027-06-01T05:20:00"));
        await _collector.CollectAsync(ReadDepth.Scheduled, Token);
        StopPool();
        AnswerFromSusdb();

        await _collector.CollectAsync(ReadDepth.Everything, Token);

        Assert.True(_edges.SusdbQueries.First(query => query.Statement == SusdbStatement.History).Since < _time.GetUtcNow());
    }

    private static IReadOnlyList<object?> Start(int minute) => [RunId, 382, new DateTime(2026, 1, 5, 5, minute, 0), 0, null];

    private static IReadOnlyList<object?> End(int eventId, int minute) => [Guid.NewGuid(), eventId, new DateTime(2026, 1, 5, 5, minute, 0), 0, null];

    private void StopPool() => _wsus.Everything = _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));

    private void AnswerFromSusdb(params IReadOnlyList<object?>[] events) => _edges.Susdb = statement =>
        statement == SusdbStatement.History ? events
        : statement == SusdbStatement.UpdateCounts ? [[14_000L, 1_500L]]
        : [[320L]];
}
