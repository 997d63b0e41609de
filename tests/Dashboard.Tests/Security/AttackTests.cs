using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.ServiceControl;
using WsusDashboard.Dashboard.Hubs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>What somebody tries who has less than they want. The table "Attacks we test" in src/Dashboard/Security/README.md names these tests.</summary>
public sealed class AttackTests : IAsyncLifetime
{
    private static readonly Grant FleetAdmin = new(Role.Admin, SiteScope.WholeFleet);
    private static readonly Grant FleetViewer = new(Role.Viewer, SiteScope.WholeFleet);

    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(_folder, options => options.SignIn.AttemptsPerMinute = 1000);

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Circuit_OfAViewer_CallsAnOperatorsActions_IsRefusedAndNothingIsAsked()
    {
        var server = await AddServerAsync("BRN-WSUS01", "BRN");
        var viewer = await _dashboard.AddPersonAsync("viewer", FleetViewer);
        await using var scope = await CircuitAsync(viewer);

        var repair = await scope.ServiceProvider.GetRequiredService<RepairService>().StartAsync(server, APlan, Purpose.None, TestContext.Current.CancellationToken);
        var service = await scope.ServiceProvider.GetRequiredService<ServiceControlService>().ControlServiceAsync(server, "W3SVC", ServiceVerb.Stop, Purpose.None, TestContext.Current.CancellationToken);
        var invitation = await scope.ServiceProvider.GetRequiredService<PeopleService>().InviteAsync("friend", [FleetAdmin], TestContext.Current.CancellationToken);

        Assert.IsType<Forbidden>(repair.Failure);
        Assert.IsType<Forbidden>(service.Failure);
        Assert.IsType<Forbidden>(invitation.Failure);
    }

    [Theory]
    [InlineData("POST", "/api/v1/servers/{id}/repairs")]
    [InlineData("POST", "/api/v1/servers")]
    [InlineData("DELETE", "/api/v1/servers/{id}")]
    [InlineData("GET", "/api/v1/audit")]
    [InlineData("GET", "/api/v1/audit/verification")]
    [InlineData("GET", "/jobs")]
    public async Task Viewer_AsksTheApiForMore_IsForbidden(string method, string path)
    {
        var server = await AddServerAsync("BRN-WSUS01", "BRN");
        var (token, _) = await _dashboard.AddTokenAsync(await _dashboard.AddPersonAsync("viewer", FleetViewer));
        using var client = _dashboard.Client(token);
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{id}", server.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        request.Content = method == "POST" ? JsonContent.Create(new { playbook = "full-repair", address = "http://a:1" }) : null;

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(403, (int)response.StatusCode);
    }

