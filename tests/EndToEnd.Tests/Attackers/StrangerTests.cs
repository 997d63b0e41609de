namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>Somebody who has nothing but the address of a port.</summary>
[Collection(AttackCollection.Name)]
public sealed class StrangerTests(AttackFixture attacked)
{
    private const int Seed = 12;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AgentsPort_UnderEveryAttackAtOnce_TheDeskIsAnsweredAndUnpairs()
    {
        var server = attacked[2];
        using var thief = await server.RobAsync("unwanted");
        var attacks = new Stranger(server.Address.Port, isTls: true).Attacks;
        await using var vigil = await attacked.WatchAsync(server);

        var attacking = Task.WhenAll(attacks.Select(attack => attack.RunAsync(Short, Seed, Token)));
        var (unpaired, said) = await server.Admin.RunAsync("unpair", thief.Hub.Name);

        Tell(attacks, await attacking);
        Assert.True(unpaired == 0, said);
        Assert.DoesNotContain((await server.Admin.ReadTrustAsync()).Hubs, known => known.Id == thief.Hub.Id);
        await vigil.EndAsync(AttackedAgents.GrowthLimitBytes);
    }

    [Fact]
    public async Task DashboardsPort_UnderEveryAttackAtOnce_PeopleAreAnswered()
    {
        var attacks = new Stranger(attacked.DashboardPort, isTls: false).Attacks;
        await using var vigil = await attacked.WatchDashboardAsync();

        Tell(attacks, await Task.WhenAll(attacks.Select(attack => attack.RunAsync(Short, Seed, Token))));

        await vigil.EndAsync(AttackFixture.HubGrowthLimitBytes);
    }

    [Fact]
    public void DashboardsFiles_WithDataOrKeys_AreItsOwnersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the access list of the folder decides.");
        var files = Directory.EnumerateFiles(attacked.DashboardFolder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is var name && (name.Contains(".db", StringComparison.Ordinal) || Path.GetExtension(name) is ".key" or ".pem"))
            .ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Others) == 0, file));
    }

    private static void Tell(IReadOnlyList<Attack> attacks, AttackCounts[] all)
    {
        foreach (var (attack, counts) in attacks.Zip(all))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{attack.Name}: {counts}");
            Assert.InRange(counts.All, 1, long.MaxValue);
        }
    }
}
