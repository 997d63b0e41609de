using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Demo;

/// <summary>The real dashboard in this process, spoken to as anybody would: over its REST API.</summary>
internal sealed class DemoDashboard : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(1);

    // The dashboard has taken a server once it shows it; its history then follows within a moment.
    private static readonly TimeSpan HistoryTime = TimeSpan.FromSeconds(8);
    // The demo's own account; whoever has the link is this person.
    private const string Person = "demo";
    private static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(12);
    private const int PasswordLength = 16;
    private const int PageSize = 200;
    private readonly WebApplication _application;
    private readonly HttpClient _client;

    private DemoDashboard(WebApplication application, Uri address, int hubPort, string apiToken, string? setAside)
    {
        _application = application;
        HubAddress = new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{hubPort}"));
        SetAside = setAside;
        Address = address;
        ApiToken = apiToken;
        _client = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
        _client.DefaultRequestHeaders.Authorization = new("Bearer", apiToken);
    }

    /// <summary>A token of an admin, as a script would send it.</summary>
    public string ApiToken { get; }

    public Uri Address { get; }

    /// <summary>Where agents enrol, and connect themselves.</summary>
    public Uri HubAddress { get; }

    /// <summary>Where the files of another version's dashboard are now; null where there were none.</summary>
    public string? SetAside { get; }

    public IServiceProvider Services => _application.Services;

    /// <summary>Files that another version made are set aside, and the dashboard begins with none.</summary>
    public static async Task<DemoDashboard?> StartAsync(int port, int hubPort, DataFolder folder, string? apiToken, CancellationToken cancellationToken)
    {
        try
        {
            return await StartAsync(port, hubPort, folder.Dashboard, apiToken, null, cancellationToken);
        }
        catch (DatabaseVersionException)
        {
            return await StartAsync(port, hubPort, folder.Dashboard, apiToken, folder.SetDashboardAside(), cancellationToken);
        }
    }

    /// <summary>An address that signs in at once: it works once, and on this computer only.</summary>
    public async Task<Uri> MakeSignInLinkAsync(CancellationToken cancellationToken) =>
        new(Address, await OwnAccess.MakeSignInLinkAsync(_application.Services, Person, LinkLifetime, cancellationToken));

    /// <summary>A new password for the person of the link: repairs of several servers ask for it.</summary>
    public async Task<string> MakePasswordAsync()
    {
        var password = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", PasswordLength);
        await OwnAccess.SetPasswordAsync(_application.Services, Person, password);
        return password;
    }

    /// <summary>Adds and pairs the servers that the dashboard does not know yet, and moves those whose agents listen elsewhere this time.</summary>
    public async Task RegisterAsync(IReadOnlyList<SimulatedServer> servers, CancellationToken cancellationToken)
    {
        var known = await ReadKnownAsync(cancellationToken);

        // A pairing waits for two disks more than it works: a few at a time.
        var pairing = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(servers.Where(server => !server.ConnectsItself || (server.StaysDown && !known.ContainsKey(server.Name))), pairing, async (server, token) =>
        {
            var address = server.HubAddress.GetLeftPart(UriPartial.Authority);
            if (known.TryGetValue(server.Name, out var id))
            {
                await MoveAsync(id, server, address, token);
                await PairAsync(id, server, token);
            }
            else
            {
                await AddAsync(server, address, token);
            }
        });
        await new DemoEnrolment(_client, HubAddress).RunAsync([.. servers.Where(server => server is { ConnectsItself: true, StaysDown: false })], known.Keys, cancellationToken);
        await new DemoDescriptions(_client).WriteAsync(servers, await ReadKnownAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Waits until the dashboard shows a health for each server that is to become unreachable.</summary>
    public async Task WaitUntilTakenAsync(IReadOnlyList<SimulatedServer> servers, CancellationToken cancellationToken)
    {
        foreach (var server in servers.Where(server => server.Scenario == Scenario.Unreachable && server.IsAgentRunning))
        {
            while (!await IsTakenAsync(server.Name, cancellationToken))
            {
                await Task.Delay(AskInterval, cancellationToken);
            }
        }

        await Task.Delay(HistoryTime, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        using var deadline = new CancellationTokenSource(StopLimit);
        try
        {
            await _application.StopAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // A browser that holds its connection does not hold up the end.
        }

        await _application.DisposeAsync();
    }

    private static async Task<DemoDashboard> StartAsync(int port, int hubPort, string dataDirectory, string? apiToken, string? setAside, CancellationToken cancellationToken)
    {
        var token = apiToken ?? RandomNumberGenerator.GetHexString(64, lowercase: true);
        var agents = hubPort == 0 ? LoopbackPort.Choose() : hubPort;
        Directory.CreateDirectory(dataDirectory);
        var application = DashboardHost.Build(
            [],
            options =>
            {
                (options.Port, options.EnrolmentPort) = (port, agents);
                options.DataDirectory = dataDirectory;
                options.Agents.StaggerSeconds = 1;
                options.HubName = "WsusDashboard demo";
                options.Probe.IntervalMinutes = 1;
                options.Api.Token = new(token);

                // Scripts and tests sign in again and again; everybody here is the same person at the same computer.
                options.SignIn.AttemptsPerMinute = 100_000;
                options.Api.RequestsPerMinute = 1_000_000;
            },
            null,
            new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Warning",

                // Who runs the demo has not asked for keys at all: where they lie is no news for the console.
                ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",

                // It is asked for its health until it is ready: "not yet" is no failure.
                ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Critical",

                // One agent of the estate goes away by design; the page tells it.
                ["Logging:LogLevel:WsusDashboard.Dashboard.Agents"] = "Error",
            });
        try
        {
            await application.StartAsync(cancellationToken);
            var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            var bound = addresses.Select(address => new Uri(address)).FirstOrDefault()?.Port ?? port;
            var dashboard = new DemoDashboard(application, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{bound}")), agents, token, setAside);
            await dashboard.WaitUntilReadyAsync(cancellationToken);
            return dashboard;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ReadyLimit);
        while (true)
        {
            using var answer = await _client.GetAsync("/health/ready", deadline.Token);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), deadline.Token);
        }
    }

    private async Task<Dictionary<string, int>> ReadKnownAsync(CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var page = 1; ; page++)
        {
            var uri = string.Create(CultureInfo.InvariantCulture, $"/api/v1/servers?sort=name&page={page}&pageSize={PageSize}");
            var answer = await _client.GetFromJsonAsync<JsonElement>(uri, cancellationToken);
            var items = answer.GetProperty("items");
            foreach (var item in items.EnumerateArray())
            {
                known.TryAdd(item.GetProperty("name").GetString() ?? "", item.GetProperty("id").GetInt32());
            }

            if (items.GetArrayLength() < PageSize)
            {
                return known;
            }
        }
    }

    private async Task AddAsync(SimulatedServer server, string address, CancellationToken cancellationToken)
    {
        // As a person does it: the code that the agent shows goes into the form. An agent that is down is added without.
        var pairingCode = server.IsAgentRunning ? await server.OpenPairingAsync(cancellationToken) : null;
        using var answer = await _client.PostAsJsonAsync("/api/v1/servers", new { name = server.Name, site = server.Site, address, pairingCode }, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.Conflict)
        {
            await CheckAsync(answer, $"couldn't add {server.Name}", cancellationToken);
        }
    }

    /// <summary>Both sides keep their keys between starts; only a folder in which something was deleted is paired again.</summary>
    private async Task PairAsync(int id, SimulatedServer server, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/api/v1/servers/{id}");
        var detail = await _client.GetFromJsonAsync<JsonElement>(path, cancellationToken);
        if (server.IsAgentRunning && detail.GetProperty("agentKey").ValueKind == JsonValueKind.Null)
        {
            using var answer = await _client.PostAsJsonAsync($"{path}/pairing", new { pairingCode = await server.OpenPairingAsync(cancellationToken) }, cancellationToken);
            await CheckAsync(answer, $"couldn't pair with {server.Name}", cancellationToken);
        }
    }

    internal static async Task CheckAsync(HttpResponseMessage answer, string what, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            throw new DemoException(string.Create(CultureInfo.InvariantCulture, $"The dashboard {what} ({(int)answer.StatusCode}): {text}"));
        }
    }

    // With another --agent-port a server keeps its history: it is the same server, found elsewhere. REST has no verb for that; the page uses this service.
    private async Task MoveAsync(int id, SimulatedServer server, string address, CancellationToken cancellationToken)
    {
        await using var scope = _application.Services.CreateOwnScope();
        var servers = scope.ServiceProvider.GetRequiredService<ServerService>();
        if (await servers.GetAsync(id, cancellationToken) is { } detail && new Uri(detail.Facts.Address) != new Uri(address))
        {
            var input = new ServerInput { Name = detail.Facts.Name, Site = detail.Facts.Site, Baseline = detail.Facts.Baseline, Address = address };
            var moved = await servers.EditAsync(id, input, cancellationToken);
            if (!moved.IsSuccess)
            {
                throw new DemoException($"The dashboard couldn't change the address of {server.Name} to {address}: {moved.Failure.Message}");
            }
        }
    }

    private async Task<bool> IsTakenAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            using var page = await _client.GetFromJsonAsync<JsonDocument>("/api/v1/servers?search=" + Uri.EscapeDataString(name), cancellationToken);
            return page is not null && page.RootElement.GetProperty("items").EnumerateArray()
                .Any(server => server.GetProperty("name").GetString() == name && server.GetProperty("health").GetString() is not (null or "unknown" or "unreachable"));
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or KeyNotFoundException)
        {
            return false;
        }
    }
}
