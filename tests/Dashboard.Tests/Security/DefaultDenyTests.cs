using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>What declares no permission is refused; these fail for whatever was added without one.</summary>
public sealed class DefaultDenyTests
{
    /// <summary>All that somebody reaches who is not signed in, beside scripts and styles. Whoever adds to it has thought about it.</summary>
    private static readonly string[] Open =
    [
        "/alerts/act", "/error", "/first-admin", "/health/live", "/health/ready", "/invitation", "/not-found", "/sign-in", "/sign-in/code", "/sign-in/external", "/sign-in/link", "/sign-out", "/sign-out/provider", "/wall/sign-in",
        "/api/v1/sign-in/passkey/", "/api/v1/sign-in/passkey/options",
    ];

    [Fact]
    public async Task Endpoint_OfTheDashboard_DeclaresItsPermission()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        var routes = dashboard.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null).ToList();

        var undeclared = routes.Where(endpoint => endpoint.Metadata.GetMetadata<NeedsAttribute>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null);
        var open = routes.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Distinct();

        Assert.True(routes.Count > 30, $"Only {routes.Count} routes were found.");
        // The framework's answer for files that are not there; refused like all that declares nothing.
        Assert.DoesNotContain(undeclared.Select(endpoint => endpoint.RoutePattern.RawText), path => path != "{**path:file}");
        Assert.DoesNotContain(open.Except(Open, StringComparer.Ordinal), path => !path.StartsWith("/_framework/", StringComparison.Ordinal));
    }

    [Fact]
    public void Page_OfTheDashboard_DeclaresItsPermission()
    {
        var pages = typeof(DashboardHost).Assembly.GetTypes().Where(type => type.GetCustomAttributes<RouteAttribute>().Any()).ToList();

        Assert.NotEmpty(pages);
        Assert.Empty(pages.Where(page => page.GetCustomAttribute<NeedsAttribute>() is null && page.GetCustomAttribute<AllowAnonymousAttribute>() is null).Select(page => page.Name));
    }

    [Fact]
    public void Hub_OfTheDashboard_DeclaresItsPermission()
    {
        var hubs = typeof(DashboardHost).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Hub))).ToList();

        Assert.NotEmpty(hubs);
        Assert.Empty(hubs.Where(hub => hub.GetCustomAttribute<NeedsAttribute>() is null).Select(hub => hub.Name));
    }

    [Fact]
    public async Task Route_AskedByNobody_IsRefused()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        using var nobody = dashboard.Client(token: null);
        var answers = new List<string>();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in dashboard.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<NeedsAttribute>() is not null))
        {
            var method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods[0] : "GET";
            asked.Add(endpoint.RoutePattern.RawText!.TrimStart('/'));
            var path = System.Text.RegularExpressions.Regex.Replace(endpoint.RoutePattern.RawText!, @"\{[^}]*\}", "1");
            using var request = new HttpRequestMessage(new HttpMethod(method), "/" + path.TrimStart('/'));
            using var response = await nobody.SendAsync(request, TestContext.Current.CancellationToken);
            if ((int)response.StatusCode is not (401 or 403) && response.Headers.Location?.ToString().Contains("/sign-in", StringComparison.Ordinal) != true)
            {
                answers.Add($"{method} /{path}: {(int)response.StatusCode}");
            }
        }

        Assert.Empty(answers);
        Assert.Empty(typeof(DashboardHost).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<NeedsAttribute>() is not null)
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>())
            .Select(route => route.Template.TrimStart('/'))
            .Except(asked, StringComparer.Ordinal));
    }
}
