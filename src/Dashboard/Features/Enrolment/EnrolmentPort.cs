using System.Net.Security;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Features.Enrolment;

/// <summary>The port for agents: TLS with this dashboard's own key and a key of the agent's, and behind it one request, with which agents register themselves, or the connection over which a server is watched. Nothing else of the dashboard is behind it.</summary>
internal static class EnrolmentPort
{
    private const int MaximumBodyBytes = 8 * 1024;
    private const int MaximumConcurrent = 16;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What isn't kept has one request to make: whoever only holds a connection loses it.</summary>
    private static readonly TimeSpan ConnectionLimit = TimeSpan.FromMinutes(1);

    public static void ListenForAgents(this KestrelServerOptions kestrel, int port) => kestrel.ListenAnyIP(port, listen =>
    {
        var hub = listen.ApplicationServices.GetRequiredService<HubIdentity>();
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(listen.ApplicationServices.GetRequiredService<AgentAdmission>().Admit);
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(CreateTls(hub)), HandshakeTimeout = TimeSpan.FromSeconds(10) });
        listen.Use(listen.ApplicationServices.GetRequiredService<OutboundReception>().Receive);
        var timeProvider = listen.ApplicationServices.GetRequiredService<TimeProvider>();
        listen.Use(next => async connection =>
        {
            connection.Features.Set(Marker.Instance);
            using var limit = new CancellationTokenSource(ConnectionLimit, timeProvider);
            await using var ending = limit.Token.Register(connection.Abort);
            await next(connection);
        });
    });

    /// <summary>The agent says in the handshake what it wants; each connection proves its key anew.</summary>
    private static SslServerAuthenticationOptions CreateTls(HubIdentity hub)
    {
        var tls = PinnedTls.ForServer(hub.Keys.Current);
        (tls.ApplicationProtocols, tls.AllowTlsResume) = ([OutboundProtocol.Protocol, SslApplicationProtocol.Http11], false);
        return tls;
    }

    /// <summary>First of all: what comes in by this port reaches nothing else, and what comes in by another does not reach this.</summary>
    public static void UseEnrolmentPort(this WebApplication app)
    {
        var places = new SemaphoreSlim(MaximumConcurrent, MaximumConcurrent);
        app.Use((context, next) => context.Features.Get<Marker>() is null ? next(context) : AnswerAsync(context, places));
    }

    private static async Task AnswerAsync(HttpContext context, SemaphoreSlim places)
    {
        if (context.Request.Path != EnrolmentRequest.Path || !HttpMethods.IsPost(context.Request.Method) || context.Connection.ClientCertificate is not { } certificate)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Read before it takes a place: who sends slowly holds only a connection.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(Limit);
        var request = await ReadAsync(context, deadline.Token);
        if (!await places.WaitAsync(TimeSpan.Zero))
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            await context.Response.WriteAsJsonAsync(new EnrolmentAnswer("", "", false, MayRetry: true, "too many servers are registering right now."), deadline.Token);
            return;
        }

        try
        {
            var answer = await RegisterAsync(context, request, KeyPin.Of(certificate), deadline.Token);
            context.Response.StatusCode = answer.HubId.Length > 0 ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden;
            await context.Response.WriteAsJsonAsync(answer, deadline.Token);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Null where it is no registration.</summary>
    private static async Task<EnrolmentRequest?> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            return context.Request.ContentLength is > 0 and <= MaximumBodyBytes ? await context.Request.ReadFromJsonAsync<EnrolmentRequest>(cancellationToken) : null;
        }
        catch (Exception exception) when (exception is JsonException or Microsoft.AspNetCore.Http.BadHttpRequestException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<EnrolmentAnswer> RegisterAsync(HttpContext context, EnrolmentRequest? request, string agentPin, CancellationToken cancellationToken)
    {
        if (request is not { TokenId: not null, Secret: not null, AgentId: not null, ComputerName: not null, AgentVersion: not null, Hosts: not null })
        {
            return new("", "", false, MayRetry: false, "The dashboard can't read this registration. Update the agent.");
        }

        await using var scope = context.RequestServices.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(CallerIdentity.Dashboard);
        var address = context.Connection.RemoteIpAddress;
        var from = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
        return await scope.ServiceProvider.GetRequiredService<EnrolmentRegistrar>().RegisterAsync(request, agentPin, from, cancellationToken);
    }

    /// <summary>Marks the connections of this port.</summary>
    private sealed class Marker
    {
        public static Marker Instance { get; } = new();
    }
}
