using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class SqliteAlertEngineTests() : AlertEngineTests(DatabaseKind.Sqlite);

public sealed class PostgreSqlAlertEngineTests() : AlertEngineTests(DatabaseKind.PostgreSql);

public abstract class AlertEngineTests(DatabaseKind kind) : TriageApiSetup(kind)
{
    [Fact]
    public async Task Decide_ProblemOfAServer_ReachesTheWebhookOnceWithWhatItMeans()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var channel = await AddAsync("channels", new { kind = "webhook", name = "tickets", address = receiver.Address, key = WebhookChannel.MakeKey(), allowsInnerAddresses = true });
        await AddAsync("routes", new { name = "all", channels = new[] { channel } });
        var problem = await AddAsync(Brn);

        // Behind the clock of the jobs: what is decided is due at once.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(-10));
        await Dashboard.Get<IOwnership>().WhenOwnedAsync(owned => owned.OwnsFleet, Token);
        await Dashboard.Get<ProblemTracker>().LoadAsync(Token);
        Dashboard.Live.Publish(ProblemSamples.Server(Brn, time.GetUtcNow(), ProblemSamples.Finding(FindingIds.PoolStopped)));
        for (var times = 0; times < 30; times++)
        {
            // Each time another dashboard, as after a kill.
            using var engine = NewEngine(time);
            await engine.DecideAsync(Token);
            time.Advance(AlertEngine.Interval);
        }

        await Eventually.TrueAsync(() => !receiver.Requests.IsEmpty);

        // In its turn, as every run of a job: one that goes on elsewhere has ended by then.
        await Dashboard.Get<JobExecution>().RunAsync(AlertDeliveryJob.Id, Format($"{channel}"), Token);
        var data = JsonDocument.Parse(Assert.Single(receiver.Requests).Body).RootElement.GetProperty("data");
        Assert.Equal((FindingIds.PoolStopped, "Why.", problem), (Text(data, "cause"), Text(data, "explanation"), data.GetProperty("problems")[0].GetInt64()));
        Assert.EndsWith(Format($"/problems/{problem}"), Text(data, "link"), StringComparison.Ordinal);
        var sent = Assert.Single(await Dashboard.ReadAsync(context => context.AlertDeliveries.AsNoTracking().ToListAsync(Token)));
        Assert.Equal((AlertDeliveryState.Sent, 1), (sent.State, sent.Attempts));
    }

    [Fact]
    public async Task Beat_WorksAndDoesNot_IsAskedOnlyWhileMessagesGoOut()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var options = new Kernel.DashboardOptions();
        options.Alerts.HeartbeatAddress = new($"{receiver.Address}/ping");
        options.Alerts.HeartbeatAllowsInnerAddresses = true;
        await AddAsync("channels", new { kind = "alertmanager", name = "am", address = receiver.Address, allowsInnerAddresses = true });
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var heartbeat = new Heartbeat(
            Dashboard.Get<IDbContextFactory<DashboardContext>>(), Dashboard.Get<ChannelVault>(), Dashboard.Get<AlertmanagerChannel>(), Dashboard.Get<AlertHttp>(), options, time, NullLogger<Heartbeat>.Instance);
        await heartbeat.BeatAsync(Token);
        await heartbeat.BeatAsync(Token);
        Assert.Equal([("GET", "/ping"), ("POST", "/api/v2/alerts")], receiver.Requests.Select(request => (request.Method, request.Path)));
        Assert.Equal("Watchdog", Text(JsonDocument.Parse(receiver.Requests.Last().Body).RootElement[0].GetProperty("labels"), "alertname"));

        await using (var context = await Dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token))
        {
            var channel = await context.AlertChannels.SingleAsync(Token);
            channel.IsEnabled = false;
            context.AlertDeliveries.Add(new() { ChannelId = channel.Id, AlertKey = "k", Occurrence = 1, EventNumber = 1, CreatedAt = time.GetUtcNow().UtcDateTime, NextTryAt = time.GetUtcNow().AddDays(1).UtcDateTime });
            await context.SaveChangesAsync(Token);
        }

        time.Advance(TimeSpan.FromDays(1) + Heartbeat.OldestWaiting + Heartbeat.Every);
        await heartbeat.BeatAsync(Token);
        Assert.Equal(2, receiver.Requests.Count);
    }

    private AlertEngine NewEngine(TimeProvider time) => new(
        Dashboard.Get<AlertReader>(),
        Dashboard.Get<AlertStore>(),
        Dashboard.Get<AlertExplanations>(),
        Dashboard.Get<AlertDeliveryJob>(),
        Dashboard.Get<DatabaseInitializer>(),
        Dashboard.Live,
        Dashboard.Get<IOwnership>(),
        Dashboard.Get<Heartbeat>(),
        time,
        NullLogger<AlertEngine>.Instance);

    private async Task<int> AddAsync(string path, object body)
    {
        using var response = await Dashboard.Http.PostAsJsonAsync(new Uri($"/api/v1/alerts/{path}", UriKind.Relative), body, Token);
        Assert.Equal(201, (int)response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetInt32();
    }
}
