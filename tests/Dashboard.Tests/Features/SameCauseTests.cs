using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>One server, one cause, one name, wherever somebody looks; also after a restart.</summary>
public sealed class SameCauseTests : IDisposable
{
    private const string Expected = FindingIds.ProxyRefused;

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cause_OfAServerThatFails_IsTheSameEverywhereAndAfterARestart()
    {
        await using var agent = await FakeAgent.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        SyncRun[] runs =
        [
            Samples.Sync("wsus-1", now.AddHours(-30), SyncResult.Succeeded),
            .. Enumerable.Range(2, 3).Select(number => Samples.Sync($"wsus-{number}", now.AddHours(-20 + (4 * number)), SyncResult.Failed) with
            {
                ErrorText = "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.",
            }),
        ];
        int id;
        await using (var dashboard = await TestDashboard.StartAsync(_folder))
        {
            id = await dashboard.AddServerAsync(agent.Address);
            await ServeAsync(agent, now, runs);
            await AssertSameAsync(dashboard, id, now);
        }

        await using var restarted = await TestDashboard.StartAsync(_folder);
        await ServeAsync(agent, now, []);
        await AssertSameAsync(restarted, id, now);
    }

    /// <summary>Many servers that fail in many ways: the run's page, the server's page, the fleet's row, the stored run and the problem name one cause.</summary>
    [Fact]
    public async Task Cause_OfManyServers_IsOneOnRunServerFleetAndProblem()
    {
        var now = TimeProvider.System.GetUtcNow();
        var stories = Stories(now).ToList();
        var agents = new List<FakeAgent>();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        try
        {
            var ids = new List<int>();
            foreach (var (story, index) in stories.Select((story, index) => (story, index)))
            {
                agents.Add(await FakeAgent.StartAsync());
                ids.Add(await dashboard.AddServerAsync(agents[^1].Address, $"SRV-{index:00}", "BRN"));
                var watch = await agents[^1].NextWatchAsync();
                watch.Send(story.Snapshot with { Agent = story.Snapshot.Agent with { LastSequence = story.Events.Count } });
                story.Events.ForEach(watch.Send);
            }

            var named = new HashSet<string>();
            foreach (var (id, story) in ids.Zip(stories))
            {
                await dashboard.StoredAsync(id, story.Events.Count);
                var live = await dashboard.UntilAsync(id, server => server.Assessment?.ExplainedRunId is not null && server.Status.CauseId is { } leading && server.Problems.Any(problem => problem.CauseId == leading));
                var runId = live.Assessment!.ExplainedRunId!;
                await using var scope = dashboard.Services.CreateOwnScope();
                var run = await scope.ServiceProvider.GetRequiredService<SyncRunExplanationService>().GetAsync(id, runId, Token);
                var stored = await Eventually.Async(() => dashboard.ReadAsync(context => context.SyncRuns.SingleAsync(row => row.ServerId == id && row.RunId == runId, Token)), row => row.CauseId is not null);
                var server = await dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/servers/{id}", UriKind.Relative), Token);
                var problems = server.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("causeId").GetString());
                string?[] all = [live.Assessment.Causes[0].Id, run!.Causes[0].Id, stored.CauseId, live.Status.CauseId, server.GetProperty("cause").GetString(), problems.FirstOrDefault(cause => cause == run.Causes[0].Id)];
                Assert.True(all.Distinct().Count() == 1, $"{story.Name}: {string.Join(", ", all)}");
                Assert.Equal(run.Causes[0].Confidence, live.Assessment.Causes[0].Confidence);
                named.Add(all[0]!);
            }

            Assert.True(named.Count > stories.Count / 2, string.Join(", ", named));
        }
        finally
        {
            foreach (var agent in agents)
            {
                await agent.DisposeAsync();
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Each a server whose last syncs failed, an hour ago, with what its agent tells.</summary>
    private static IEnumerable<(string Name, Snapshot Snapshot, List<AgentEvent> Events)> Stories(DateTimeOffset now)
    {
        var healthy = Samples.Snapshot(now);
        foreach (var error in new[]
        {
            "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.",
            "WebException: The remote name could not be resolved: 'sws.update.microsoft.com'",
            "The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.",
            "The client and server cannot communicate, because they do not possess a common algorithm",
            "SqlException: Could not allocate space for object in database 'SUSDB' because the 'PRIMARY' filegroup is full. Error 1105",
            "The request failed with HTTP status 401: Unauthorized.",
            "The request failed with HTTP status 403: Forbidden.",
            "The operation has timed out",
            "Something that nobody knows",
            "",
        })
        {
            yield return (error, healthy, Failing(now, error));
        }

        const string hidden = "System.Net.WebException: The remote server returned an error: (407) Proxy Authentication Required.";
        yield return ("hidden, and the log tells", healthy, [.. Failing(now, ""), Evidence(4, "wsus-3", new LoggedLine("SoftwareDistribution", now.AddMinutes(-55), hidden))]);
        yield return ("hidden, and good runs have the line too", healthy, [.. Failing(now, ""), Evidence(4, "wsus-3", new LoggedLine("SoftwareDistribution", now.AddMinutes(-55), hidden) { GoodRuns = 5, CoveredGoodRuns = 5 })]);
        yield return ("pool stopped", Samples.Snapshot(now, pool: PoolState.Stopped), Failing(now, "The request failed with HTTP status 503: Service Unavailable."));
        yield return ("WsusService stopped", Samples.WithServiceStopped(now, ServiceNames.WsusService), Failing(now, ""));
        yield return ("recycled at its memory limit", Recycled(healthy, now), Failing(now, "", SyncResult.Cancelled));
    }

    private static List<AgentEvent> Failing(DateTimeOffset now, string error, SyncResult result = SyncResult.Failed) =>
    [
        Samples.SyncEvent(1, Samples.Sync("wsus-1", now.AddHours(-9), SyncResult.Succeeded)),
        Samples.SyncEvent(2, Samples.Sync("wsus-2", now.AddHours(-5), result) with { ErrorText = error }),
        Samples.SyncEvent(3, Samples.Sync("wsus-3", now.AddHours(-1), result) with { ErrorText = error }),
    ];

    private static AgentEvent Evidence(long sequence, string runId, LoggedLine line) => new() { Sequence = sequence, At = line.At!.Value, Evidence = new RunEvidence { RunId = runId, Lines = [line], GoodRunsRead = 5 } };

    private static Snapshot Recycled(Snapshot snapshot, DateTimeOffset now) => snapshot with
    {
        Events = snapshot.Events with
        {
            Value = new EventsState
            {
                Recent =
                [
                    .. Enumerable.Range(1, 3).Select(number => new WindowsEvent
                    {
                        RecordId = number, LogName = "System", Provider = WindowsEvents.WasProvider, EventId = WindowsEvents.PrivateMemoryRecycle, At = now.AddMinutes(-58 + number),
                        Message = "A worker process serving application pool 'WsusPool' has requested a recycle because it reached its private bytes memory limit.",
                    }),
                ],
            },
        },
    };

    private static async Task ServeAsync(FakeAgent agent, DateTimeOffset now, SyncRun[] runs)
    {
        var watch = await agent.NextWatchAsync();
        var snapshot = Samples.Snapshot(now);
        watch.Send(snapshot with { Agent = snapshot.Agent with { LastSequence = 4 } });
        for (var index = 0; index < runs.Length; index++)
        {
            watch.Send(Samples.SyncEvent(index + 1, runs[index]));
        }
    }

    private static async Task AssertSameAsync(TestDashboard dashboard, int id, DateTimeOffset now)
    {
        var live = await dashboard.UntilAsync(id, server => server.Assessment is { Findings: [{ Id: Expected }, ..] } && server.Status.CauseId == Expected && server.Problems.Any(problem => problem.CauseId == Expected));
        Assert.Equal(Expected, LiveHierarchy.ToServer(live).CauseId);
        Assert.Equal(live.Status.CauseTitle, LiveHierarchy.ToServer(live).CauseTitle);

        var server = await GetAsync($"servers/{id}");
        Assert.Equal((Expected, Expected), (server.GetProperty("cause").GetString(), server.GetProperty("evidence")[0].GetProperty("id").GetString()));
        Assert.Contains(server.GetProperty("problems").EnumerateArray(), problem => problem.GetProperty("causeId").GetString() == Expected && problem.GetProperty("title").GetString() == live.Status.CauseTitle);
        var problems = await GetAsync($"problems?server={id}&cause={Expected}");
        Assert.Equal(live.Status.CauseTitle, Assert.Single(problems.GetProperty("items").EnumerateArray()).GetProperty("title").GetString());

        // Written when the assessment that named it is stored.
        var syncs = await Eventually.Async(() => GetAsync($"servers/{id}/syncs"), found => found.GetProperty("items")[0].GetProperty("cause").ValueKind == JsonValueKind.String);
        Assert.Equal(("wsus-4", Expected), (syncs.GetProperty("items")[0].GetProperty("id").GetString(), syncs.GetProperty("items")[0].GetProperty("cause").GetString()));

        var changes = await GetAsync($"history/changes?since={Uri.EscapeDataString(now.AddDays(-1).ToString("O", System.Globalization.CultureInfo.InvariantCulture))}");
        var failing = Assert.Single(changes.GetProperty("newFailures").EnumerateArray());
        Assert.Equal((Expected, live.Status.CauseTitle), (failing.GetProperty("causeId").GetString(), failing.GetProperty("causeTitle").GetString()));

        await using var scope = dashboard.Services.CreateOwnScope();
        var run = await scope.ServiceProvider.GetRequiredService<SyncRunExplanationService>().GetAsync(id, "wsus-4", Token);
        Assert.Equal((Expected, live.Status.CauseTitle), (run!.Causes[0].Id, run.Causes[0].Name));

        Task<JsonElement> GetAsync(string path) => dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/{path}", UriKind.Relative), Token);
    }
}
