using System.Diagnostics;
using System.Globalization;
using WsusDashboard.EndToEnd.Tests.Attackers.HostileAgents;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>The thief, the stranger and hostile agents at the same time, in an order that a seed draws: agents and dashboard hold, the desk is answered, and what was carried out stands in the audit.</summary>
[Collection(AttackCollection.Name)]
public sealed class AttackMixTests(AttackFixture attacked) : IAsyncLifetime
{
    /// <summary>Takes the place of the seed that is given.</summary>
    private const string SeedVariable = "WSUSDASHBOARD_ATTACK_SEED";

    /// <summary>Seconds that take the place of the given ones.</summary>
    private const string SecondsVariable = "WSUSDASHBOARD_ATTACK_SECONDS";

    private const int AtOnce = 3;

    /// <summary>Seconds of the long form, which has the machine for itself.</summary>
    private const int LongForm = 600;

    /// <summary>The widest that a policy can be: what the thief is given leave to do goes through as fast as the agent works.</summary>
    private const string WidestPolicy = """
        {
          "mode": "apply-settings",
          "keepAnyway": true,
          "rate": { "repairsPerDay": 1000, "poolCommandsPerHour": 1000, "serviceCommandsPerHour": 1000, "syncCommandsPerHour": 1000, "iisRestartsPerDay": 1000 }
        }
        """;

    private static readonly TimeSpan ShortestAttack = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestAttack = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestWatch = TimeSpan.FromSeconds(20);

    private readonly SortedDictionary<string, AttackCounts> _counts = new(StringComparer.Ordinal);
    private readonly TempFolder _folder = new();
    private readonly List<(HostileScript Script, HostileAgent Agent, long Id)> _hostile = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, agent, id) in _hostile)
        {
            await agent.DisposeAsync();
            await attacked.Rest.DeleteAsync($"/api/v1/servers/{id}");
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(15, 1)]
    [InlineData(LongForm, 1, Explicit = true)]
    public async Task Mix_OfAllAttackers_AgentsAndHubHoldAndWhatWasDoneIsAudited(int seconds, int givenSeed)
    {
        var seed = Chosen(SeedVariable) ?? givenSeed;
        await using var agents = await AttackedAgents.StartAsync(1, _folder.File("estate"));
        var server = agents.Servers[0];
        server.Admin.WritePolicy(WidestPolicy);
        using var thief = await server.RobAsync("mix");
        await AddHostileAgentsAsync(seed);
        await agents.SettleAsync();
        await using var atTheDesk = await agents.WatchAsync(server);
        await using var atTheDashboard = await attacked.WatchDashboardAsync();
        var startedAt = Stopwatch.GetTimestamp();

        // So that each run, however short, carries something out.
        _counts[thief.Recycles.Name] = await thief.Recycles.RunAsync(LongestAttack, seed, Token);
        await AttackAsync([.. thief.Attacks, .. new Stranger(server.Address.Port, isTls: true).Attacks, .. new Stranger(attacked.DashboardPort, isTls: false).Attacks], TimeSpan.FromSeconds(Chosen(SecondsVariable) ?? seconds), seed);

        Tell(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0} s, seed {seed}, {thief.Hub.CarriedOut.Count} commands carried out"));
        foreach (var (name, counts) in _counts)
        {
            Tell($"{name}: {counts}");
        }

        foreach (var (script, agent, _) in _hostile)
        {
            Tell($"{script.Name}: {agent.Watches} watches, {agent.Said}");
        }

        // Both, so that the figures of one are told where the other fails.
        await Task.WhenAll(atTheDesk.EndAsync(AttackedAgents.GrowthLimitBytes, isTimed: seconds == LongForm), atTheDashboard.EndAsync(AttackFixture.HubGrowthLimitBytes, isTimed: seconds == LongForm));
        Assert.NotEmpty(thief.Hub.CarriedOut);
        await server.Admin.AssertAuditedAsync(thief.Hub.CarriedOut);
    }

    private static int? Chosen(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var chosen) ? chosen : null;

    private static void Tell(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>So many attacks at the same time, each drawn when another one ends; meanwhile hostile agents are let out of quarantine again and again.</summary>
    private async Task AttackAsync(IReadOnlyList<Attack> attacks, TimeSpan duration, int seed)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        over.CancelAfter(duration);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(line => AttackInTurnAsync(attacks, new Random((seed * AtOnce) + line), over.Token)).Append(ReleaseAsync(over.Token)));
    }

    private async Task AttackInTurnAsync(IReadOnlyList<Attack> attacks, Random random, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var attack = attacks[random.Next(attacks.Count)];
            var counts = await attack.RunAsync(ShortestAttack + ((LongestAttack - ShortestAttack) * random.NextDouble()), random.Next(), over);
            lock (_counts)
            {
                _counts.TryAdd(attack.Name, new());
                _counts[attack.Name].Add(counts);
            }
        }
    }

    private async Task ReleaseAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(LongestAttack, TimeProvider.System, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var (_, _, id) in _hostile)
            {
                await attacked.Rest.DeleteAsync($"/api/v1/servers/{id}/quarantine");
            }
        }
    }

    private async Task AddHostileAgentsAsync(int seed)
    {
        foreach (var script in HostileScripts.All)
        {
            var agent = await HostileAgent.StartAsync(script, LongestWatch, seed);
            _hostile.Add((script, agent, await attacked.AddAsync($"hostile {script.Name}", agent.Address, agent.Code)));
        }
    }
}
