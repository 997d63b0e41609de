using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Posture;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Posture;

public sealed class SignsReaderTests : IDisposable
{
    private static readonly Section<IisState> Iis = new()
    {
        Name = SectionNames.Iis,
        Value = new IisState { WsusPoolName = "WsusPool", Pools = [new AppPool { Name = "WsusPool", Settings = new PoolSettings(), Workers = [new PoolWorker(4712, null, null)] }] },
    };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();
    private readonly AgentStore _store;
    private readonly List<WmiRow> _parents = [Process(4712, "w3wp.exe", "w3wp.exe -ap \"WsusPool\"", "20261201080000.000000+000")];
    private List<WmiRow> _children = [];

    public SignsReaderTests()
    {
        _store = new AgentStore(new AgentOptions { DataDirectory = _folder.Path }, _time, NullLogger<AgentStore>.Instance);
        _edges.Wmi = (_, wql) => wql.Contains("ParentProcessId =", StringComparison.Ordinal) ? _children : _parents;
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("cmd.exe", true)]
    [InlineData("PowerShell.exe", true)]
    [InlineData("pwsh.exe", true)]
    [InlineData("powershell_ise.exe", true)]
    [InlineData("csc.exe", false)]
    [InlineData("cvtres.exe", false)]
    [InlineData("WerFault.exe", false)]
    public async Task ReadAsync_AChildOfTheWorker_IsASignWhereItIsAShell(string name, bool expected)
    {
        _children = [Child(4712, name, "", "20261201083000.000000+000")];

        Assert.Equal(expected, (await ReadAsync()).Signs.Count == 1);
    }

    [Fact]
    public async Task ReadAsync_AShell_IsToldWithoutItsCommandLine()
    {
        _children = [Child(4712, "cmd.exe", "cmd /c whoami & net user /domain & echo Password1", "20261201083000.000000+000")];

        var sign = Assert.Single((await ReadAsync()).Signs);

        Assert.Equal((CompromiseSignKind.ChildProcess, "cmd.exe", "w3wp.exe (WsusPool)"), (sign.Kind, sign.Subject, sign.Parent));
        Assert.Equal(["whoami", "net user /domain"], sign.Words);
        Assert.DoesNotContain("Password1", sign.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_AShellOlderThanItsParent_IsSomebodyElses()
    {
        _children = [Child(4712, "cmd.exe", "", "20261201070000.000000+000")];

        Assert.Empty((await ReadAsync()).Signs);
    }

    [Fact]
    public async Task ReadAsync_AWorkerOfAnotherPool_IsNotAskedFor()
    {
        _parents[0] = Process(99, "w3wp.exe", "w3wp.exe -ap \"DefaultAppPool\"", "20261201080000.000000+000");
        _children = [Child(99, "cmd.exe", "", "20261201083000.000000+000")];

        Assert.Empty((await ReadAsync()).Signs);
    }

    [Fact]
    public async Task ReadAsync_AShellThatIsGone_IsKeptForThirtyDays()
    {
        _children = [Child(4712, "cmd.exe", "", "20261201083000.000000+000")];
        var reader = Reader();
        await reader.ReadAsync(Iis, TestContext.Current.CancellationToken);
        _children = [];

        _time.Advance(TimeSpan.FromDays(29));
        Assert.Single((await reader.ReadAsync(Iis, TestContext.Current.CancellationToken)).Signs);

        _time.Advance(TimeSpan.FromDays(2));
        Assert.Empty((await reader.ReadAsync(Iis, TestContext.Current.CancellationToken)).Signs);
    }

    [Theory]
    [InlineData("System.InvalidCastException: x", 1)]
    [InlineData("… ObjectDataProvider … System.Windows.Media.Brush", 2)]
    [InlineData("The request failed with HTTP status 503", 0)]
    public async Task ReadAsync_Event7053_IsASignByItsWords(string text, int words)
    {
        _edges.Events.Add(Event(1, 7053, text));
        _edges.Events.Add(Event(2, 386, "ObjectDataProvider"));

        var part = await ReadAsync();

        Assert.Equal(words > 0 ? [words] : [], part.Signs.Select(sign => sign.Words.Count));
        Assert.Equal(_time.GetUtcNow().AddDays(-30), part.EventsSince);
    }

    [Fact]
    public async Task ReadAsync_LookedAtTwice_IsOneSign()
    {
        _edges.Events.Add(Event(1, 7053, "ObjectDataProvider"));
        var reader = Reader();

        await reader.ReadAsync(Iis, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Single((await reader.ReadAsync(Iis, TestContext.Current.CancellationToken)).Signs);
    }

    [Fact]
    public async Task ReadAsync_ManyEvents_AreAllLookedThrough()
    {
        _edges.Events.AddRange(Enumerable.Range(1, 1200).Select(number => Event(number, 7053, number == 1150 ? "ObjectDataProvider" : "other")));

        Assert.Single((await ReadAsync()).Signs);
    }

    [Fact]
    public async Task ReadAsync_OneSourceRefuses_KeepsTheOther()
    {
        _edges.Wmi = (_, _) => throw new EdgeException(ReadFailure.AccessDenied, "Access is denied.");
        _edges.Events.Add(Event(1, 7053, "ObjectDataProvider"));

        var part = await ReadAsync();

        Assert.Single(part.Signs);
        Assert.Equal(("Access is denied.", "", null), (part.Problem, part.EventsProblem, part.ReadAt));
    }

    private SignsReader Reader() => new(_edges, _edges, new SignStore(_store), _time);

    private Task<SignsPart> ReadAsync() => Reader().ReadAsync(Iis, TestContext.Current.CancellationToken);

    private WindowsEvent Event(long record, int id, string text) => new()
    {
        RecordId = record,
        LogName = WindowsEvents.ApplicationLog,
        Provider = WindowsEvents.WsusProvider,
        EventId = id,
        At = _time.GetUtcNow().AddMinutes(-10),
        Message = text,
    };

    private static WmiRow Process(int id, string name, string command, string startedAt) => FakeEdges.Row(("ProcessId", (uint)id), ("Name", name), ("CommandLine", command), ("CreationDate", startedAt));

    private static WmiRow Child(int parent, string name, string command, string startedAt) =>
        FakeEdges.Row(("ParentProcessId", (uint)parent), ("Name", name), ("CommandLine", command), ("CreationDate", startedAt));
}
