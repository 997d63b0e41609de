using System.Globalization;
using System.Net;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>Three dashboards share a fleet, and one of them is killed, frozen or stopped: every server has an owner again, and the history has everything once.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private const int Dashboards = 3;
    private const int Few = 60;
    private const int Many = 1_000;

    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    /// <summary>What the largest form of these tests promises, of a machine that does nothing else.</summary>
    private static readonly TimeSpan LongestTakeover = TimeSpan.FromSeconds(5);

    [Fact(Explicit = true)]
    public async Task Dashboard_IsKilled_TheOthersOwnItsServersAndNothingIsLostOrDoubled()
    {
        SkipWithoutPostgreSql();
        await TakeOverAsync(Few, syncs: 20);
    }

    [Fact(Explicit = true)]
    public async Task Dashboard_OfAThousandServersIsKilled_AllAreOwnedAndFreshWithinFiveSeconds()
    {
        SkipWithoutPostgreSql();
        Assert.True(await TakeOverAsync(Many, syncs: 100) <= LongestTakeover);
    }

    [Fact(Explicit = true)]
    public async Task Dashboard_IsFrozenAndGoesOn_WritesNothingThatIsTheOthersAndJoinsAgain()
    {
        SkipWithoutPostgreSql();
        await using var fleet = await SharedFleet.StartAsync(Few, Dashboards);
        await fleet.StartSyncsAsync(20);
        var frozen = fleet.Hubs[1];
        await SharedFleet.SignalAsync(frozen, "STOP");
        var at = TimeProvider.System.GetUtcNow();
        await Eventually.Async(() => fleet.CountAsync("SELECT count(DISTINCT \"Owner\") FROM \"Partitions\" WHERE \"Id\" < 64"), owners => owners == Dashboards - 1);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"taken over after {(TimeProvider.System.GetUtcNow() - at).TotalSeconds:0.0} s"));

        await SharedFleet.SignalAsync(frozen, "CONT");

        await fleet.UntilSharedAsync();
        await fleet.AssertHistoryAsync(syncs: 20);
    }

    [Fact(Explicit = true)]
    public async Task Dashboard_IsStoppedInOrder_HandsOverAtOnce()
    {
        SkipWithoutPostgreSql();
        await using var fleet = await SharedFleet.StartAsync(Few, Dashboards);
        await fleet.StartSyncsAsync(20);
        var at = TimeProvider.System.GetUtcNow();

        await fleet.StopAsync(fleet.Hubs[2]);

        await fleet.UntilFreshAsync(at);
        await fleet.UntilSharedAsync();
        await fleet.AssertHistoryAsync(syncs: 20);
    }

    /// <summary>A rolling update, as the agents see it: each dashboard is asked to end and started again, one after the other.</summary>
    [Theory(Explicit = true)]
    [InlineData(Few)]
    [InlineData(300)]
    public async Task Dashboards_AreRestartedOneAfterTheOther_NoServerIsUnwatchedForLongerThanASecond(int servers)
    {
        SkipWithoutPostgreSql();
        await using var fleet = await SharedFleet.StartAsync(servers, Dashboards);
        await fleet.StartSyncsAsync(20);
        await fleet.ForgetGapsAsync();
        foreach (var hub in fleet.Hubs.ToList())
        {
            await fleet.StopAsync(hub);
            await fleet.UntilWatchedAsync();
            await ReportAsync(fleet, "after a stop");
            await fleet.StartAgainAsync(hub);
            await fleet.UntilSharedAsync();
            await ReportAsync(fleet, "after its start again");
        }

        Assert.InRange((await fleet.ReadSwarmAsync()).LongestGapMilliseconds, 1, LongestGap.TotalMilliseconds);
        await fleet.AssertHistoryAsync(syncs: 20);
    }

    [Fact(Explicit = true)]
    public async Task Dashboard_IsDrainedAndTakesItsShareAgain_NoServerIsUnwatchedForLongerThanASecond()
    {
        SkipWithoutPostgreSql();
        await using var fleet = await SharedFleet.StartAsync(Few, Dashboards);
        await fleet.ForgetGapsAsync();
        var drained = fleet.Hubs[1];
        using var rest = new RestClient(drained.Address, drained.Token);
        var id = (await SharedFleet.ReadClusterAsync(drained)).GetProperty("dashboards").EnumerateArray().Single(row => row.Text("isThisOne") == "True").Text("id");

        Assert.Equal(HttpStatusCode.NoContent, (await rest.PostAsync($"/api/v1/cluster/dashboards/{id}/drain")).Status);
        await Eventually.Async(() => SharedFleet.ReadClusterAsync(drained), cluster => cluster.GetProperty("dashboards").EnumerateArray().Single(row => row.Text("id") == id) is var row && row.Text("state") == "drained" && row.Number("partitions") == 0);
        await fleet.UntilWatchedAsync();
        await ReportAsync(fleet, "after the draining");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rest.ReadAsync("/health/ready")).Status);
        Assert.Equal(Few, await SharedFleet.CountFreshAsync(drained, TimeProvider.System.GetUtcNow().AddMinutes(-1)));
        Assert.Equal(HttpStatusCode.NoContent, await rest.DeleteAsync($"/api/v1/cluster/dashboards/{id}/drain"));

        await fleet.UntilSharedAsync();
        await ReportAsync(fleet, "after its end");
        Assert.InRange((await fleet.ReadSwarmAsync()).LongestGapMilliseconds, 1, LongestGap.TotalMilliseconds);
        await fleet.AssertHistoryAsync(syncs: 0);
    }

    private async Task<TimeSpan> TakeOverAsync(int servers, int syncs)
    {
        await using var fleet = await SharedFleet.StartAsync(servers, Dashboards);
        await fleet.AssertHistoryAsync(syncs: 0);
        await fleet.StartSyncsAsync(syncs);
        var terms = await fleet.CountAsync("SELECT sum(\"Term\")::bigint FROM \"Partitions\"");
        var before = await fleet.ReadOwnersAsync();
        var at = TimeProvider.System.GetUtcNow();

        await fleet.KillAsync(fleet.Hubs[0]);
        await fleet.UntilWatchedAsync();
        var watched = TimeProvider.System.GetUtcNow() - at;
        var orphans = (await fleet.ReadOwnersAsync()).Where(server => before[server.Key] != server.Value).Select(server => server.Key).ToHashSet();
        Assert.InRange(orphans.Count, servers / (Dashboards + 1), servers / (Dashboards - 1));
        await fleet.UntilFreshAsync(at, orphans);
        var took = TimeProvider.System.GetUtcNow() - at;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{servers} servers watched {watched.TotalSeconds:0.0} s after the kill of one of {Dashboards}, and its {orphans.Count} fresh at both others after {took.TotalSeconds:0.0} s"));
        var (_, all) = await fleet.UntilFreshAsync(at);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all {servers} were read again after {(took + all).TotalSeconds:0.0} s"));

        await fleet.UntilSharedAsync();
        await fleet.AssertHistoryAsync(syncs);
        Assert.True(await fleet.CountAsync("SELECT sum(\"Term\")::bigint FROM \"Partitions\"") > terms);
        return took;
    }

    private async Task ReportAsync(SharedFleet fleet, string when)
    {
        var state = await fleet.ReadSwarmAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{when}: {state.Gaps} servers changed their dashboard so far, unwatched for {state.MedianGapMilliseconds:0} ms (median), {state.LongestGapMilliseconds:0} ms at most"));
    }

    internal static void SkipWithoutPostgreSql()
    {
        if (PostgresCluster.FindObstacle() is { } obstacle)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", obstacle);
            Assert.Fail(obstacle);
        }
    }
}
