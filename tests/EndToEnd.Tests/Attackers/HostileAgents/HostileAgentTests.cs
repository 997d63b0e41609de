using System.Net;
using System.Text.Json;

namespace WsusDashboard.EndToEnd.Tests.Attackers.HostileAgents;

/// <summary>Agents in foreign hands that a real dashboard is paired with: what they say is cut, or they are not listened to, and the others are watched as before.</summary>
[Collection(AttackCollection.Name)]
public sealed class HostileAgentTests(AttackFixture attacked) : IAsyncLifetime
{
    private const int LongestAnswerCharacters = 2_000_000;
    private const int MostRepairs = 50;
    private const long LargestDatabaseBytes = 64L * 1024 * 1024;

    /// <summary>Longer than any agent is waited for before its row says that it does not answer.</summary>
    private static readonly TimeSpan LongestWatch = TimeSpan.FromSeconds(30);

    private readonly List<(HostileAgent Agent, long Id)> _hostile = [];
    private long? _honest;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var (agent, id) in _hostile)
        {
            await agent.DisposeAsync();
            await attacked.Rest.DeleteAsync($"/api/v1/servers/{id}");
        }

        if (_honest is { } honest)
        {
            await attacked.Rest.DeleteAsync($"/api/v1/servers/{honest}");
        }
    }

    [Fact]
    public async Task Agents_OfEveryKindAtOnce_TheHubHoldsAndTheOthersAreSeen()
    {
        var honest = attacked[7];
        var honestId = await AddHonestAsync(honest);
        await using var vigil = await attacked.WatchDashboardAsync();

        foreach (var script in HostileScripts.All)
        {
            await AddAsync(script);
        }

        // What happens on the honest server is seen while the others talk.
        foreach (var (verb, state) in new[] { ("stop", "stopped"), ("start", "started") })
        {
            await honest.Admin.ControlPoolAsync(verb);
            await Eventually.Async(() => attacked.Rest.GetAsync($"/api/v1/servers/{honestId}"), server => server.Text("pool", "state") == state);
        }

        foreach (var (script, (agent, id)) in HostileScripts.All.Zip(_hostile))
        {
            var server = await Eventually.Async(() => attacked.Rest.GetAsync($"/api/v1/servers/{id}"), found => agent.Watches > 0 && found.Text("link", "state") is not ("connecting" or ""), what: script.Name);
            TestContext.Current.TestOutputHelper?.WriteLine($"{script.Name}: {agent.Said}; {server.Text("link", "state")} {server.Text("link", "error")}");
            Assert.DoesNotContain("\\u202E", server.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain('\u202E', server.ToString());
            var (_, plan, _) = await attacked.Rest.PostAsync($"/api/v1/servers/{id}/plan", new { playbook = "full-repair" });
            Assert.InRange(plan.ToString().Length, 2, LongestAnswerCharacters);
            Assert.DoesNotContain('\u202E', plan.ToString());
            Assert.InRange((await attacked.Rest.GetAsync($"/api/v1/repairs?pageSize=200&server={id}")).Number("total")!.Value, 0, MostRepairs);
        }

        await vigil.EndAsync(AttackFixture.HubGrowthLimitBytes);
        Assert.InRange(Directory.EnumerateFiles(attacked.DashboardFolder, "*.db*").Sum(file => new FileInfo(file).Length), 1, LargestDatabaseBytes);
    }

    [Fact]
    public async Task Routes_AfterImpossibleTimesAndAskedForThem_NeverFail()
    {
        var id = await AddAsync(HostileScripts.ImpossibleTimes);
        await Eventually.Async(() => attacked.Rest.GetAsync($"/api/v1/servers/{id}"), server => _hostile[0].Agent.Said["messages"] > 3 && server.Text("link", "state") is not ("connecting" or ""));
        var addresses = AddressesOf(await attacked.Rest.GetAsync("/openapi/v1.json"), id).ToList();
        Assert.InRange(addresses.Count, 40, int.MaxValue);

        foreach (var address in addresses)
        {
            var (status, text) = await attacked.Rest.ReadAsync(address);
            Assert.True(status < HttpStatusCode.InternalServerError, $"{status}: {address}");
            Assert.True(text.Length <= LongestAnswerCharacters, $"{text.Length} characters: {address}");
        }
    }

    /// <summary>Every question that the API knows: about this server, and for the first and the last day that there are.</summary>
    private static IEnumerable<string> AddressesOf(JsonElement openApi, long id)
    {
        foreach (var path in openApi.GetProperty("paths").EnumerateObject().Where(path => path.Value.TryGetProperty("get", out _)))
        {
            var parameters = path.Value.GetProperty("get").TryGetProperty("parameters", out var given) ? given.EnumerateArray().ToList() : [];
            var address = parameters.Where(parameter => parameter.Text("in") == "path").Aggregate(path.Name, (text, parameter) => text.Replace($"{{{parameter.Text("name")}}}", $"{id}", StringComparison.Ordinal));
            var dates = parameters.Where(parameter => parameter.Text("in") == "query" && parameter.ToString().Contains("\"date", StringComparison.Ordinal)).Select(parameter => (Name: parameter.Text("name"), IsDay: !parameter.ToString().Contains("date-time", StringComparison.Ordinal))).ToList();
            yield return address;
            if (dates.Count > 0)
            {
                yield return $"{address}?{string.Join('&', dates.Select(date => $"{date.Name}={(date.IsDay ? "0001-01-01" : "0001-01-01T00:00:00Z")}"))}";
                yield return $"{address}?{string.Join('&', dates.Select(date => $"{date.Name}={(date.IsDay ? "9999-12-31" : "9999-12-31T23:59:59Z")}"))}";
            }
        }
    }

    private async Task<long> AddHonestAsync(AttackedServer server)
    {
        var id = await attacked.AddAsync(server.Name, server.Address.GetLeftPart(UriPartial.Authority), await server.Admin.OpenPairingAsync());
        await attacked.Rest.ServerAsync(server.Name);
        _honest = id;
        return id;
    }

    private async Task<long> AddAsync(HostileScript script)
    {
        var agent = await HostileAgent.StartAsync(script, LongestWatch);
        var id = await attacked.AddAsync($"hostile {_hostile.Count + 1}", agent.Address, agent.Code);
        _hostile.Add((agent, id));
        return id;
    }
}
