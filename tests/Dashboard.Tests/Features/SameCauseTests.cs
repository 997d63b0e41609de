using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
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

    public void Dispose() => _folder.Dispose();

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
        var live = await dashboard.UntilAsync(id, server => server.Status.CauseId == Expected && server.Problems.Any(problem => problem.CauseId == Expected));
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
