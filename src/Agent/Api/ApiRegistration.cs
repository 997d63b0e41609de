using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using WsusDashboard.Agent.Api.Connections;
using WsusDashboard.Agent.Api.Errors;
using WsusDashboard.Agent.Api.Listening;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Api;

/// <summary>Registers and maps the contract: gRPC and HTTP/JSON, over the network for hubs and over the local channel for programs on this server.</summary>
internal static class ApiRegistration
{
    /// <summary>No request of the contract is larger than a few hundred bytes.</summary>
    private const int MaximumRequestBytes = 64 * 1024;

    /// <summary>The last bound, of either way: <see cref="ConnectionGuard"/> bounds more closely, and those it has ended count here until they are gone.</summary>
    private const int MaximumConnections = 1_000;

    /// <summary>Requests of one connection at a time: a dashboard has a watch, two logs and a few commands.</summary>
    private const int MaximumRequestsOfAConnection = 20;

    /// <summary>A hub that has nothing to ask keeps its connection: one that this server opened and that waits to be admitted says nothing for days, with a short pause each time this is over.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(10);

    // A hub whose computer was switched off must not hold its connections.
    private static readonly TimeSpan AskAfterSilence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(20);

    public static void AddAgentApi(this WebApplicationBuilder builder, AgentOptions options)
    {
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.AddLocalChannel();
        builder.Services.AddSingleton<IConnectionListenerFactory, OutboundListenerFactory>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaximumRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = MaximumConnections;
            kestrel.Limits.KeepAliveTimeout = KeepAlive;
            (kestrel.Limits.Http2.MaxStreamsPerConnection, kestrel.Limits.Http2.KeepAlivePingDelay, kestrel.Limits.Http2.KeepAlivePingTimeout) = (MaximumRequestsOfAConnection, AskAfterSilence, AnswerTime);
            if (NetworkPort.IsNeeded(options))
            {
                kestrel.Listen(IPAddress.Parse(options.ListenAddress), options.Port, UseAgentTls);
            }

            if (options.MetricsPort != 0)
            {
                kestrel.ListenLocalhost(options.MetricsPort, UseMetrics);
            }

            // TLS is outside of the connection that a hub calls over, so to the hub's client it has none.
            kestrel.AllowAlternateSchemes = true;
            kestrel.Listen(new OutboundEndPoint(), UseOutbound);
            kestrel.Listen(new SharedEndPoint(WireProtocol.Http1), listen => listen.UseLocalChannel(HttpProtocols.Http1));
            kestrel.Listen(new SharedEndPoint(WireProtocol.Http2), listen => listen.UseLocalChannel(HttpProtocols.Http2));
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
        builder.Services.AddSingleton<UndecidedConnections>();
        builder.Services.AddSingleton<HubConnections>();
        builder.Services.AddSingleton<ConnectionGuard>();
        builder.Services.AddSingleton(AgentMemory.OfThisProcess());
        builder.Services.AddSingleton<StreamPlaces>();
        builder.Services.AddHostedService<SilentHubWorker>();
    }

    /// <summary>A key on both sides. Any comes in: what it may do is the access check's to decide, and a hub that is not paired has to be told so.</summary>
    private static void UseAgentTls(ListenOptions listen)
    {
        var keys = listen.ApplicationServices.GetRequiredService<IdentityKeys>();
        var guard = listen.ApplicationServices.GetRequiredService<ConnectionGuard>();
        listen.Use(guard.Admit);
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(PinnedTls.ForServer(keys.Current)),
            HandshakeTimeout = TimeSpan.FromSeconds(10),
        });
        listen.Use(guard.Recognise);
    }

    /// <summary>The hub's key was proved before the connection came here; behind that all is as on the port.</summary>
    private static void UseOutbound(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.Use(listen.ApplicationServices.GetRequiredService<ConnectionGuard>().Recognise);
    }

    private static void UseMetrics(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            connection.Features.Set(MetricsConnection.Mark);
            return next(connection);
        });
    }

    private static void UseLocalChannel(this ListenOptions listen, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        listen.Use(next => connection =>
        {
            connection.Features.Set(LocalConnection.Mark);
            return next(connection);
        });
    }

    public static void MapAgentApi(this WebApplication agent)
    {
        var memory = agent.Services.GetRequiredService<AgentMemory>();
        agent.Use(next => context =>
        {
            memory.GiveBack();
            return next(context);
        });
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
        agent.MapGet(MetricsEndpoint.Path, MetricsEndpoint.WriteAsync);
    }
}
