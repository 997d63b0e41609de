using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Api;

/// <summary>What pages can do and scripts can do too: services, pools, syncs, logs, baselines, people.</summary>
public sealed class CompletenessTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;
    private FakeAgent _agent = null!;
    private int _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _agent = await FakeAgent.StartAsync();
        _dashboard = await TestDashboard.StartAsync(_folder);
        _server = await _dashboard.AddServerAsync(_agent.Address);
        (await _agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await _dashboard.UntilAsync(_server, server => server.Snapshot is not null);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("restart")]
    public async Task PostService_Verb_ReachesTheAgentWithTheReasonAndIsAudited(string verb)
    {
        Shared.Contract.V1.ControlServiceRequest? asked = null;
        _agent.Verbs.Service = request =>
        {
            asked = request;
            return new() { Name = request.Name, State = ServiceState.Stopped };
        };

        var (status, body, _) = await _dashboard.PostAsync($"/api/v1/servers/{_server}/services/WsusService/{verb}", new { reason = "CHG-1234" });

        Assert.Equal((200, "stopped"), (status, body.GetProperty("state").GetString()));
        Assert.Equal((verb, "WsusService", "CHG-1234"), (asked!.Verb, asked.Name, asked.Context.Reason));
        Assert.Contains(await AuditAsync($"service.{verb}"), row => row.Outcome == "done" && row.ServerId == _server);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("recycle")]
    public async Task PostPool_Verb_ReachesTheAgent(string verb)
    {
        Shared.Contract.V1.ControlPoolRequest? asked = null;
        _agent.Verbs.Pool = request =>
        {
            asked = request;
            return new() { Name = request.Name, State = PoolState.Started, Settings = new() };
        };

        var (status, body, _) = await _dashboard.PostAsync($"/api/v1/servers/{_server}/pools/WsusPool/{verb}", new { });

        Assert.Equal((200, "started", verb), (status, body.GetProperty("state").GetString(), asked!.Verb));
    }

    [Fact]
    public async Task PostService_RefusedByTheServer_IsForbiddenAndSaysWhy()
    {
        _agent.Verbs.Service = _ => throw new RpcException(new(StatusCode.PermissionDenied, "monitor-only"));

        var (status, body, _) = await _dashboard.PostAsync($"/api/v1/servers/{_server}/services/W3SVC/stop", new { });

        Assert.Equal(403, status);
        Assert.NotEmpty(body.GetProperty("detail").GetString()!);
    }

    [Theory]
    [InlineData("start", "started")]
    [InlineData("stop", "stopped")]
    public async Task PostSync_Verb_AnswersWithWhatTheAgentSays(string verb, string said)
    {
        var (status, body, _) = await _dashboard.PostAsync($"/api/v1/servers/{_server}/sync/{verb}", new { });
        Assert.Equal((200, said), (status, body.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task GetLog_OfAServer_IsItsEnd()
    {
        _agent.Verbs.Log = request => [.. Enumerable.Range(1, request.TailLines).Select(line => $"line {line}")];
        var name = (await GetAsync("/api/v1/logs")).GetProperty("names")[0].GetString();

        var lines = (await GetAsync($"/api/v1/servers/{_server}/logs/{name}?lines=3")).GetProperty("lines").EnumerateArray().ToList();

        Assert.Equal(3, lines.Count);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(_dashboard.Http, $"/api/v1/servers/{_server}/logs/secrets"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(_dashboard.Http, $"/api/v1/servers/{_server}/logs/{name}?lines=0"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_dashboard.Http, $"/api/v1/servers/999/logs/{name}"));
    }

    [Fact]
    public async Task PatchServer_WhatIsGiven_ChangesAndTheRestStays()
    {
        using var before = await _dashboard.Http.GetAsync(new Uri($"/api/v1/servers/{_server}", UriKind.Relative), Token);
        var seen = before.Headers.ETag!;

        using var changed = await PatchAsync("""{"name":"BRN-WSUS03","baseline":"microsoft"}""", seen.Tag);
        var body = await changed.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.Equal((HttpStatusCode.OK, "BRN-WSUS03", "BRN", "microsoft"), (changed.StatusCode, body.GetProperty("name").GetString(), body.GetProperty("site").GetString(), body.GetProperty("baseline").GetString()));
        Assert.NotEqual(seen.Tag, changed.Headers.ETag!.Tag);
        Assert.Single(await AuditAsync("server.edit"));

        // Somebody who saw the state before is too late.
        using var late = await PatchAsync("""{"name":"MINE"}""", seen.Tag);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using var wrong = await PatchAsync("""{"baseline":"mine"}""", null);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Single(await AuditAsync("server.edit"));
    }

    [Fact]
    public async Task GetBaselines_All_AreThoseOfTheCatalogue()
    {
        Assert.Equal(BaselineCatalog.All.Select(baseline => baseline.Id), (await GetAsync("/api/v1/baselines")).EnumerateArray().Select(baseline => baseline.GetProperty("id").GetString()));
        Assert.Equal(BaselineCatalog.All[0].Settings.Count, (await GetAsync($"/api/v1/baselines/{BaselineCatalog.All[0].Id}")).GetProperty("settings").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_dashboard.Http, "/api/v1/baselines/mine"));
    }

    [Fact]
    public async Task People_InvitedRolesDisabled_AreWhatTheListSays()
    {
        var (status, body, _) = await _dashboard.PostAsync("/api/v1/people", new { name = "anna", roles = new object[] { new { role = "operator", sites = new[] { "BRN" } } } });
        Assert.Equal(200, status);
        Assert.StartsWith("/invitation?code=", body.GetProperty("path").GetString(), StringComparison.Ordinal);
        var anna = Assert.Single((await GetAsync("/api/v1/people?search=anna")).GetProperty("items").EnumerateArray());
        Assert.Equal(("operator", "BRN", true), (anna.GetProperty("roles")[0].GetProperty("role").GetString(), anna.GetProperty("roles")[0].GetProperty("sites")[0].GetString(), anna.GetProperty("isInvited").GetBoolean()));

        var id = anna.GetProperty("id").GetString();
        using var roles = await _dashboard.Http.PutAsJsonAsync(new Uri($"/api/v1/people/{id}/roles", UriKind.Relative), new { roles = new object[] { new { role = "viewer" } } }, Token);
        Assert.Equal(HttpStatusCode.NoContent, roles.StatusCode);
        using var disabled = await _dashboard.Http.PostAsync(new Uri($"/api/v1/people/{id}/disable", UriKind.Relative), null, Token);
        Assert.Equal(HttpStatusCode.NoContent, disabled.StatusCode);
        anna = (await GetAsync("/api/v1/people?search=anna")).GetProperty("items")[0];
        Assert.Equal(("viewer", JsonValueKind.Null, true), (anna.GetProperty("roles")[0].GetProperty("role").GetString(), anna.GetProperty("roles")[0].GetProperty("sites").ValueKind, anna.GetProperty("isDisabled").GetBoolean()));
        Assert.Equal(["person.disable", "person.invite", "person.roles"], (await AuditAsync("person.")).Select(row => row.What).Where(what => what != "person.sign-in").Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"name":"anna"}""", "roles")]
    [InlineData("""{"name":"anna","roles":[{"role":"god"}]}""", "roles")]
    [InlineData("""{"name":"anna","roles":[{"role":"viewer","sites":[]}]}""", "sites")]
    [InlineData("""{"name":"","roles":[]}""", "name")]
    public async Task PostPeople_WhatCannotBeTaken_NamesTheField(string body, string field)
    {
        using var content = new StringContent(body, null, "application/json");
        using var response = await _dashboard.Http.PostAsync(new Uri("/api/v1/people", UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(0, (await GetAsync("/api/v1/people?search=anna")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Rights_OfAViewer_ReadsAndChangesNothing()
    {
        var person = await _dashboard.AddPersonAsync("viewer", new Grant(Role.Viewer, SiteScope.Of("BRN")));
        using var viewer = _dashboard.Client((await _dashboard.AddTokenAsync(person)).Text);
        var asked = 0;
        _agent.Verbs.Service = request =>
        {
            asked++;
            return new() { Name = request.Name };
        };

        foreach (var path in new[] { $"/api/v1/servers/{_server}/services/W3SVC/stop", $"/api/v1/servers/{_server}/pools/WsusPool/stop", $"/api/v1/servers/{_server}/sync/start", "/api/v1/people" })
        {
            using var response = await viewer.PostAsJsonAsync(new Uri(path, UriKind.Relative), new { }, Token);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        Assert.Equal(0, asked);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(viewer, "/api/v1/people"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(viewer, "/api/v1/baselines"));
    }

    [Fact]
    public async Task OpenApi_NumbersOfBodies_AreNumbersAndNoText()
    {
        var schemas = (await GetAsync("/openapi/v1.json")).GetProperty("components").GetProperty("schemas");
        var uses = schemas.GetProperty("IssueTokenJson").GetProperty("properties").GetProperty("uses").GetProperty("type").ToString();

        Assert.Contains("integer", uses, StringComparison.Ordinal);
        Assert.DoesNotContain("string", uses, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PatchAsync(string body, string? seen)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri($"/api/v1/servers/{_server}", UriKind.Relative)) { Content = new StringContent(body, null, "application/json") };
        if (seen is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", seen);
        }

        return await _dashboard.Http.SendAsync(request, Token);
    }

    private Task<JsonElement> GetAsync(string path) => _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Token);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return response.StatusCode;
    }

    private async Task<IReadOnlyList<AuditRow>> AuditAsync(string what)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        return (await scope.ServiceProvider.GetRequiredService<AuditService>().GetPageAsync(new() { What = what }, Token)).Items;
    }
}
