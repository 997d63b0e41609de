using Microsoft.AspNetCore.Authorization;
using MudBlazor.Services;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Host;

/// <summary>What the pages need of the host: one call for the services, one for the routes.</summary>
internal static class ComponentRegistration
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents()
            .AddInteractiveServerComponents()
            .RegisterPersistentService<Viewer>(Microsoft.AspNetCore.Components.Web.RenderMode.InteractiveServer);
        services.AddMudServices(options => options.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.BottomRight);
        services.AddHttpContextAccessor();
        services.AddScoped<Viewer>();
        services.AddScoped<CircuitClock>();
        services.AddScoped<Confirmation>();
        services.AddScoped<BrowserModule>();
        services.AddScoped<RepairSheetState>();
        services.AddSingleton<PrerenderHandoff>();
        return services;
    }

    public static IEndpointRouteBuilder MapPages(this IEndpointRouteBuilder routes)
    {
        routes.MapStaticAssets().AllowAnonymous();
        routes.MapRazorComponents<App>().AddInteractiveServerRenderMode().Add(DeclareFramework);
        return routes;
    }

    /// <summary>The circuits of Blazor are for everyone who is signed in; its pages declare their own permissions.</summary>
    private static void DeclareFramework(EndpointBuilder endpoint)
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } path } && path.TrimStart('/').StartsWith("_blazor", StringComparison.Ordinal))
        {
            endpoint.Metadata.Add(new NeedsAttribute(Permission.OwnAccount));
        }
        else if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } script } && script.TrimStart('/').StartsWith("_framework", StringComparison.Ordinal))
        {
            endpoint.Metadata.Add(new AllowAnonymousAttribute());
        }
    }
}
