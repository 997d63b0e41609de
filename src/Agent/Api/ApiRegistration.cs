using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WsusDashboard.Agent.Api;

/// <summary>Registers and maps the contract: gRPC and HTTP/JSON on one port.</summary>
internal static class ApiRegistration
{
    /// <summary>No request of the contract is larger than a few hundred bytes.</summary>
    private const int MaximumRequestBytes = 64 * 1024;

    private const int MaximumConnections = 200;

    public static void AddAgentApi(this WebApplicationBuilder builder, AgentOptions options)
    {
        builder.Services.AddSingleton<IConnectionListenerFactory, SharedPortListenerFactory>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaximumRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = MaximumConnections;
            var address = new IPEndPoint(IPAddress.Parse(options.ListenAddress), options.Port);
            kestrel.Listen(new SharedPortEndPoint(address, WireProtocol.Http1), listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(new SharedPortEndPoint(address, WireProtocol.Http2), listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaximumRequestBytes;
            grpc.Interceptors.Add<VerbErrorInterceptor>();
        }).AddJsonTranscoding();

        // Made by the container: what gRPC makes itself it makes with compiled expressions, 3 MB for one service and one interceptor.
        builder.Services.AddSingleton<VerbErrorInterceptor>();
        builder.Services.AddSingleton<AgentService>();
        builder.Services.AddSingleton<AgentAddress>();
        builder.Services.AddSingleton<AgentInfoReader>();
        builder.Services.AddSingleton<WatchStream>();
        builder.Services.AddSingleton<LogStream>();
    }

    public static void MapAgentApi(this WebApplication agent)
    {
        agent.UseMiddleware<ProblemMiddleware>();
        agent.UseMiddleware<BrowserGuardMiddleware>();
        agent.UseRouting();
        agent.UseMiddleware<JsonRequestMiddleware>();
        agent.MapGrpcService<AgentService>();

        // Handlers of a request, not delegates to be bound: the binder compiles expressions, which holds 5 MB for two constant answers.
        agent.MapGet("/health/live", context => context.Response.WriteAsync("live", context.RequestAborted));
        var document = new Lazy<string>(() => new OpenApiDocument().Create(typeof(ApiRegistration).Assembly.GetName().Version?.ToString(3) ?? "").ToJsonString());
        agent.MapGet("/openapi/v1.json", context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            return context.Response.WriteAsync(document.Value, context.RequestAborted);
        });
    }
}
