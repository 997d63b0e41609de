using System.Net.Http.Headers;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security;
using WsusDashboard.Shared.Trust;
using LocalKeyFile = WsusDashboard.Agent.Security.LocalKey;
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
        Address = new UriBuilder(application.Services.GetRequiredService<AgentAddress>().Current!) { Host = "127.0.0.1" }.Uri;
        var authorization = new AuthenticationHeaderValue(LocalKeyFile.Scheme, LocalKeyFile.Read(folder.Path));
        Http = new HttpClient { BaseAddress = Address, DefaultRequestHeaders = { Authorization = authorization } };
        _channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { HttpClient = new HttpClient { DefaultRequestHeaders = { Authorization = authorization } }, DisposeHttpClient = true });
        Grpc = new Wire.Agent.AgentClient(_channel);
        LocalTrust = new Wire.LocalTrust.LocalTrustClient(_channel);
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public Wire.Agent.AgentClient Grpc { get; }

    /// <summary>What only somebody on the server may ask.</summary>
    public Wire.LocalTrust.LocalTrustClient LocalTrust { get; }

    public int Port => Address.Port;

    public IServiceProvider Services => _application.Services;

    public string Folder => _folder.Path;

    public string LocalKey => LocalKeyFile.Read(_folder.Path);

    public string LogFile => _folder.File("wsyncmgr.log");

    public static async Task<TestAgent> StartAsync(FakeEdges edges, Action<AgentOptions>? configure = null)
    {
        var folder = new TempFolder();
        var application = AgentHost.Build(
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
        await application.StartAsync(TestContext.Current.CancellationToken);

        return new TestAgent(folder, application);
    }

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
