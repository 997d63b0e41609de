using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WsusDashboard.Support;

/// <summary>A web server of one test on a loopback port, for what stands in for another program.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;

    private LoopbackServer(WebApplication application) => _application = application;

    /// <summary>Where it listens, for example "https://127.0.0.1:41234".</summary>
    public string Address => _application.Urls.Single();

    public int Port => new Uri(Address).Port;

    /// <param name="listen">How it speaks; null = plain HTTP/1.1 and HTTP/2 as Kestrel chooses.</param>
    /// <param name="register">Its services.</param>
    /// <param name="map">Its endpoints.</param>
    /// <param name="port">0 = any; else the one of a server that was stopped before.</param>
    public static async Task<LoopbackServer> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? register = null, Action<ListenOptions>? listen = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        register?.Invoke(builder.Services);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen ?? (_ => { })));
        var application = builder.Build();
        map(application);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new LoopbackServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }
}
