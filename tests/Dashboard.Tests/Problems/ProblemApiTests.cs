using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>Problems over REST, and what somebody sees of them who may see some sites only.</summary>
public abstract class ProblemApiTests(DatabaseKind kind) : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly TestDatabase _database = new(kind);
    private TestDashboard _dashboard = null!;
    private int _brn;
    private int _zrh;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The servers and the problems are rows alone: nothing live changes them.</summary>
    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options =>
        {
            options.Database.Provider = _database.Options.Database.Provider;
            options.Database.ConnectionString = _database.Options.Database.ConnectionString;
        });
        await using var context = await ContextAsync();
        var (brn, zrh) = (TestDatabase.NewServer("BRN-WSUS01"), TestDatabase.NewServer("ZRH-WSUS01"));
        zrh.Site = "ZRH";
        context.Servers.AddRange(brn, zrh);
        await context.SaveChangesAsync(Token);
        (_brn, _zrh) = (brn.Id, zrh.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task List_WholeFleet_CurrentOnesFirstAndEachAsItsServersAre()
    {
        var resolved = await AddAsync(FindingIds.PoolStopped, (_brn, ProblemState.Resolved, Severity.Critical));
        var shared = await AddAsync(FindingIds.MicrosoftOutage, ProblemKind.Outage, (_brn, ProblemState.Unproven, Severity.Warning), (_zrh, ProblemState.Open, Severity.Critical));
        var last = await AddAsync(FindingIds.DiskFull, (_zrh, ProblemState.Resolved, Severity.Warning));
        await AddAsync(FindingIds.ScanStorm, (_zrh, ProblemState.Suspected, Severity.Critical));

        var list = await GetAsync("");

        Assert.Equal([shared, last, resolved], Ids(list));
        Assert.Equal(3, list.GetProperty("total").GetInt32());
        var outage = list.GetProperty("items")[0];
        Assert.Equal(("open", "critical", "outage", 2), (Text(outage, "state"), Text(outage, "severity"), Text(outage, "kind"), outage.GetProperty("serverCount").GetInt32()));
        Assert.Equal([_brn, _zrh], outage.GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("serverId").GetInt32()));
    }

    [Fact]
    public async Task List_Filters_TakeWhatTheySay()
    {
        var resolved = await AddAsync(FindingIds.PoolStopped, (_brn, ProblemState.Resolved, Severity.Critical));
        var repaired = await AddAsync(FindingIds.PoolMissing, (_brn, ProblemState.BeingRepaired, Severity.Critical));
        var unproven = await AddAsync(FindingIds.UnknownCause, (_zrh, ProblemState.Unproven, Severity.Warning));
        var mixed = await AddAsync(FindingIds.MicrosoftOutage, ProblemKind.Outage, (_brn, ProblemState.Open, Severity.Warning), (_zrh, ProblemState.Unproven, Severity.Critical));

        await AssertIdsAsync("?current=true", mixed, unproven, repaired);
        await AssertIdsAsync("?current=false", resolved);
        await AssertIdsAsync("?state=open", mixed);
        await AssertIdsAsync("?state=beingRepaired", repaired);
        await AssertIdsAsync("?state=unproven", unproven);
        await AssertIdsAsync("?state=resolved", resolved);
        await AssertIdsAsync("?state=resolved&current=true");
        await AssertIdsAsync("?severity=critical", mixed, repaired, resolved);
        await AssertIdsAsync("?severity=critical&site=BRN", repaired, resolved);
        await AssertIdsAsync("?kind=outage", mixed);
        await AssertIdsAsync("?cause=unknown-cause", unproven);
        await AssertIdsAsync(Format($"?server={_zrh}"), mixed, unproven);
        await AssertIdsAsync("?site=ZRH&state=unproven", mixed, unproven);
        await AssertIdsAsync("?site=nowhere");
        await AssertIdsAsync("?pageSize=2&page=2", repaired, resolved);
        await AssertIdsAsync("?pageSize=2&page=3");
    }

    [Fact]
    public async Task List_SomebodyOfAnotherSite_SeesNoneOfItNotEvenInCounts()
    {
        var shared = await AddAsync(FindingIds.MicrosoftOutage, ProblemKind.Outage, (_brn, ProblemState.Resolved, Severity.Warning), (_zrh, ProblemState.Open, Severity.Critical));
        var foreign = await AddAsync(FindingIds.DiskFull, (_zrh, ProblemState.Open, Severity.Critical));
        using var client = await ClientAsync("BRN");

        var list = await GetAsync("", client);

        Assert.Equal([shared], Ids(list));
        Assert.Equal(1, list.GetProperty("total").GetInt32());
        var problem = list.GetProperty("items")[0];
        Assert.Equal(("resolved", "warning", 1), (Text(problem, "state"), Text(problem, "severity"), problem.GetProperty("serverCount").GetInt32()));
        Assert.DoesNotContain("ZRH", list.GetRawText(), StringComparison.Ordinal);
        await AssertIdsAsync(client, "?state=open");
        await AssertIdsAsync(client, "?severity=critical");
        await AssertIdsAsync(client, "?site=ZRH");
        await AssertIdsAsync(client, Format($"?server={_zrh}"));
        await AssertIdsAsync(client, "?cause=disk-full");
        Assert.Equal(1, (await GetAsync(Format($"/{shared}/servers"), client)).GetProperty("total").GetInt32());
        Assert.Equal(1, (await GetAsync(Format($"/{shared}/life"), client)).GetProperty("total").GetInt32());
        foreach (var path in new[] { "", "/servers", "/life" })
        {
            Assert.Equal(await RefusalAsync(client, Format($"/{foreign + 1_000}{path}")), (await RefusalAsync(client, Format($"/{foreign}{path}"))).Replace(Format($" {foreign}."), Format($" {foreign + 1_000}."), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Get_ProblemOfAnUpstreamThatMayNotBeSeen_IsCalledAsOnTheServersBelow()
    {
        var id = await AddAsync(FindingIds.WorldWideWebStopped, ProblemKind.Upstream, (_zrh, ProblemState.Open, Severity.Critical));
        await using (var context = await ContextAsync())
        {
            await context.Problems.Where(problem => problem.Id == id).ExecuteUpdateAsync(update => update.SetProperty(problem => problem.RootServerId, _zrh).SetProperty(problem => problem.Subject, "ZRH-WSUS01"), Token);
            context.ProblemServers.Add(Course(id, _brn, FindingIds.UpstreamFailing, ProblemState.Open, Severity.Warning));
            await context.SaveChangesAsync(Token);
        }

        using var client = await ClientAsync("BRN");

        var seen = await GetAsync(Format($"/{id}"), client);
        Assert.Equal((FindingIds.UpstreamFailing, "warning"), (Text(seen, "causeId"), Text(seen, "severity")));
        Assert.DoesNotContain(FindingIds.WorldWideWebStopped, seen.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("ZRH-WSUS01", seen.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("ZRH-WSUS01", Text(await GetAsync(Format($"/{id}")), "subject"));
        Assert.Equal(FindingIds.WorldWideWebStopped, Text(await GetAsync(Format($"/{id}")), "causeId"));
    }

    [Fact]
    public async Task Get_NumberOfAProblemThatWentIntoAnother_LeadsThere()
    {
        var (first, second, third) = (await AddAsync(FindingIds.PoolStopped), await AddAsync(FindingIds.PoolRapidFail), await AddAsync(FindingIds.PoolMemoryLimit, (_brn, ProblemState.Open, Severity.Critical)));
        await using (var context = await ContextAsync())
        {
            await context.Problems.Where(problem => problem.Id == first).ExecuteUpdateAsync(update => update.SetProperty(problem => problem.MergedInto, second), Token);
            await context.Problems.Where(problem => problem.Id == second).ExecuteUpdateAsync(update => update.SetProperty(problem => problem.MergedInto, third), Token);
        }

        Assert.Equal(third, (await GetAsync(Format($"/{first}"))).GetProperty("id").GetInt64());
        Assert.Equal(1, (await GetAsync(Format($"/{first}/life"))).GetProperty("total").GetInt32());
        await AssertIdsAsync("", third);
    }

    [Fact]
    public async Task Servers_AndLife_ArePaged()
    {
        var id = await AddAsync(FindingIds.MicrosoftOutage, ProblemKind.Outage, (_brn, ProblemState.Resolved, Severity.Warning), (_zrh, ProblemState.Open, Severity.Critical));

        var servers = await GetAsync(Format($"/{id}/servers?pageSize=1"));
        var life = await GetAsync(Format($"/{id}/life?pageSize=1&page=2"));

        Assert.Equal((2, _zrh), (servers.GetProperty("total").GetInt32(), servers.GetProperty("items")[0].GetProperty("serverId").GetInt32()));
        Assert.Equal((2, 2), (life.GetProperty("total").GetInt32(), life.GetProperty("page").GetInt32()));
        Assert.Empty((await GetAsync(Format($"/{id}/life?pageSize=1&page=3"))).GetProperty("items").EnumerateArray());
        Assert.Equal("opened", Text(Assert.Single(life.GetProperty("items").EnumerateArray()), "kind"));
    }

    [Theory]
    [InlineData("?state=suspected", "state")]
    [InlineData("?state=broken", "state")]
    [InlineData("?severity=bad", "severity")]
    [InlineData("?server=0", "server")]
    [InlineData("?pageSize=201", "pageSize")]
    [InlineData("?colour=red", "colour")]
    public async Task List_BadInput_IsRefusedByName(string query, string field)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri($"/api/v1/problems{query}", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task List_Nobody_IsRefused()
    {
        using var client = _dashboard.Client(null);
        using var response = await client.GetAsync(new Uri("/api/v1/problems", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static List<long> Ids(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt64())];

    private Task<DashboardContext> ContextAsync() => _dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token);

    private Task<long> AddAsync(string cause, params (int ServerId, ProblemState State, Severity Severity)[] servers) => AddAsync(cause, ProblemKind.Server, servers);

    /// <summary>A problem as the tracker would leave it, with one moment a server.</summary>
    private async Task<long> AddAsync(string cause, ProblemKind problemKind, params (int ServerId, ProblemState State, Severity Severity)[] servers)
    {
        await using var context = await ContextAsync();
        var problem = new ProblemEntity { CauseId = cause, Title = cause, Kind = problemKind, GroupKey = problemKind == ProblemKind.Server ? "" : "group", CreatedAt = Clock.Start.UtcDateTime };
        context.Problems.Add(problem);
        await context.SaveChangesAsync(Token);
        foreach (var (serverId, state, severity) in servers)
        {
            context.ProblemServers.Add(Course(problem.Id, serverId, cause, state, severity));
            context.ProblemEvents.Add(new() { ProblemId = problem.Id, ServerId = serverId, At = Clock.Start.UtcDateTime, Kind = ProblemEventKind.Opened, CauseId = cause, Title = cause, Severity = severity });
        }

        await context.SaveChangesAsync(Token);
        return problem.Id;
    }

    private static ProblemServerEntity Course(long problemId, int serverId, string cause, ProblemState state, Severity severity) => new()
    {
        ProblemId = problemId,
        ServerId = serverId,
        CauseId = cause,
        Title = cause,
        State = state,
        Severity = severity,
        StateSince = Clock.Start.UtcDateTime,
        Since = Clock.Start.UtcDateTime,
        OpenedAt = Clock.Start.UtcDateTime,
        ResolvedAt = state == ProblemState.Resolved ? Clock.Start.UtcDateTime : null,
    };

    private async Task<HttpClient> ClientAsync(string site)
    {
        var person = await _dashboard.AddPersonAsync("viewer", new Grant(Role.Viewer, SiteScope.Of(site)));
        return _dashboard.Client((await _dashboard.AddTokenAsync(person)).Text);
    }

    private Task<JsonElement> GetAsync(string path, HttpClient? client = null) => (client ?? _dashboard.Http).GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/problems{path}", UriKind.Relative), Token);

    private static async Task<string> RefusalAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri($"/api/v1/problems{path}", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString()!;
    }

    private Task AssertIdsAsync(string query, params long[] expected) => AssertIdsAsync(_dashboard.Http, query, expected);

    private async Task AssertIdsAsync(HttpClient client, string query, params long[] expected)
    {
        var list = await GetAsync(query, client);
        Assert.Equal(expected, Ids(list));
        if (!query.Contains("page", StringComparison.Ordinal))
        {
            Assert.Equal(expected.Length, list.GetProperty("total").GetInt32());
        }
    }
}

public sealed class ProblemApiOnSqliteTests() : ProblemApiTests(DatabaseKind.Sqlite);

public sealed class ProblemApiOnPostgreSqlTests() : ProblemApiTests(DatabaseKind.PostgreSql);
