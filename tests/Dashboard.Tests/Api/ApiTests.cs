using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Hubs;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;
    private FakeAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await FakeAgent.StartAsync();
        _dashboard = await TestDashboard.StartAsync(_folder);
    }

    [Theory]
    [InlineData("0x8024401B", "0x8024401B", true, 1)]
    [InlineData("-2145107941", "0x8024401B", true, 1)]
    [InlineData("0x8024ABCD", "0x8024ABCD", false, 0)]
    [InlineData("6703", "6703", true, 0)]
    public async Task Explain_Number_TellsItAndItsCauses(string code, string number, bool isKnown, int causes)
    {
        var answer = await _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/explain?code={code}", UriKind.Relative), TestContext.Current.CancellationToken);

        var item = Assert.Single(answer.EnumerateArray());
        Assert.Equal(number, item.GetProperty("error").GetProperty("number").GetString());
        Assert.Equal(isKnown, item.GetProperty("error").GetProperty("isKnown").GetBoolean());
        Assert.Equal(causes, item.GetProperty("causes").GetArrayLength());
    }

    [Theory]
    [InlineData("POST", "/api/v1/servers", """{"address":"https://a:1","nam":"x"}""", "nam", "address")]
    [InlineData("POST", "/api/v1/servers", """{"address":7}""", "address", "Allowed: text")]
    [InlineData("POST", "/api/v1/servers", """{"name":"x"}""", "address", "missing")]
    [InlineData("POST", "/api/v1/servers", """{"address":"ftp://a:1"}""", "address", "https://host:port")]
    [InlineData("POST", "/api/v1/servers", """{"address":"https://a:1/path"}""", "address", "host and port")]
    [InlineData("POST", "/api/v1/servers", """{"address":"https://a:1","baseline":"mine"}""", "baseline", "guide, microsoft, optimize-wsusserver")]
    [InlineData("POST", "/api/v1/servers", """{"address":"https://a:1","address":"https://b:1"}""", "address", "twice")]
    [InlineData("POST", "/api/v1/servers", """[1]""", "body", "Allowed: a JSON object")]
    [InlineData("POST", "/api/v1/servers", """{"address":""", "body", "(line 1")]
    [InlineData("POST", "/api/v1/servers", """{"address":"\ud800"}""", "body", "valid UTF-8")]
    [InlineData("POST", "/api/v1/servers", """{"\udc00":[]}""", "body", "valid UTF-8")]
    [InlineData("POST", "/api/v1/servers", "", "body", "missing")]
    [InlineData("POST", "/api/v1/servers/1/repairs", """{"playbook":"full-repair","ticket":7}""", "ticket", "Allowed: text")]
    [InlineData("POST", "/api/v1/servers/1/plan", """{"playbook":"format-disk"}""", "playbook", "full-repair, pool-only, restart-services, start-wsus, start-sms-executive, restore-startup, sync-only")]
    [InlineData("POST", "/api/v1/servers/1/repairs", """{"playbook":"full-repair","baseline":"guide","force":true}""", "force", "playbook, baseline, includeRisky, fingerprint, reason")]
    [InlineData("POST", "/api/v1/servers/1/repairs", """{"playbook":""}""", "playbook", "full-repair")]
    [InlineData("POST", "/api/v1/servers/1/plan", """{"includeRisky":"yes"}""", "includeRisky", "true or false")]
    [InlineData("POST", "/api/v1/repairs/x/undo", """{"reasn":""}""", "reasn", "reason")]
    [InlineData("POST", "/api/v1/repairs/batch/plan", """{"servers":["1"],"playbook":"full-repair"}""", "servers", "a list of whole numbers")]
    [InlineData("POST", "/api/v1/enrolment/tokens", """{"uses":"5","hours":1}""", "uses", "1 to 10000")]
    [InlineData("POST", "/api/v1/enrolment/tokens", """{"uses":0,"hours":1}""", "uses", "1 to 10000")]
    [InlineData("POST", "/api/v1/enrolment/tokens", """{"uses":1}""", "hours", "missing")]
    [InlineData("POST", "/api/v1/enrolment/tokens", """{"uses":1,"hours":1,"admits":"true"}""", "admits", "true or false")]
    [InlineData("GET", "/api/v1/servers?pageSize=many", null, "pageSize", "1 to 200")]
    [InlineData("GET", "/api/v1/servers?page=1&page=2", null, "page", "once")]
    [InlineData("GET", "/api/v1/servers?drifted=1", null, "drifted", "true or false")]
    [InlineData("GET", "/api/v1/servers?Site=BRN", null, "Site", "site")]
    [InlineData("GET", "/api/v1/servers/1?site=BRN", null, "site", "none")]
    [InlineData("GET", "/api/v1/history/syncs?from=2026-02-30", null, "from", "2026-01-31")]
    [InlineData("GET", "/api/v1/history/syncs?from=2026-02-01&to=2026-01-01", null, "from", "1 to 3660 days")]
    [InlineData("GET", "/api/v1/history/days.csv?zone=Mars", null, "zone", "Europe/Zurich")]
    [InlineData("GET", "/api/v1/history/syncs?to=0001-01-01", null, "to", "2000 to 2199")]
    [InlineData("GET", "/api/v1/history/syncs?to=9999-12-31", null, "to", "2000 to 2199")]
    [InlineData("GET", "/api/v1/servers/1/timeline?to=0001-01-01", null, "to", "2000 to 2199")]
    [InlineData("GET", "/api/v1/servers/1/timeline?from=2026-02-01&to=2026-01-01", null, "from", "before")]
    [InlineData("GET", "/api/v1/history/changes?since=0001-01-01", null, "since", "2000 to 2199")]
    [InlineData("GET", "/api/v1/history/patch-tuesday.csv?month=9999-12-31", null, "month", "2000 to 2199")]
    [InlineData("GET", "/api/v1/servers?pageSize=201", null, "pageSize", "1 to 200")]
    [InlineData("GET", "/api/v1/servers?health=green", null, "health", "unknown, healthy, warning, critical, unreachable")]
    [InlineData("GET", "/api/v1/servers?health=3", null, "health", "critical")]
    [InlineData("GET", "/api/v1/servers?helth=critical", null, "helth", "health")]
    [InlineData("GET", "/api/v1/servers/1/syncs?from=yesterday", null, "from", "ISO 8601")]
    [InlineData("GET", "/api/v1/servers/1/syncs?result=ok", null, "result", "unknown, running, succeeded, failed, cancelled")]
    [InlineData("GET", "/api/v1/explain", null, "code", "missing")]
    [InlineData("GET", "/api/v1/explain?code=hello", null, "code", "0x80244022")]
    [InlineData("GET", "/api/v1/explain?cod=5", null, "cod", "code")]
    public async Task Request_Wrong_NamesTheFieldAndWhatIsAllowed(string method, string path, string? body, string field, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await _dashboard.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(allowed, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        Assert.Empty(_dashboard.Live.GetAll());
    }

    [Fact]
    public async Task PostServer_SeveralMistakes_AllAreNamed()
    {
        var (status, body, _) = await _dashboard.PostAsync("/api/v1/servers", new { address = "ftp://nowhere", name = 5, site = new string('s', 51), color = "red" });

        Assert.Equal(400, status);
        Assert.Equal(["address", "color", "name", "site"], body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Fact]
    public async Task GetServers_SeveralMistakes_AllAreNamed()
    {
        using var response = await _dashboard.Http.GetAsync(new Uri($"/api/v1/servers?health=green&pageSize=0&color=red&page=x&site={new string('s', 51)}", UriKind.Relative), TestContext.Current.CancellationToken);

        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(["color", "health", "page", "pageSize", "site"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Theory]
    [InlineData("2026-01-31T06:00:00", "2026-01-31T06:00:00+00:00")]
    [InlineData("2026-01-31T06:00:00%2B02:00", "2026-01-31T04:00:00+00:00")]
    public async Task GetChanges_Since_IsUtcWhereItNamesNoZone(string since, string expected)
    {
        var changes = await GetAsync($"/api/v1/history/changes?since={since}");

        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), changes.GetProperty("since").GetDateTimeOffset());
    }

    [Fact]
    public async Task PostServer_OtherContentType_IsRefused()
    {
        using var content = new StringContent("""{"address":"https://a:1"}""", Encoding.UTF8, "text/plain");

        using var response = await _dashboard.Http.PostAsync(new Uri("/api/v1/servers", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Contains("application/json", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WhereOnlyGetAndDeleteAre_SaysWhatIsAllowed()
    {
        using var response = await _dashboard.Http.PutAsJsonAsync(new Uri("/api/v1/servers/1", UriKind.Relative), new { }, TestContext.Current.CancellationToken);

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Contains("GET", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostServer_FromAPageOfAnotherSite_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/servers") { Content = JsonContent.Create(new { address = _agent.Address }) };
        request.Headers.Add("Origin", "http://evil.example");

        using var response = await _dashboard.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(403, (int)response.StatusCode);
        Assert.Empty(_dashboard.Live.GetAll());
    }

    [Fact]
    public async Task PostServer_ThenGet_ShowsTheServerInTheShapeOfTheContract()
    {
        var (status, created, location) = await _dashboard.PostAsync("/api/v1/servers", new { address = _agent.Address.ToUpperInvariant(), name = "BRN-WSUS02", site = "BRN" });
        Assert.Equal(201, status);
        var id = created.GetProperty("id").GetInt32();
        Assert.Equal($"/api/v1/servers/{id}", location);
        await _dashboard.PairAsync(id);
        var watch = await _agent.NextWatchAsync();
        var now = TimeProvider.System.GetUtcNow();
        watch.Send(Samples.Snapshot(now, pool: PoolState.Stopped));
        watch.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", now.AddMinutes(-30), SyncResult.Cancelled)));
        await _dashboard.UntilAsync(id, server => server.Status.LastSyncResult == SyncResult.Cancelled && server.Status.CauseId is not null);
        await _dashboard.StoredAsync(id, 1);

        var list = await GetAsync("/api/v1/servers?search=brn&pageSize=10");
        var server = list.GetProperty("items")[0];
        Assert.Equal((1, 1, 10), (list.GetProperty("total").GetInt32(), list.GetProperty("page").GetInt32(), list.GetProperty("pageSize").GetInt32()));
        var past = await GetAsync("/api/v1/servers?search=brn&pageSize=1&page=2");
        Assert.Equal((1, 2, 0), (past.GetProperty("total").GetInt32(), past.GetProperty("page").GetInt32(), past.GetProperty("items").GetArrayLength()));
        Assert.Equal("critical", server.GetProperty("health").GetString());
        Assert.Equal("stopped", server.GetProperty("pool").GetProperty("state").GetString());
        Assert.Equal("cancelled", server.GetProperty("lastSync").GetProperty("result").GetString());
        Assert.Equal(12_480, server.GetProperty("updates").GetProperty("total").GetInt64());
        Assert.Contains("pool-stopped", server.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString()));
        var detail = await GetAsync($"/api/v1/servers/{id}");
        var settings = detail.GetProperty("settings").EnumerateArray().ToList();
        Assert.Equal(18, settings.Count);
        Assert.Equal(settings.Select(setting => setting.GetProperty("isDrifted").GetBoolean()).OrderDescending(), settings.Select(setting => setting.GetProperty("isDrifted").GetBoolean()));
        var identity = settings.Single(setting => setting.GetProperty("setting").GetString() == "identityType");
        Assert.Equal(("processModel", System.Text.Json.JsonValueKind.Null), (identity.GetProperty("group").GetString(), identity.GetProperty("recommendation").ValueKind));
        Assert.Equal((8, 8), (server.GetProperty("pool").GetProperty("applications").GetInt32(), server.GetProperty("pool").GetProperty("expectedApplications").GetInt32()));
        var syncs = await GetAsync($"/api/v1/servers/{id}/syncs?result=cancelled");
        Assert.Equal("wsus-1", syncs.GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Equal("wsus", syncs.GetProperty("items")[0].GetProperty("source").GetString());
    }

    [Fact]
    public async Task PostServer_SameAddressWrittenOtherwise_IsAConflict()
    {
        await _dashboard.AddServerAsync(_agent.Address, "first");

        var (status, body, _) = await _dashboard.PostAsync("/api/v1/servers", new { address = _agent.Address + "/" });

        Assert.Equal(409, status);
        Assert.Contains("first", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/servers/99")]
    [InlineData("/api/v1/servers/99/syncs")]
    [InlineData("/api/v1/repairs/none")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/servers/abc")]
    public async Task Get_WhatIsNotThere_IsAProblemDocument(string path)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/jobs")]
    public async Task Get_ServicePages_Answer(string path)
    {
        await Eventually.Async(
            async () =>
            {
                using var response = await _dashboard.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
                return (int)response.StatusCode;
            },
            status => status == 200);
    }

    [Fact]
    public async Task Hub_Watch_GivesTheSnapshotThenChanges()
    {
        var id = await _dashboard.AddServerAsync(_agent.Address);
        await _dashboard.UntilAsync(id, _ => true);
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(_dashboard.Http.BaseAddress!, FleetHub.Path), options => options.AccessTokenProvider = () => Task.FromResult<string?>(TestDashboard.Token))
            .AddJsonProtocol(options => Dashboard.Api.JsonEnums.Configure(options.PayloadSerializerOptions))
            .Build();
        await connection.StartAsync(TestContext.Current.CancellationToken);
        await using var messages = connection.StreamAsync<JsonElement>("Watch", null, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await messages.MoveNextAsync());
        Assert.True(messages.Current.GetProperty("isSnapshot").GetBoolean());
        Assert.Equal(id, messages.Current.GetProperty("changed")[0].GetProperty("id").GetInt32());

        (await _agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow(), pool: PoolState.Stopped));

        while (await messages.MoveNextAsync())
        {
            if (messages.Current.GetProperty("changed")[0].GetProperty("health").GetString() == "critical")
            {
                return;
            }
        }

        Assert.Fail("The stream ended.");
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
    }

    private Task<JsonElement> GetAsync(string path) => _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
}
