using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Ingest;

/// <summary>Three servers of two sites fail against Microsoft: it is said, it is their cause, it survives a restart, and it goes when one succeeds.</summary>
public sealed class MicrosoftOutageTests : IDisposable
{
    private const string Error = "WebException: The remote name could not be resolved: 'sws.update.microsoft.com'";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Outage_OfMicrosoft_IsSaidIsTheCauseSurvivesARestartAndGoes()
    {
        var agents = new List<FakeAgent>();
        var now = TimeProvider.System.GetUtcNow();
        var ids = new List<int>();
        try
        {
            await using (var dashboard = await TestDashboard.StartAsync(_folder))
            {
                var watches = new List<FakeWatch>();
                foreach (var (name, site) in new[] { ("BRN-WSUS01", "BRN"), ("BRN-WSUS02", "BRN"), ("ZRH-WSUS01", "ZRH") })
                {
                    agents.Add(await FakeAgent.StartAsync());
                    ids.Add(await dashboard.AddServerAsync(agents[^1].Address, name, site));
                    watches.Add(await agents[^1].NextWatchAsync());
                    Send(watches[^1], now, lastSequence: 2);
                    watches[^1].Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", now.AddHours(-9), SyncResult.Succeeded)));
                }

                Fail(watches[0], now.AddMinutes(-40));
                Fail(watches[1], now.AddMinutes(-30));
                foreach (var id in ids.Take(2))
                {
                    await dashboard.UntilAsync(id, server => server.Status.CauseId == FindingIds.SourceUnreachable);
                }

                Assert.Null(dashboard.Live.CurrentOutage);
                Fail(watches[2], now.AddMinutes(-20));

                foreach (var id in ids)
                {
                    await dashboard.UntilAsync(id, server => server.Status.CauseId == FindingIds.MicrosoftOutage);
                }

                AssertOutage(dashboard.Live.CurrentOutage, ids);
                await using var scope = dashboard.Services.CreateOwnScope();
                Assert.Equal((3, 2), (Seen(scope)!.ServerCount, Seen(scope)!.SiteCount));

                // Who sees one site is told of that one; who sees none of them of nothing.
                foreach (var (site, servers) in new[] { ("BRN", 2), ("ZRH", 1), ("GVA", 0) })
                {
                    var person = await dashboard.AddPersonAsync($"viewer{site}", new Grant(Role.Viewer, SiteScope.Of(site)));
                    var token = await dashboard.AddTokenAsync(person);
                    scope.ServiceProvider.GetRequiredService<Caller>().Become(new(CallerKind.Token, person, token.Id, ""));
                    Assert.Equal(servers, Seen(scope)?.ServerCount ?? 0);
                    using var client = dashboard.Client(token.Text);
                    Assert.Equal(servers, await ToldAsync(client));
                }

                foreach (var id in ids)
                {
                    await dashboard.StoredAsync(id, 2);
                }
            }

            await using var restarted = await TestDashboard.StartAsync(_folder);
            await Eventually.TrueAsync(() => restarted.Live.CurrentOutage is not null);
            AssertOutage(restarted.Live.CurrentOutage, ids);
            var again = await agents[1].NextWatchAsync();
            Send(again, now, lastSequence: 3);
            again.Send(Samples.SyncEvent(3, Samples.Sync("wsus-3", now.AddMinutes(-12), SyncResult.Succeeded)));

            await Eventually.TrueAsync(() => restarted.Live.CurrentOutage is null);
            Assert.Equal(now.AddMinutes(-2), Assert.Single(restarted.Live.Outages).EndedAt!.Value, TimeSpan.FromSeconds(1));
            await restarted.UntilAsync(ids[1], server => server.Status.CauseId != FindingIds.MicrosoftOutage);
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

    private static VisibleOutage? Seen(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<VisibleServers>().FindOutage();

    private static void Fail(FakeWatch watch, DateTimeOffset startedAt) => watch.Send(Samples.SyncEvent(2, Samples.Sync("wsus-2", startedAt, SyncResult.Failed) with { ErrorText = Error }));

    private static void Send(FakeWatch watch, DateTimeOffset now, long lastSequence)
    {
        var snapshot = Samples.Snapshot(now);
        watch.Send(snapshot with
        {
            Agent = snapshot.Agent with { LastSequence = lastSequence },
            Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { Source = OutageDetection.MicrosoftUpdate } },
        });
    }

    /// <summary>How many servers the API names; 0 where it knows of no outage.</summary>
    private static async Task<int> ToldAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/api/v1/servers/outage", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode == HttpStatusCode.NoContent
            ? 0
            : (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("serverCount").GetInt32();
    }

    private static void AssertOutage(Outage? outage, IEnumerable<int> ids)
    {
        Assert.NotNull(outage);
        Assert.Equal((nameof(FailureSign.NameResolution), 2), (outage.Sign, outage.SiteCount));
        Assert.Equal(ids, outage.ServerIds);
    }
}
