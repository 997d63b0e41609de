using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Wsus;

public sealed class WsusCollectorTests : IDisposable
{
    private const string CountsOperation = "ExecuteSPGetUpdateServerStatus";

    private static readonly Guid RunId = Guid.Parse("11111111-2222-3333-4444-555555555555");

    private readonly TempFolder _folder = new();
    private readonly SettableClock _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();
    private readonly ScriptedWsus _wsus = ScriptedWsus.Healthy();
    private readonly WsusTransport _transport;
    private readonly AgentStore _store;
    private readonly WsusCountsReader _counts;
    private readonly WsusCollector _collector;

    public WsusCollectorTests()
    {
        var options = new AgentOptions { DataDirectory = _folder.Path };
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 8530;
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
    public async Task CollectAsync_Healthy_ReadsAllThatWsusSays()
    {
        var state = await ReadAsync();

        Assert.Equal(SubscriptionState.NotRunning, state.SubscriptionState);
        Assert.Equal("10.0.20348.1", state.Version);
        Assert.Equal("UP01", state.Source);
        Assert.True(state is { IsReplica: true, UsesProxy: true, ProxyName: "proxy", Port: 8530, UsesTls: false });
        Assert.Equal(new DateTimeOffset(2026, 1, 6, 2, 0, 0, TimeSpan.Zero), state.NextSyncAt);
        Assert.Equal(12480, state.Counts?.Updates);
        Assert.Equal(14, state.Counts?.Approved);
        Assert.Null(state.Progress);
    }

    [Fact]
    public async Task CollectAsync_NotInstalled_IsAState()
    {
        _edges.Values.Clear();

        Assert.Equal(SectionStatus.NotInstalled, (await _collector.CollectAsync(ReadDepth.Scheduled, Token)).Status);
        Assert.Empty(_wsus.Asked);
    }

    [Fact]
    public async Task CollectAsync_Idle_CountsRarely()
    {
        await ReadAsync();
        await ReadAsync();
        _time.Advance(TimeSpan.FromMinutes(11));
        await ReadAsync();

        Assert.Equal(2, _wsus.Asked.Count(operation => operation == CountsOperation));
    }

    [Fact]
    public async Task CollectAsync_SyncEnds_CountsAtOnceAndKeepsTheRun()
    {
        await ReadAsync();
        _wsus.SetState(3);
        _wsus.SetHistory(ScriptedWsus.Event(RunId, 382, "2026-01-05T05:59:00"));
        var running = await ReadAsync();
        _wsus.SetState(1);
        _wsus.SetCounts(12600);
        _wsus.SetHistory(ScriptedWsus.Event(RunId, 382, "2026-01-05T05:59:00") + ScriptedWsus.Event(Guid.NewGuid(), 384, "2026-01-05T06:04:00"));
        var ended = await ReadAsync();

        Assert.Equal(new SyncProgress(SyncPhase.Updates, 1500, 6000, new DateTimeOffset(2026, 1, 5, 5, 59, 0, TimeSpan.Zero)), running.Progress);
        Assert.Equal(12480, running.Counts?.Updates);
        Assert.Equal(12600, ended.Counts?.Updates);
        var run = Assert.Single(_store.ReadNewestRuns(SyncSource.Wsus, 10));
        Assert.Equal(SyncResult.Succeeded, run.Result);
        Assert.Equal("wsus-11111111222233334444555555555555", run.Id);
        Assert.Equal(2, _store.LastSequence);
    }

    [Fact]
    public async Task CollectAsync_StartWithoutEndWhileNothingRuns_IsUnknown()
    {
        _wsus.SetHistory(ScriptedWsus.Event(RunId, 381, "2026-01-05T02:00:00"));
        await ReadAsync();

        Assert.Equal(SyncResult.Unknown, Assert.Single(_store.ReadNewestRuns(SyncSource.Wsus, 10)).Result);
    }

    [Fact]
    public async Task FindAddress_TlsInTheRegistry_TakesTheNameOfTheCertificate()
    {
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 8531;
        _edges.Values[(WsusRegistry.SetupKey, "UsingSSL")] = 1;
        _edges.Values[(WsusRegistry.SetupKey, "ServerCertificateName")] = "sup01.corp.example";

        var state = await ReadAsync();

        Assert.True(state is { UsesTls: true, Port: 8531 });
        Assert.Equal("https://sup01.corp.example:8531/ApiRemoting30/WebService.asmx", new WsusRegistry(_edges, new AgentOptions()).FindAddress()?.Service.ToString());
    }

    [Theory]
    [InlineData(null, null, null, "http://localhost:8530/ApiRemoting30/WebService.asmx")]
    [InlineData(8765, 0, null, "http://localhost:8765/ApiRemoting30/WebService.asmx")]
    [InlineData(80, 0, null, "http://localhost/ApiRemoting30/WebService.asmx")]
    [InlineData(null, 1, "sup01.corp.example", "https://sup01.corp.example:8531/ApiRemoting30/WebService.asmx")]
    [InlineData(8530, 1, "sup01.corp.example", "https://sup01.corp.example:8531/ApiRemoting30/WebService.asmx")]
    [InlineData(80, 1, "sup01.corp.example", "https://sup01.corp.example/ApiRemoting30/WebService.asmx")]
    [InlineData(9531, 1, "sup01.corp.example", "https://sup01.corp.example:9531/ApiRemoting30/WebService.asmx")]
    [InlineData(8531, 1, "*.corp.example", "https://brn01.corp.example:8531/ApiRemoting30/WebService.asmx")]
    [InlineData(8531, 1, null, "https://brn01.corp.example:8531/ApiRemoting30/WebService.asmx")]
    public void FindAddress_ValuesMissingOrUnusual_IsStillWhereWsusListens(int? port, int? usesTls, string? certificateName, string address)
    {
        _edges.Values.Clear();
        _edges.Values[(WsusRegistry.SetupKey, "TargetDir")] = @"C:\Program Files\Update Services\";
        _edges.Values[(@"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Hostname")] = "BRN01";
        _edges.Values[(@"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Domain")] = "corp.example";
        Set("PortNumber", port);
        Set("UsingSSL", usesTls);
        Set("ServerCertificateName", certificateName);

        Assert.Equal(address, new WsusRegistry(_edges, new AgentOptions()).FindAddress()?.Service.ToString());

        void Set(string name, object? value)
        {
            if (value is not null)
            {
                _edges.Values[(WsusRegistry.SetupKey, name)] = value;
            }
        }
    }

    [Fact]
    public void FindAddress_SiteBoundToAName_TakesThatName()
    {
        _edges.Values[(WsusRegistry.SetupKey, "HostHeader")] = "wsus.corp.example";

        Assert.Equal("http://wsus.corp.example:8530/ApiRemoting30/WebService.asmx", new WsusRegistry(_edges, new AgentOptions()).FindAddress()?.Service.ToString());
        Assert.Equal("http://127.0.0.1:8530/ApiRemoting30/WebService.asmx", new WsusRegistry(_edges, new AgentOptions { WsusHost = "127.0.0.1" }).FindAddress()?.Service.ToString());
    }

    [Theory]
    [InlineData("ServerCertificateName", "wsus.corp.example", "wsus.corp.example")]
    [InlineData("HostHeader", "updates", "updates")]
    [InlineData("ServerCertificateName", "BRN01.corp.example", "")]
    [InlineData("HostHeader", "brn01", "")]
    [InlineData("HostHeader", "localhost", "")]
    [InlineData("HostHeader", "10.0.0.4", "")]
    [InlineData("ServerCertificateName", "*.corp.example", "")]
    public async Task CollectAsync_NameThatIsNotTheServersOwn_IsItsPublicName(string value, string name, string expected)
    {
        _edges.Values[(@"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Hostname")] = "BRN01";
        _edges.Values[(@"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Domain")] = "corp.example";
        _edges.Values[(WsusRegistry.SetupKey, value)] = name;

        Assert.Equal(expected, (await ReadAsync()).PublicName);
    }

    [Fact]
    public async Task CollectAsync_ServersBelow_AreThoseThatStillSynchronize()
    {
        _wsus.SetDownstream(("brn02.corp.example", "2026-01-04T02:00:00"), ("BRN02.corp.example", "2026-01-03T02:00:00"), ("old.corp.example", "2025-11-01T02:00:00"), ("never.corp.example", "1753-01-01T00:00:00"), ("not a name", "2026-01-04T02:00:00"), ("zrh", "2026-01-05T02:00:00Z"));

        Assert.Equal(["brn02.corp.example", "zrh"], (await ReadAsync()).DownstreamServers);
    }

    [Fact]
    public async Task CollectAsync_ServersBelowAreNotTold_LeavesTheRestAsItIs()
    {
        _wsus.Answer("ExecuteSPGetAllDownstreamServers", "<ExecuteSPGetAllDownstreamServersResult><GenericReadableRow><Values><anyType>brn02</anyType><anyType /><anyType>yesterday</anyType></Values></GenericReadableRow></ExecuteSPGetAllDownstreamServersResult>");

        var state = await ReadAsync();

        Assert.Empty(state.DownstreamServers);
        Assert.Equal("UP01", state.Source);
    }

    [Fact]
    public async Task CollectAsync_RegistryRefuses_SaysSo()
    {
        _edges.Failure = new EdgeException(ReadFailure.AccessDenied, "Registry value could not be read: access is denied (0x80070005)");

        Assert.Equal(ReadFailure.AccessDenied, (await Assert.ThrowsAsync<EdgeException>(() => _collector.CollectAsync(ReadDepth.Scheduled, Token))).Failure);
    }

    [Fact]
    public async Task CollectAsync_ClockSetBack_CountsAgainInTime()
    {
        await ReadAsync();
        _time.Set(_time.GetUtcNow().AddDays(-2));
        _time.Advance(TimeSpan.FromMinutes(11));
        await ReadAsync();

        Assert.Equal(2, _wsus.Asked.Count(operation => operation == CountsOperation));
    }

    [Fact]
    public async Task CollectAsync_CountsCannotBeUnderstood_KeepsTheRestAndSaysWhich()
    {
        _wsus.Answer(CountsOperation, "<ExecuteSPGetUpdateServerStatusResult />");

        var state = await ReadAsync();

        Assert.Null(state.Counts);
        Assert.Contains("column 0", state.CountsProblem, StringComparison.Ordinal);
        Assert.Equal(SubscriptionState.NotRunning, state.SubscriptionState);
    }

    private async Task<WsusState> ReadAsync() => Assert.IsType<WsusState>((await _collector.CollectAsync(ReadDepth.Scheduled, Token)).Value);
}
