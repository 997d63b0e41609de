using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsusDashboard.Agent.Api.Listening;

namespace WsusDashboard.Agent.Tests.Support;

/// <summary>gRPC services on the local channel of a data folder, where an agent would be.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;

    private LocalServer(WebApplication application) => _application = application;

    public static async Task<LocalServer> StartAsync(string dataDirectory, Action<WebApplication> map, Action<IServiceCollection> register)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new AgentOptions { DataDirectory = dataDirectory });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddGrpc();
        register(builder.Services);
        builder.AddLocalChannel();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(new SharedEndPoint(WireProtocol.Http2), listen => listen.Protocols = HttpProtocols.Http2));
        var application = builder.Build();
        map(application);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new LocalServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }
}
