using System.Globalization;
using System.Net;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>A rolling update to a version with newer tables: the dashboards of the version before go on beside it, and nothing is lost.</summary>
public sealed class RollingVersionTests(ITestOutputHelper output)
{
    private const int Servers = 60;
    private const int Syncs = 20;
    private const int Dashboards = 3;

    [Fact(Explicit = true)]
    public async Task Dashboards_OfTwoVersionsShareAFleet_TheOlderGoOnWithTheNewerTables()
    {
        ClusterTests.SkipWithoutPostgreSql();
        using var folder = new TempFolder();
        var next = await NextBuild.MakeAsync(Directory.CreateDirectory(folder.File("next")).FullName);
        await using var fleet = await SharedFleet.StartAsync(Servers, Dashboards);
        var older = fleet.Hubs.ToList();
        Assert.Equal(0, await CountNextAsync(fleet));
        var syncs = 0;
        foreach (var hub in older)
        {
            await fleet.StopAsync(hub);
            var at = TimeProvider.System.GetUtcNow();
            await fleet.StartAgainAsync(hub, next);
            await fleet.UntilSharedAsync();
            Assert.Equal(1, await CountNextAsync(fleet));

            // What both versions store while they share: syncs of all servers, and what a person decides at each of them.
            await fleet.StartSyncsAsync(Syncs);
            syncs += Syncs;
            await fleet.UntilFreshAsync(at);
            await fleet.AssertHistoryAsync(syncs);
            foreach (var running in fleet.Hubs)
            {
                using var rest = new RestClient(running.Address, running.Token);
                Assert.Equal(HttpStatusCode.OK, (await rest.PostAsync("/api/v1/hub/join-tokens")).Status);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fleet.Hubs.Count(one => !older.Contains(one))} of {Dashboards} are of the next version: {syncs} syncs are in the history once, {(TimeProvider.System.GetUtcNow() - at).TotalSeconds:0.0} s"));
        }
    }

    private static Task<long> CountNextAsync(SharedFleet fleet) => fleet.CountAsync($"SELECT count(*) FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = '{NextBuild.MigrationId}'");
}
