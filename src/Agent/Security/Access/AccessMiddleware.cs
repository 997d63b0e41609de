using System.Net;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Agent.Security.Pairing;

namespace WsusDashboard.Agent.Security.Access;

/// <summary>Finds out who calls, and refuses what was not declared for such a caller. Every request passes it, whatever its protocol.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, PairedHubs hubs, HubSessions sessions, AgentAudit audit)
{
    private const string HowToPair = "Pair it first: run \"WsusDashboard.Agent pair\" on the server, and enter the code in the dashboard.";

    public async Task InvokeAsync(HttpContext context)
    {
        var caller = Identify(context);
        context.Features.Set(caller);
        if (Refuse(caller, context) is { } refusal)
        {
            audit.WriteRefusedAccess(caller, $"{context.Request.Method} {context.Request.Path}", refusal.Message);
            throw refusal;
        }

        if (caller.Hub is not { } hub)
        {
            await next(context);
            return;
        }

        // Trust that ends in the middle of a request ends the request.
        using var session = sessions.TryEnter(hub.Id, context.Abort)
            ?? throw new CommandException(CommandFailure.Unavailable, "This dashboard asks this server too much at once. Try again in a moment.");
        await next(context);
    }

    private AgentCaller Identify(HttpContext context)
    {
        if (context.Features.Get<LocalConnection>() is not null)
        {
            return new(CallerKind.Local, null, "", AgentCaller.Here);
        }

        if (context.Features.Get<MetricsConnection>() is not null)
        {
            return new(CallerKind.Metrics, null, "", AgentCaller.Here);
        }

        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var from = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        if (context.Connection.ClientCertificate is { } certificate)
        {
            var pin = Shared.Trust.KeyPin.Of(certificate);
            var hub = hubs.FindByPin(pin);
            return new(hub is null ? CallerKind.Stranger : CallerKind.Hub, hub, pin, from);
        }

        return new(CallerKind.Unknown, null, "", from);
    }

    private static CommandException? Refuse(AgentCaller caller, HttpContext context)
    {
        var level = context.GetEndpoint() is { } endpoint ? AgentAccess.Of(endpoint) : AccessLevel.Read;
        return (caller.Kind, level) switch
        {
            (_, null) => new CommandException(CommandFailure.Refused, "The agent declares no permission for this request, so no one may make it."),
            (CallerKind.Stranger or CallerKind.Hub, AccessLevel.Pair) => null,
            (CallerKind.Hub, AccessLevel.Read or AccessLevel.Act or AccessLevel.Hub) => null,
            (CallerKind.Local, AccessLevel.Read or AccessLevel.Act or AccessLevel.Local) => null,
            (CallerKind.Hub or CallerKind.Local or CallerKind.Metrics, AccessLevel.Metrics) => null,
            (CallerKind.Metrics, _) => new CommandException(CommandFailure.Refused, "This port is for metrics alone."),
            (CallerKind.Unknown, _) => new CommandException(CommandFailure.Unauthenticated, $"The agent needs the key of a paired dashboard. {HowToPair}"),
            (CallerKind.Stranger, _) => new CommandException(CommandFailure.Unauthenticated, $"This agent isn't paired with the dashboard that is asking (key {Shared.Trust.KeyPin.Shown(caller.Pin)}). {HowToPair}"),
            (CallerKind.Hub, _) => new CommandException(CommandFailure.Refused, "Only someone on the server itself can do this; no dashboard can."),
            _ => new CommandException(CommandFailure.Refused, "Only a dashboard can do this, over TLS with its own key."),
        };
    }
}
