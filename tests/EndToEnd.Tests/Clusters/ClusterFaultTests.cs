using System.Globalization;
using WsusDashboard.Benchmarks.Fleet.Hubs;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>What three dashboards share breaks under load: one is cut off from PostgreSQL, PostgreSQL crashes, all dashboards are killed. Nothing is lost or doubled, and it is said.</summary>
public sealed class ClusterFaultTests(ITestOutputHelper output)
{
    private const int Servers = 60;
    private const int Syncs = 20;

    [Fact(Explicit = true)]
    public async Task Dashboard_IsCutOffFromTheDatabase_SaysSoTheOthersGoOnAndItJoinsAgain()
    {
        ClusterTests.SkipWithoutPostgreSql();
        await using var fleet = await SharedFleet.StartAsync(Servers, dashboards: 2);
        await using var relay = fleet.Relay();
        var cutOff = await fleet.JoinAsync(relay);
        await fleet.UntilSharedAsync();
        await fleet.StartSyncsAsync(Syncs);
        var at = TimeProvider.System.GetUtcNow();

        relay.Cut();
        await OwnersAsync(fleet, 2, at, "the others own all");
        await Eventually.Async(() => IsUnreachableAsync(cutOff), isUnreachable => isUnreachable);
        var elsewhere = fleet.Hubs.Where(hub => hub != cutOff).ToList();
        foreach (var hub in elsewhere)
        {
            await Eventually.Async(() => SharedFleet.CountFreshAsync(hub, at), count => count == Servers);
            Assert.False(await IsUnreachableAsync(hub));
        }

        Report(at, "every server is fresh at both others");
        relay.Mend();
        at = TimeProvider.System.GetUtcNow();

        await fleet.UntilSharedAsync();
        Report(at, "it has its share again");
        await Eventually.Async(() => IsUnreachableAsync(cutOff), isUnreachable => !isUnreachable);
        await fleet.AssertHistoryAsync(Syncs);
    }

    [Fact(Explicit = true)]
    public async Task Database_CrashesUnderLoadAndComesBack_NothingIsLostAndTheLiveViewGoesOn()
    {
        ClusterTests.SkipWithoutPostgreSql();
        await using var fleet = await SharedFleet.StartAsync(Servers, dashboards: 3, null, "synchronous_commit=on");
        await fleet.StartSyncsAsync(Syncs);

        fleet.Cluster.Crash();
        var at = TimeProvider.System.GetUtcNow();
        foreach (var hub in fleet.Hubs)
        {
            await Eventually.Async(() => IsUnreachableAsync(hub), isUnreachable => isUnreachable);
        }

        Report(at, "all say that it can't be reached");

        // Each goes on showing what its own agents say; what others own is as they said last.
        var fresh = await Eventually.Async(async () => await SumAsync(fleet, hub => SharedFleet.CountFreshAsync(hub, at)), count => count >= Servers);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fresh} of {Servers} servers are read on while it is down"));
        fleet.Cluster.StartAgain();
        at = TimeProvider.System.GetUtcNow();

        await fleet.UntilSharedAsync();
        Report(at, "all is shared again");
        await fleet.UntilFreshAsync(at);
        Report(at, "every server is fresh at all");
        foreach (var hub in fleet.Hubs)
        {
            await Eventually.Async(() => IsUnreachableAsync(hub), isUnreachable => !isUnreachable);
        }

        await fleet.AssertHistoryAsync(Syncs);
    }

    [Fact(Explicit = true)]
    public async Task Dashboards_AreKilledAtOnceAndOneReturns_ItOwnsAllAndNothingIsLostOrDoubled()
    {
        ClusterTests.SkipWithoutPostgreSql();
        await using var fleet = await SharedFleet.StartAsync(Servers, dashboards: 3);
        await fleet.StartSyncsAsync(Syncs);
        var all = fleet.Hubs.ToList();

        await Task.WhenAll(all.ConvertAll(fleet.KillAsync));
        Assert.Equal(0, (await Eventually.Async(fleet.ReadSwarmAsync, state => state.Watched == 0)).Watched);
        var at = TimeProvider.System.GetUtcNow();
        await fleet.StartAgainAsync(all[1]);

        await fleet.UntilFreshAsync(at);
        Report(at, "the one that returned watches all");
        await fleet.UntilSharedAsync();
        await fleet.AssertHistoryAsync(Syncs);
    }

    private static async Task<int> SumAsync(SharedFleet fleet, Func<HubProcess, Task<int>> count)
    {
        var sum = 0;
        foreach (var hub in fleet.Hubs)
        {
            sum += await count(hub);
        }

        return sum;
    }

    /// <summary>As the banner above every page and the check of a balancer say it.</summary>
    private static async Task<bool> IsUnreachableAsync(HubProcess hub)
    {
        using var rest = new RestClient(hub.Address, hub.Token);
        var (_, text) = await rest.ReadAsync("/health/ready");
        return text.Contains("can't be reached", StringComparison.Ordinal) || text.Contains("can\\u0027t be reached", StringComparison.Ordinal);
    }

    private async Task OwnersAsync(SharedFleet fleet, int expected, DateTimeOffset since, string what)
    {
        await Eventually.Async(() => fleet.CountAsync("SELECT count(DISTINCT \"Owner\") FROM \"Partitions\" WHERE \"Id\" < 64"), owners => owners == expected);
        Report(since, what);
    }

    private void Report(DateTimeOffset since, string what) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} after {(TimeProvider.System.GetUtcNow() - since).TotalSeconds:0.0} s"));
}
