using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>The entry of requests: REST, and pages while they are rendered for the first time.</summary>
internal static class RequestCaller
{
    public static Task SetAsync(HttpContext context, RequestDelegate next)
    {
        context.RequestServices.GetRequiredService<Caller>().Become(CallerClaims.Read(context.User, CallerClaims.AddressOf(context)));
        return next(context);
    }
}

/// <summary>The entry of circuits: a circuit is one person's, from its opening to its end.</summary>
internal sealed class CircuitCaller(Caller caller, AuthenticationStateProvider authentication, IHttpContextAccessor accessor) : CircuitHandler
{
    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        var state = await authentication.GetAuthenticationStateAsync();
        caller.Become(CallerClaims.Read(state.User, accessor.HttpContext is { } context ? CallerClaims.AddressOf(context) : ""));
    }
}

/// <summary>The entry of the hub: each call has a scope of its own. Connections whose access has changed are ended; the client connects again with what it may then.</summary>
internal sealed class HubCallers(AccessCache cache) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        invocationContext.ServiceProvider.GetRequiredService<Caller>().Become(IdentityOf(invocationContext.Context));
        return await next(invocationContext);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        var connection = context.Context;
        var identity = IdentityOf(connection);
        var access = cache.Find(identity);
        void EndWhereChanged()
        {
            if (!cache.Find(identity).IsSameAs(access))
            {
                connection.Abort();
            }
        }

        cache.Changed += EndWhereChanged;
        connection.ConnectionAborted.Register(() => cache.Changed -= EndWhereChanged);
        EndWhereChanged();
        return next(context);
    }

    private static CallerIdentity IdentityOf(HubCallerContext context) =>
        CallerClaims.Read(context.User, context.GetHttpContext() is { } request ? CallerClaims.AddressOf(request) : "");
}
