using System.Globalization;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>Three dashboards share a fleet, and one of them is killed, frozen or stopped: every server has an owner again, and the history has everything once.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private const int Dashboards = 3;
    private const int Few = 60;
    private const int Many = 1_000;

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

    private async Task<TimeSpan> TakeOverAsync(int servers, int syncs)
    {
        await using var fleet = await SharedFleet.StartAsync(servers, Dashboards);
        await fleet.AssertHistoryAsync(syncs: 0);
        await fleet.StartSyncsAsync(syncs);
        var terms = await fleet.CountAsync("SELECT sum(\"Term\")::bigint FROM \"Partitions\"");
        var at = TimeProvider.System.GetUtcNow();

        await fleet.KillAsync(fleet.Hubs[0]);
        await fleet.UntilFreshAsync(at);
        var took = TimeProvider.System.GetUtcNow() - at;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{servers} servers owned and fresh {took.TotalSeconds:0.0} s after the kill of one of {Dashboards}"));

        await fleet.UntilSharedAsync();
        await fleet.AssertHistoryAsync(syncs);
        Assert.True(await fleet.CountAsync("SELECT sum(\"Term\")::bigint FROM \"Partitions\"") > terms);
        return took;
    }

    private static void SkipWithoutPostgreSql()
    {
        if (PostgresCluster.FindObstacle() is { } obstacle)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", obstacle);
            Assert.Fail(obstacle);
        }
    }
}
