using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using WsusDashboard.Simulator.Model;

namespace WsusDashboard.Simulator.Wire;

/// <summary>One web server for all simulated WSUS: a loopback port each, told apart by the port that a request came in on.</summary>
internal sealed class WsusWebServer : IAsyncDisposable
{
    private const string Path = "/ApiRemoting30/WebService.asmx";
    private const long MaximumRequestBytes = 1024 * 1024;
    private readonly WebApplication _application;
    private readonly Dictionary<int, WsusSoapHandler> _handlers = [];

    private WsusWebServer(WebApplication application) => _application = application;

    /// <summary>The ports, in the order of the models given to <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<int> Ports { get; private set; } = [];

    /// <param name="count">How many servers are to be told apart.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<WsusWebServer> StartAsync(int count, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(WsusWebServer).Assembly.GetName().Name, Args = [] });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = MaximumRequestBytes;
            options.AddServerHeader = false;
            for (var index = 0; index < count; index++)
            {
                options.Listen(IPAddress.Loopback, 0);
            }
        });
        var server = new WsusWebServer(builder.Build());
        server._application.Run(server.HandleAsync);
        await server._application.StartAsync(cancellationToken);
        var addresses = server._application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        server.Ports = [.. addresses.Addresses.Select(address => new Uri(address).Port)];
        return server;
    }

    public void Serve(int port, ServerModel model) => _handlers[port] = new(model);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await _application.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // A client that holds its connection open does not hold up the end.
        }

        await _application.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (!_handlers.TryGetValue(context.Connection.LocalPort, out var handler) || !context.Request.Path.Equals(Path, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        if (handler.Answer(context.Request.Headers["SOAPAction"].ToString(), body) is not { } reply)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = reply.StatusCode;
        context.Response.ContentType = reply.ContentType;
        context.Response.ContentLength = reply.Body.Length;
        await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
    }
}
