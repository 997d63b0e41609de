using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Support;

/// <summary>A whole agent over fake edges, listening on a port that the system picks.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly WebApplication _application;
    private readonly GrpcChannel _channel;

    private TestAgent(TempFolder folder, WebApplication application)
    {
        _folder = folder;
        _application = application;
        Http = new HttpClient(LocalChannel.CreateHandler(folder.Path)) { BaseAddress = LocalChannel.Address };
        _channel = GrpcChannel.ForAddress(LocalChannel.Address, new GrpcChannelOptions { HttpHandler = LocalChannel.CreateHandler(folder.Path), DisposeHttpClient = true });
        Grpc = new Wire.Agent.AgentClient(_channel);
        LocalTrust = new Wire.LocalTrust.LocalTrustClient(_channel);
    }

    /// <summary>Where hubs reach it, if it listens.</summary>
    public Uri Address => new UriBuilder(_application.Services.GetRequiredService<AgentAddress>().Current!) { Host = "127.0.0.1" }.Uri;

    /// <summary>The JSON verbs over its local channel.</summary>
    public HttpClient Http { get; }

    public Wire.Agent.AgentClient Grpc { get; }

    /// <summary>What only somebody on the server may ask.</summary>
    public Wire.LocalTrust.LocalTrustClient LocalTrust { get; }

    public int Port => Address.Port;

    public IServiceProvider Services => _application.Services;

    public string Folder => _folder.Path;

    public string LogFile => _folder.File("wsyncmgr.log");

    public static async Task<TestAgent> StartAsync(FakeEdges edges, Action<AgentOptions>? configure = null)
    {
        var folder = new TempFolder();
        var application = Build(folder, edges, configure);
        await application.StartAsync(TestContext.Current.CancellationToken);

        return new TestAgent(folder, application);
    }

    /// <summary>An agent that has not started, over a folder that may have had one before.</summary>
    public static WebApplication Build(TempFolder folder, FakeEdges edges, Action<AgentOptions>? configure = null) =>
        AgentHost.Build(
            [],
            options =>
            {
                options.Port = 0;
                options.DataDirectory = folder.Path;
                options.ConfigMgrLogDirectory = folder.Path;
                options.ComputerName = "SUP01";
                configure?.Invoke(options);
            },
            edges.ToEdges(),
            settings: new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "None" });

    /// <summary>The code that "agent pair" shows.</summary>
    public async Task<PairingCode> OpenPairingAsync()
    {
        var opened = await LocalTrust.OpenPairingAsync(new Wire.OpenPairingRequest(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(PairingCode.TryParse(opened.Code, out var code));
        return code;
    }

    /// <summary>Stops as Ctrl+C does.</summary>
    public Task StopAsync() => _application.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _channel.Dispose();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        _folder.Dispose();
    }
}
