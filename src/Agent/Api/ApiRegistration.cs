using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using WsusDashboard.Agent.Api.Errors;
using WsusDashboard.Agent.Api.Listening;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Shared.Trust;

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
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaximumRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = MaximumConnections;
            var address = new IPEndPoint(IPAddress.Parse(options.ListenAddress), options.Port);
            kestrel.Listen(new SharedPortEndPoint(address, WireProtocol.Http1), listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(new SharedPortEndPoint(address, WireProtocol.Http2), listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(new SharedPortEndPoint(address, WireProtocol.Tls), listen => listen.UseAgentTls());
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MaximumRequestBytes;
            grpc.Interceptors.Add<CommandErrorInterceptor>();
        }).AddJsonTranscoding();

        // Made by the container: what gRPC makes itself it makes with compiled expressions, 3 MB for one service and one interceptor.
        builder.Services.AddSingleton<CommandErrorInterceptor>();
        builder.Services.AddSingleton<AgentService>();
        builder.Services.AddSingleton<TrustService>();
        builder.Services.AddSingleton<LocalTrustService>();
        builder.Services.AddSingleton<SelfExamination>();
        builder.Services.AddSingleton<AgentInfoReader>();
        builder.Services.AddSingleton<WatchStream>();
        builder.Services.AddSingleton<LogStream>();
    }

    /// <summary>A key on both sides. Any comes in: what it may do is the access check's to decide, and a hub that is not paired has to be told so.</summary>
    private static void UseAgentTls(this ListenOptions listen)
    {
        var keys = listen.ApplicationServices.GetRequiredService<IdentityKeys>();
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(PinnedTls.ForServer(keys.Current)),
            HandshakeTimeout = TimeSpan.FromSeconds(10),
        });
    }

    public static void MapAgentApi(this WebApplication agent)
    {
        agent.UseMiddleware<ProblemMiddleware>();
        agent.UseMiddleware<BrowserGuardMiddleware>();
        agent.UseRouting();
        agent.UseMiddleware<AccessMiddleware>();
        agent.UseMiddleware<JsonRequestMiddleware>();
        agent.MapGrpcService<AgentService>();
        agent.MapGrpcService<TrustService>();
        agent.MapGrpcService<LocalTrustService>();

        // A handler of a request, not a delegate to be bound: the binder compiles expressions, which holds 5 MB for one constant answer.
        agent.MapGet("/health/live", context => context.Response.WriteAsync("live", context.RequestAborted));
    }
}
