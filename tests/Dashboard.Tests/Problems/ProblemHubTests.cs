using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Hubs;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using static WsusDashboard.Dashboard.Tests.Problems.ProblemSamples;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>The tracker inside a whole dashboard, and what the hub tells of it.</summary>
public sealed class ProblemHubTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Servers that are rows, and live only through the test.</summary>
    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder);
        await using var context = await _dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);
        for (var id = 1; id <= 2; id++)
        {
            var server = TestDatabase.NewServer($"SRV-0{id}");
            server.Site = SiteOf(id);
            context.Servers.Add(server);
            await context.SaveChangesAsync(Token);
            Assert.Equal(id, server.Id);
        }

        await _dashboard.Live.WhenLoaded.WaitAsync(Eventually.Limit, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task WatchProblems_WholeFleet_TellsWhatIsThereAndEachChange()
    {
        await PublishAsync(1, Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1)));
        await using var connection = await ConnectAsync(TestDashboard.Token);
        await using var messages = Watch(connection, null);

        var first = await NextAsync(messages);
        Assert.True(first.GetProperty("isSnapshot").GetBoolean());
        var problem = Assert.Single(first.GetProperty("changed").EnumerateArray());
        Assert.Equal(("open", 1), (problem.GetProperty("state").GetString(), problem.GetProperty("serverCount").GetInt32()));

        Publish(2, Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1)));
        var second = await NextAsync(messages);
        Assert.False(second.GetProperty("isSnapshot").GetBoolean());
        var changed = Assert.Single(second.GetProperty("changed").EnumerateArray());
        Assert.Equal((problem.GetProperty("id").GetInt64(), 2), (changed.GetProperty("id").GetInt64(), changed.GetProperty("serverCount").GetInt32()));
    }

    [Fact]
    public async Task WatchProblems_SomebodyOfOneSite_IsToldNothingOfAnother()
    {
        await PublishAsync(2, Finding(FindingIds.DiskFull, since: Now.AddHours(-1)));
        var (token, _) = await _dashboard.AddTokenAsync(await _dashboard.AddPersonAsync("viewer", new Grant(Role.Viewer, SiteScope.Of(SiteOf(1)))));
        await using var connection = await ConnectAsync(token);
        await using var messages = Watch(connection, null);
        Assert.Empty((await NextAsync(messages)).GetProperty("changed").EnumerateArray());

        // What is not the caller's is worth no message, not even an empty one: the next is of the own server.
        await PublishAsync(2, Finding(FindingIds.DiskFull, since: Now.AddHours(-1)), Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1)));
        Publish(1, Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1)));

        var message = await NextAsync(messages);
        var problem = Assert.Single(message.GetProperty("changed").EnumerateArray());
        Assert.Equal((FindingIds.MicrosoftOutage, 1), (problem.GetProperty("causeId").GetString(), problem.GetProperty("serverCount").GetInt32()));
        Assert.Empty(message.GetProperty("removed").EnumerateArray());
        Assert.DoesNotContain("SRV-02", message.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchProblems_OneSite_TellsOfItsServersAlone()
    {
        await PublishAsync(1, Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1)));
        await PublishAsync(2, Finding(FindingIds.MicrosoftOutage, since: Now.AddHours(-1)));
        await using var connection = await ConnectAsync(TestDashboard.Token);
        await using var messages = Watch(connection, SiteOf(2));

        var problem = Assert.Single((await NextAsync(messages)).GetProperty("changed").EnumerateArray());
        Assert.Equal(2, Assert.Single(problem.GetProperty("servers").EnumerateArray()).GetProperty("serverId").GetInt32());
    }

    [Fact]
    public async Task Tracker_DashboardThatIsKilled_GoesOnWithTheSameProblem()
    {
        await PublishAsync(1, Finding(FindingIds.DiskFull, since: Now.AddHours(-1)));
        var before = Assert.Single(_dashboard.Get<ProblemTracker>().Problems.MembersOf(1));

        await _dashboard.KillAsync();
        _dashboard = await TestDashboard.StartAsync(_folder);
        await Eventually.TrueAsync(() => _dashboard.Get<ProblemTracker>().Problems.MembersOf(1).Count > 0);

        Assert.Equal(before, Assert.Single(_dashboard.Get<ProblemTracker>().Problems.MembersOf(1), member => member.Course.CauseId == FindingIds.DiskFull));
        var live = await _dashboard.UntilAsync(1, server => server.Problems.Any(problem => problem.CauseId == FindingIds.DiskFull));
        Assert.Contains(live.Problems, problem => (problem.Id, problem.Since) == (before.ProblemId, before.Course.Since));
    }

    private static string SiteOf(int id) => id == 1 ? "BRN" : "ZRH";

    private void Publish(int id, params IReadOnlyList<Finding> findings) => _dashboard.Live.Publish(Server(id, Now, findings) with { Site = SiteOf(id) });

    /// <summary>Until each of the findings is a problem that is told of: suspected ones aren't.</summary>
    private async Task PublishAsync(int id, params IReadOnlyList<Finding> findings)
    {
        Publish(id, findings);
        await Eventually.TrueAsync(() => _dashboard.Get<ProblemTracker>().Problems.MembersOf(id).Count(member => member.Course.State is not ProblemState.Suspected) == findings.Count);
    }

    private async Task<HubConnection> ConnectAsync(string token)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(_dashboard.Http.BaseAddress!, FleetHub.Path), options => options.AccessTokenProvider = () => Task.FromResult<string?>(token))
            .AddJsonProtocol(options => Dashboard.Api.JsonEnums.Configure(options.PayloadSerializerOptions))
            .Build();
        await connection.StartAsync(Token);
        return connection;
    }

    private static IAsyncEnumerator<JsonElement> Watch(HubConnection connection, string? site) => connection.StreamAsync<JsonElement>("WatchProblems", site, Token).GetAsyncEnumerator(Token);

    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<JsonElement> messages)
    {
        Assert.True(await messages.MoveNextAsync().AsTask().WaitAsync(Eventually.Limit, Token));
        return messages.Current;
    }
}
