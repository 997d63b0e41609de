using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Ingest;

/// <summary>One server's fault never stops another's: what can't be assessed says since when, and the others go on.</summary>
public sealed class AssessmentTests : IAsyncDisposable
{
    private const int Bad = 1;
    private const int Good = 2;

    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _clock = new(Clock.Start);
    private readonly ManualResetEventSlim _thinking = new();
    private readonly ManualResetEventSlim _mayEnd = new();
    private readonly LiveFleet _live;
    private readonly DatabaseInitializer _opening;
    private readonly HistoryWriter _writer;
    private readonly FleetIngest _ingest;
    private volatile bool _fails;
    private volatile bool _hangs;

    public AssessmentTests()
    {
        _live = new(_clock);
        var health = new StorageHealth(_database.Provider, _clock);
        var backoff = new Backoff(TimeSpan.FromSeconds(1), () => 0);
        _opening = new(_database, _database, health, new OpeningTurn(_database.Provider), _database.Provider, backoff, _clock, NullLogger<DatabaseInitializer>.Instance);
        _writer = new(_database, _opening, health, backoff, _clock, NullLogger<HistoryWriter>.Instance);
        _ingest = new(_live, _writer, _clock, NullLogger<FleetIngest>.Instance, Judge);
    }

    [Fact]
    public async Task Assess_RulesCannotTakeTheData_RowSaysSinceWhenUntilTheyCan()
    {
        await StartAsync();
        _fails = true;
        var first = _clock.GetUtcNow();
        Tell(Bad);
        await Eventually.TrueAsync(() => Find(Bad).NotAssessableSince is not null);
        Assert.Equal((first, ServerCondition.NotAssessable), (Find(Bad).NotAssessableSince, Find(Bad).Condition));

        // It stays the first time, and the connection is told all the same.
        _clock.Advance(TimeSpan.FromMinutes(1));
        _ingest.SetLink(Bad, new(LinkState.Up, first, null, 0, first));
        await MoveOnAsync(() => Find(Bad).Link.State == LinkState.Up, () => { });
        Assert.Equal(first, Find(Bad).NotAssessableSince);

        _fails = false;
        await MoveOnAsync(() => Find(Bad).NotAssessableSince is null, () => Tell(Bad));
        Assert.Equal(ServerCondition.Watched, Find(Bad).Condition);
    }

    [Fact]
    public async Task Assess_OneServerThinksWithoutEnd_TheOthersAreAssessedAndItIsSaid()
    {
        await StartAsync();
        _hangs = true;
        Tell(Bad);
        Assert.True(_thinking.Wait(Eventually.Limit, TestContext.Current.CancellationToken));
        var revision = Find(Good).Revision;

        // Nobody waits: not the loop, not whoever asks for the server or tells of it.
        Tell(Good);
        Tell(Bad);
        Assert.NotNull(_ingest.Find(Bad)!.Current);
        await MoveOnAsync(() => Find(Good).Revision > revision, () => { });
        await MoveOnAsync(() => Find(Bad).NotAssessableSince is not null, () => { });

        _mayEnd.Set();
        await MoveOnAsync(() => Find(Bad).NotAssessableSince is null, () => { });
    }

    public async ValueTask DisposeAsync()
    {
        _mayEnd.Set();
        await _ingest.StopAsync(CancellationToken.None);
        _ingest.Dispose();
        _writer.Dispose();
        _opening.Dispose();
        _thinking.Dispose();
        _mayEnd.Dispose();
        _database.Dispose();
    }

    private Assessment Judge(Observation observation)
    {
        if (observation.ServerName == NameOf(Bad) && _fails)
        {
            throw new ArgumentOutOfRangeException(nameof(observation), "The year is not one.");
        }

        if (observation.ServerName == NameOf(Bad) && _hangs)
        {
            _thinking.Set();
            _mayEnd.Wait(Eventually.Limit, CancellationToken.None);
        }

        return RuleEngine.Assess(observation);
    }

    private async Task StartAsync()
    {
        foreach (var id in new[] { Bad, Good })
        {
            _ingest.Add(new ServerState(new(id, NameOf(id), "", "", BaselineCatalog.Guide), new(), [], [], null, null));
        }

        await _ingest.StartAsync(TestContext.Current.CancellationToken);
    }

    private static string NameOf(int id) => $"server-{id}";

    private LiveServer Find(int id) => _live.Find(id)!;

    private void Tell(int id) => _ingest.Take(id, Samples.Snapshot(_clock.GetUtcNow()).ToWire());

    /// <summary>Lets time pass until something is so.</summary>
    private Task MoveOnAsync(Func<bool> condition, Action act)
    {
        act();
        return Eventually.TrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            return condition();
        });
    }
}
