using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>The history over HTTP: every address answers, as JSON and as CSV, and names what is wrong.</summary>
public sealed class HistoryApiTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Get_EveryAddress_AnswersWithWhatTheAgentSaid()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        var now = TimeProvider.System.GetUtcNow();
        watch.Send(Samples.Snapshot(now) with { Client = Samples.Client(now, change: state => state.Endpoint is ClientEndpoint.Content ? state with { Answer = new ProbeAnswer { Status = 404, SubStatus = 0 } } : state) });
        watch.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", now.AddHours(-3), SyncResult.Succeeded)));
        watch.Send(Samples.SyncEvent(2, Samples.Sync("wsus-2", now.AddHours(-1), SyncResult.Cancelled)));
        watch.Send(new Shared.AgentEvent { Sequence = 3, At = now, Repair = Samples.Run(state: RepairState.Succeeded) with { StartedAt = now.AddHours(-2), EndedAt = now.AddHours(-2).AddMinutes(4) } });
        await dashboard.StoredAsync(id, 3);

        var syncs = await GetAsync(dashboard, "/api/v1/history/syncs?zone=Europe/Zurich");
        Assert.Equal(30, syncs.GetProperty("days").GetArrayLength());
        Assert.Equal((1, 1), (syncs.GetProperty("total").GetProperty("succeeded").GetInt32(), syncs.GetProperty("total").GetProperty("cancelled").GetInt32()));
        Assert.Equal("Europe/Zurich", syncs.GetProperty("range").GetProperty("zoneId").GetString());
        Assert.Equal(1, (await GetAsync(dashboard, "/api/v1/history/strip?search=brn")).GetProperty("rows").GetProperty("total").GetInt32());
        Assert.Equal(1, (await GetAsync(dashboard, "/api/v1/history/last-good")).GetProperty("total").GetInt32());
        Assert.Equal(1, (await GetAsync(dashboard, "/api/v1/history/changes")).GetProperty("newFailures").GetArrayLength());
        Assert.Equal("BRN", (await GetAsync(dashboard, "/api/v1/history/patch-tuesday")).GetProperty("sites")[0].GetProperty("site").GetString());
        Assert.Equal(2, (await GetAsync(dashboard, $"/api/v1/servers/{id}/timeline")).GetProperty("syncs").GetArrayLength());
        var effect = await GetAsync(dashboard, $"/api/v1/servers/{id}/repairs/run-1/effect");
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Object), (effect.GetProperty("verdict").ValueKind, effect.GetProperty("undecided").ValueKind));

        await AddSampleAsync(dashboard, id, new ServerSample { Minute = ServerSample.MinuteOf(now) - 5, Client = [new EndpointSample(ClientEndpoint.ClientWebService, 1_200, IsFailing: false)] });
        var clients = await GetAsync(dashboard, $"/api/v1/servers/{id}/clients");
        Assert.Equal((1_200, 0), (clients.GetProperty("points")[0].GetProperty("clientWebService").GetInt32(), clients.GetProperty("points")[0].GetProperty("failingMinutes").GetInt32()));
        Assert.Contains("1200", await CsvAsync(dashboard, $"/api/v1/servers/{id}/clients.csv"), StringComparison.Ordinal);
        var answers = (await GetAsync(dashboard, $"/api/v1/servers/{id}")).GetProperty("clients").GetProperty("endpoints");
        Assert.Equal(
            ("content", 404, "misplaced", true),
            (answers[2].GetProperty("endpoint").GetString(), answers[2].GetProperty("status").GetInt32(), answers[2].GetProperty("class").GetString(), answers[2].GetProperty("isFailing").GetBoolean()));

        foreach (var file in new[] { "days", "causes", "sites", "hours", "durations", "duration-classes", "repairs", "gaps", "strip", "changes", "patch-tuesday" })
        {
            Assert.Contains(',', await CsvAsync(dashboard, $"/api/v1/history/{file}.csv"));
        }

        Assert.Contains("Cancelled", await CsvAsync(dashboard, $"/api/v1/servers/{id}/timeline.csv"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/history/syncs?from=2026-02-30", "from")]
    [InlineData("/api/v1/history/syncs?from=2026-03-02&to=2026-03-01", "from")]
    [InlineData("/api/v1/history/days.csv?zone=Mars/Olympus", "zone")]
    [InlineData("/api/v1/history/strip?pageSize=201", "pageSize")]
    [InlineData("/api/v1/history/changes?until=now", "until")]
    [InlineData("/api/v1/servers/1/clients?points=0", "points")]
    [InlineData("/api/v1/servers/1/clients.csv?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from")]
    [InlineData("/api/v1/servers/1/timeline?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "from")]
    public async Task Get_WrongParameter_IsNamed(string address, string field)
    {
        await using var dashboard = await TestDashboard.StartAsync(_folder);

        using var response = await dashboard.Http.GetAsync(address, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task Get_ServerOrRepairThatIsNotThere_IsNotFound()
    {
        await using var dashboard = await TestDashboard.StartAsync(_folder);

        foreach (var address in new[] { "/api/v1/servers/7/timeline", "/api/v1/servers/7/timeline.csv", "/api/v1/servers/7/clients", "/api/v1/servers/7/clients.csv", "/api/v1/servers/7/repairs/x/effect" })
        {
            using var response = await dashboard.Http.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task AddSampleAsync(TestDashboard dashboard, int serverId, ServerSample sample)
    {
        await using var context = await dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        await SampleChunks.AddMinutesAsync(context, new Dictionary<int, IReadOnlyList<SampleSpan>> { [serverId] = [SampleSpan.From(sample)] }, TestContext.Current.CancellationToken);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    private static Task<JsonElement> GetAsync(TestDashboard dashboard, string address) => dashboard.Http.GetFromJsonAsync<JsonElement>(address, TestContext.Current.CancellationToken);

    private static async Task<string> CsvAsync(TestDashboard dashboard, string address)
    {
        using var response = await dashboard.Http.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
