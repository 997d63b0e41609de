using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using WsusDashboard.Simulator.Model;

namespace WsusDashboard.Simulator.Wire;

/// <summary>Where one simulated WSUS listens.</summary>
/// <param name="TlsPort">0 = plain HTTP on any free port; else TLS there, and plain HTTP on the port before it.</param>
/// <param name="Certificate">Null without TLS.</param>
internal sealed record WebBinding(int TlsPort, X509Certificate2? Certificate)
{
    public static WebBinding Plain { get; } = new(0, null);
}

/// <summary>One web server for all simulated WSUS: loopback ports of their own, told apart by the port that a request came in on.</summary>
internal sealed class WsusWebServer : IAsyncDisposable
{
    private const string Path = "/ApiRemoting30/WebService.asmx";
    private const long MaximumRequestBytes = 1024 * 1024;
    private readonly WebApplication _application;
    private readonly Dictionary<int, Site> _sites = [];
    private readonly IReadOnlyList<WebBinding> _bindings;

    private WsusWebServer(WebApplication application, IReadOnlyList<WebBinding> bindings) => (_application, _bindings) = (application, bindings);

    /// <summary>The ports of WSUS, in the order of the bindings given to <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<int> Ports { get; private set; } = [];

    /// <param name="bindings">One for each server that is to be told apart.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static async Task<WsusWebServer> StartAsync(IReadOnlyList<WebBinding> bindings, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(WsusWebServer).Assembly.GetName().Name, Args = [] });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = MaximumRequestBytes;
            options.AddServerHeader = false;
            foreach (var binding in bindings)
            {
                options.Listen(IPAddress.Loopback, binding.TlsPort == 0 ? 0 : binding.TlsPort - 1);
                if (binding.Certificate is { } certificate)
                {
                    options.Listen(IPAddress.Loopback, binding.TlsPort, listen => listen.UseHttps(certificate));
                }
            }
        });
        var server = new WsusWebServer(builder.Build(), bindings);
        try
        {
            server._application.Run(server.HandleAsync);
            await server._application.StartAsync(cancellationToken);
        }
        catch
        {
            await server._application.DisposeAsync();
            throw;
        }

        var addresses = new Queue<int>(server._application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
            .Select(address => new Uri(address))
            .Where(address => address.Scheme == Uri.UriSchemeHttp && bindings.All(binding => binding.TlsPort - 1 != address.Port))
            .Select(address => address.Port));
        server.Ports = [.. bindings.Select(binding => binding.TlsPort == 0 ? addresses.Dequeue() : binding.TlsPort)];
        return server;
    }

    /// <summary>What a server shows; null without TLS.</summary>
    public X509Certificate2? CertificateOf(int index) => _bindings[index].Certificate;

    /// <summary>Gives a server's ports its model.</summary>
    /// <param name="index">As in <see cref="Ports"/>.</param>
    /// <param name="model">Who answers.</param>
    public void Serve(int index, ServerModel model)
    {
        var site = new Site(new WsusSoapHandler(model), new WsusPages(model));
        _sites[Ports[index]] = site;
        if (_bindings[index].TlsPort != 0)
        {
            _sites[Ports[index] - 1] = site;
        }
    }

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
        foreach (var binding in _bindings)
        {
            binding.Certificate?.Dispose();
        }
    }

    private Task HandleAsync(HttpContext context)
    {
        if (_sites.TryGetValue(context.Connection.LocalPort, out var site))
        {
            return HttpMethods.IsGet(context.Request.Method) ? AnswerPageAsync(context, site.Pages) : AnswerSoapAsync(context, site);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task AnswerPageAsync(HttpContext context, WsusPages pages)
    {
        if (pages.Answer(context.Request.Path.Value ?? "/", context.Request.IsHttps) is not { } reply)
        {
            context.Abort();
            return;
        }

        if (reply.Wait > TimeSpan.Zero)
        {
            await Task.Delay(reply.Wait, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await WriteAsync(context, reply.StatusCode, "text/html; charset=utf-8", reply.Body);
    }

    private static async Task AnswerSoapAsync(HttpContext context, Site site)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.Path.Equals(Path, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (site.Pages.IsRefusedWithoutTls(Path, context.Request.IsHttps))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        if (site.Soap.Answer(context.Request.Headers["SOAPAction"].ToString(), body) is not { } reply)
        {
            context.Abort();
            return;
        }

        await WriteAsync(context, reply.StatusCode, reply.ContentType, reply.Body);
    }

    private static async Task WriteAsync(HttpContext context, int statusCode, string contentType, byte[] body)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private sealed record Site(WsusSoapHandler Soap, WsusPages Pages);
}
