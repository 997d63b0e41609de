using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Features.Clients;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Samples;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>How long clients waited, over a time, on both databases.</summary>
public abstract class ClientHistoryTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 19, 12, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase _database;
    private readonly FakeTimeProvider _clock = new(Now);

    protected ClientHistoryTests(DatabaseKind kind) => _database = new(kind);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ClientHistoryQueries Queries => new(_database, new DashboardOptions(), _clock, Caller.OfDashboard);

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task GetAsync_AnHour_HasEachMinuteByEndpointAndTheGapsStayGaps()
    {
        var id = await _database.AddServerAsync("brn");
        await AddAsync(id, Asked(10, 120), Asked(11, 9_000), Failing(12), new ServerSample { Minute = MinuteOf(13), Updates = 1 }, Asked(20, 130));

        var history = await GetAsync(id, Now.AddHours(-1));

        Assert.Equal([120L, 9_000L, null, null, 130L], history.Points.Select(point => point.ClientWebService));
        Assert.Equal([10L, 10L, null, null, 10L], history.Points.Select(point => point.ApiRemoting30));
        Assert.Equal([0L, 0L, 1L, null, 0L], history.Points.Select(point => point.FailingMinutes));
        Assert.Equal([120L, 9_000L, null, null, 130L], history.Points.Select(point => point.Slowest));
        Assert.Equal((Now.AddMinutes(-50), SampleGrain.Minute), (history.Points[0].At, history.Grain));

        var chart = ClientChart.Draw(history, time => time.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(chart.HasData);
        Assert.Equal(["11:20", "11:12", "11:11", "11:10"], chart.Rows.Select(row => row.Name));
        AssertText.Tells(chart.Label, "brn", "1 minute", "9 s");
    }

    [Fact]
    public async Task GetAsync_FewerPointsThanMinutes_MergesThem()
    {
        var id = await _database.AddServerAsync("brn");
        await AddAsync(id, [.. Enumerable.Range(0, 60).Select(minute => minute % 6 == 0 ? Failing(minute) : Asked(minute, 100 + minute))]);

        var history = (await Queries.GetAsync(id, Now.AddHours(-1), Now, 20, Token)).Value!;

        Assert.InRange(history.Points.Count, 15, 16);
        Assert.Equal((60, 10L), (history.Points.Sum(point => point.Minutes), history.Points.Sum(point => point.FailingMinutes)));
        Assert.Equal(159, history.Points.Max(point => point.Slowest));
    }

    [Fact]
    public async Task GetAsync_ChangesOfEndpoints_AreThoseAlone()
    {
        var id = await _database.AddServerAsync("brn");
        await ChangeAsync(id, 50, "client:ClientWebService", "Answered", "Unavailable");
        await ChangeAsync(id, 40, "outside:Content", "Answered", "NoAnswer");
        await ChangeAsync(id, 30, "pool:WsusPool", "Started", "Stopped");
        await ChangeAsync(id, 90, "client:Content", "Answered", "Failed");

        var changes = (await GetAsync(id, Now.AddHours(-1))).Changes;

        Assert.Equal([(ChangeKind.Client, "ClientWebService", "Unavailable"), (ChangeKind.Outside, "Content", "NoAnswer")], changes.Select(change => (change.Kind, change.Subject, change.To)));
    }

    [Fact]
    public async Task GetAsync_ServerThatIsNotThere_IsNotFound() =>
        Assert.IsType<NotFound>((await Queries.GetAsync(7, Now.AddHours(-1), Now, 100, Token)).Failure);

    [Fact]
    public void Draw_NothingMeasured_HasNoData() =>
        Assert.False(ClientChart.Draw(new ClientHistory { ServerId = 1, ServerName = "brn", From = Now.AddDays(-1), To = Now, Points = [], Grain = SampleGrain.Minute, Changes = [] }, _ => "").HasData);

    private static long MinuteOf(int minute) => ServerSample.MinuteOf(Now.AddHours(-1)) + minute;

    private static ServerSample Asked(int minute, long milliseconds) => new()
    {
        Minute = MinuteOf(minute),
        Client = [.. ClientEndpoints.All.Select(endpoint => new EndpointSample(endpoint, endpoint is ClientEndpoint.ClientWebService ? milliseconds : 10, IsFailing: false))],
    };

    private static ServerSample Failing(int minute) => new()
    {
        Minute = MinuteOf(minute),
        Client = [.. ClientEndpoints.All.Select(endpoint => new EndpointSample(endpoint, null, IsFailing: true))],
    };

    private async Task<ClientHistory> GetAsync(int id, DateTimeOffset from) => (await Queries.GetAsync(id, from, Now, 300, Token)).Value!;

    private async Task AddAsync(int id, params ServerSample[] samples)
    {
        await using var context = _database.CreateDbContext();
        await SampleChunks.AddMinutesAsync(context, new Dictionary<int, IReadOnlyList<SampleSpan>> { [id] = [.. samples.Select(SampleSpan.From)] }, Token);
        await context.SaveChangesAsync(Token);
    }

    private Task ChangeAsync(int id, int minutesAgo, string subject, string from, string to) =>
        _database.WriteAsync(context => context.StateChanges.Add(new() { ServerId = id, At = Now.AddMinutes(-minutesAgo).UtcDateTime, Subject = subject, From = from, To = to }));
}

public sealed class ClientHistoryOnSqliteTests() : ClientHistoryTests(DatabaseKind.Sqlite);

public sealed class ClientHistoryOnPostgreSqlTests() : ClientHistoryTests(DatabaseKind.PostgreSql);
