using System.Text.Json;
using WsusDashboard.Simulator.Demo;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>The demo as a person starts it, twenty times as fast, on free ports and with a folder of its own. All tests that only need a fleet share it.</summary>
public sealed class DemoFixture : IAsyncLifetime
{
    /// <summary>A synchronization of one to two minutes takes a few seconds.</summary>
    public const double Speed = 20;

    private readonly TempFolder _folder = new();
    private DemoHost? _demo;

    public Estate Estate => Demo.Estate;

    public Uri Address => Demo.DashboardAddress!;

    /// <summary>The services of the demo's dashboard, for what a test sets up without a browser.</summary>
    public IServiceProvider Services => Demo.DashboardServices!;

    private DemoHost Demo => _demo ?? throw new InvalidOperationException("The demo is not started.");

    /// <summary>A client of the REST API.</summary>
    public RestClient Rest() => new(Address, Demo.ApiToken);

    /// <summary>An address that signs a browser in at once; it works once.</summary>
    public Task<Uri> SignInLinkAsync() => Demo.MakeSignInLinkAsync(TestContext.Current.CancellationToken);

    /// <summary>The index of the n-th server of this scenario in the estate.</summary>
    public int IndexOf(Scenario scenario, int ordinal = 0) =>
        Enumerable.Range(0, Estate.Servers.Count).Where(index => Estate.Servers[index].Scenario == scenario).ElementAt(ordinal);

    public string NameOf(Scenario scenario, int ordinal = 0) => Estate.Servers[IndexOf(scenario, ordinal)].Name;

    /// <summary>The server in JSON, once its pool's state and last synchronization are known.</summary>
    public async Task<JsonElement> ServerAsync(RestClient rest, Scenario scenario, int ordinal = 0) => await rest.ServerAsync(NameOf(scenario, ordinal));

    public async ValueTask InitializeAsync() =>
        _demo = await DemoHost.StartAsync(new DemoOptions { Servers = 26, Port = 0, AgentPort = 0, DataDirectory = _folder.File("demo"), Speed = Speed }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        _folder.Dispose();
    }
}

/// <summary>Tests that share one running demo.</summary>
[CollectionDefinition(Name)]
public sealed class DemoCollection : ICollectionFixture<DemoFixture>, ICollectionFixture<Chromium>
{
    public const string Name = "demo";
}