    [Fact]
    public async Task OperatorOfASite_AsksForAnotherSitesServerById_FindsNothing()
    {
        var own = await AddServerAsync("BRN-WSUS01", "BRN");
        var other = await AddServerAsync("ZRH-SUP01", "ZRH");
        var person = await _dashboard.AddPersonAsync("operator", new Grant(Role.Operator, SiteScope.Of("BRN")));
        var (token, _) = await _dashboard.AddTokenAsync(person);
        using var client = _dashboard.Client(token);

        var list = await client.GetFromJsonAsync<JsonElement>("/api/v1/servers", TestContext.Current.CancellationToken);
        var plan = await client.PostAsJsonAsync($"/api/v1/servers/{other}/plan", new { playbook = "full-repair" }, TestContext.Current.CancellationToken);

        Assert.Equal([own], list.GetProperty("items").EnumerateArray().Select(server => server.GetProperty("id").GetInt32()));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"/api/v1/servers/{own}", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"/api/v1/servers/{other}", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"/api/v1/servers/{other}/syncs", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, plan.StatusCode);
        await using var scope = await CircuitAsync(person);
        Assert.IsType<NotFound>((await scope.ServiceProvider.GetRequiredService<RepairService>().StartAsync(other, APlan, Purpose.None, TestContext.Current.CancellationToken)).Failure);
        Assert.Null(scope.ServiceProvider.GetRequiredService<VisibleServers>().Find(other));
    }

    [Fact]
    public async Task HubOfAnOperatorOfASite_ShowsItsServersAndEndsWhenTheRoleChanges()
    {
        await AddServerAsync("BRN-WSUS01", "BRN");
        await AddServerAsync("ZRH-SUP01", "ZRH");
        await _dashboard.UntilAsync(2, _ => true);
        var person = await _dashboard.AddPersonAsync("operator", new Grant(Role.Operator, SiteScope.Of("BRN")));
        var (token, _) = await _dashboard.AddTokenAsync(person);
        await using var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(_dashboard.Http.BaseAddress!, FleetHub.Path), options => options.AccessTokenProvider = () => Task.FromResult<string?>(token))
            .AddJsonProtocol(options => Dashboard.Api.JsonEnums.Configure(options.PayloadSerializerOptions))
            .Build();
        var closed = new TaskCompletionSource();
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await connection.StartAsync(TestContext.Current.CancellationToken);
        await using var messages = connection.StreamAsync<JsonElement>("Watch", null, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await messages.MoveNextAsync());

        Assert.Equal(["BRN-WSUS01"], messages.Current.GetProperty("changed").EnumerateArray().Select(server => server.GetProperty("name").GetString()));
        await SetRolesAsync(person, FleetViewer);
        await closed.Task.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Circuit_WhoseRoleIsTakenAway_IsRefusedAtOnce()
    {
        var server = await AddServerAsync("BRN-WSUS01", "BRN");
        var person = await _dashboard.AddPersonAsync("operator", new Grant(Role.Operator, SiteScope.WholeFleet));
        await using var scope = await CircuitAsync(person);
        var repairs = scope.ServiceProvider.GetRequiredService<RepairService>();
        Assert.IsNotType<Forbidden>((await repairs.StartAsync(server, APlan, Purpose.None, TestContext.Current.CancellationToken)).Failure);

        await SetRolesAsync(person, FleetViewer);
        Assert.IsType<Forbidden>((await repairs.StartAsync(server, APlan, Purpose.None, TestContext.Current.CancellationToken)).Failure);

        await DisableAsync(person);
        Assert.IsType<NotFound>((await repairs.StartAsync(server, APlan, Purpose.None, TestContext.Current.CancellationToken)).Failure);
    }

    [Fact]
    public async Task Token_ExpiredRevokedOrOfADisabledPerson_IsRefused()
    {
        var person = await _dashboard.AddPersonAsync("scripts", FleetAdmin);
        var (expired, _) = await _dashboard.AddTokenAsync(person, expiresAt: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1));
        var (good, id) = await _dashboard.AddTokenAsync(person);
        var (second, _) = await _dashboard.AddTokenAsync(person);

        Assert.Equal(401, await StatusAsync(expired));
        Assert.Equal(200, await StatusAsync(good));
        Assert.Equal(401, await StatusAsync(good[..^1] + (good[^1] == 'A' ? 'B' : 'A')));
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            await scope.ServiceProvider.GetRequiredService<Dashboard.Data.Security.SecurityContext>().ApiTokens.Where(token => token.Id == id).ExecuteDeleteAsync(TestContext.Current.CancellationToken);
        }

        await _dashboard.Get<AccessCache>().ReloadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(401, await StatusAsync(good));
        await DisableAsync(person);
        Assert.Equal(401, await StatusAsync(second));
    }

    [Fact]
    public async Task Token_WithALowerCeiling_AllowsNoMoreThanThat()
    {
        var own = await AddServerAsync("BRN-WSUS01", "BRN");
        var (token, _) = await _dashboard.AddTokenAsync(await _dashboard.AddPersonAsync("admin", FleetAdmin), new Grant(Role.Viewer, SiteScope.Of("ZRH")));
        using var client = _dashboard.Client(token);

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"/api/v1/servers/{own}", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.DeleteAsync(new Uri($"/api/v1/servers/{own}", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task LastAdmin_CannotBeDisabledOrMadeLess()
    {
        var admin = await _dashboard.AddPersonAsync("admin", FleetAdmin);
        await using var scope = _dashboard.Services.CreateOwnScope();
        var people = scope.ServiceProvider.GetRequiredService<PeopleService>();

        Assert.IsType<Conflict>((await people.SetDisabledAsync(admin, true, TestContext.Current.CancellationToken)).Failure);
        Assert.IsType<Conflict>((await people.SetGrantsAsync(admin, [FleetViewer], TestContext.Current.CancellationToken)).Failure);
        await _dashboard.AddPersonAsync("second", FleetAdmin);
        Assert.True((await people.SetDisabledAsync(admin, true, TestContext.Current.CancellationToken)).IsSuccess);
    }

    private static Plan APlan { get; } = new() { Id = "p", ComputerName = "c", Playbook = "full-repair", Fingerprint = "f" };

    private async Task<int> AddServerAsync(string name, string site)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var added = await scope.ServiceProvider.GetRequiredService<ServerService>().AddAsync(new() { Name = name, Site = site, Address = $"https://127.0.0.1:{(name[0] == 'B' ? 1 : 2)}" }, TestContext.Current.CancellationToken);
        Assert.True(added.IsSuccess, added.Failure?.Message);
        return added.Value.Id;
    }

    /// <summary>A scope as a circuit of this person has it.</summary>
    private async Task<AsyncServiceScope> CircuitAsync(string personId)
    {
        var session = await _dashboard.Get<Dashboard.Security.Accounts.Sessions>().BeginAsync(personId, "test", new Microsoft.AspNetCore.Http.DefaultHttpContext());
        var scope = _dashboard.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(new(CallerKind.Session, personId, session, "127.0.0.1"));
        return scope;
    }

    private async Task SetRolesAsync(string personId, params Grant[] grants)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        Assert.True((await scope.ServiceProvider.GetRequiredService<PeopleService>().SetGrantsAsync(personId, grants, TestContext.Current.CancellationToken)).IsSuccess);
    }

    private async Task DisableAsync(string personId)
    {
        await _dashboard.AddPersonAsync("another-admin", FleetAdmin);
        await using var scope = _dashboard.Services.CreateOwnScope();
        Assert.True((await scope.ServiceProvider.GetRequiredService<PeopleService>().SetDisabledAsync(personId, true, TestContext.Current.CancellationToken)).IsSuccess);
    }

    private async Task<int> StatusAsync(string token)
    {
        using var client = _dashboard.Client(token);
        using var response = await client.GetAsync(new Uri("/api/v1/servers", UriKind.Relative), TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
