using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>What the permission of an endpoint refuses to somebody who is signed in is in the audit: pages, API, hub, jobs.</summary>
internal sealed class RefusedRequests(RefusalRecords records, AccessCache cache) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _answer = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        var identity = CallerClaims.Read(context.User, CallerClaims.AddressOf(context));
        if (authorizeResult.Forbidden && identity.Kind != CallerKind.Nobody)
        {
            var needed = policy.Requirements.OfType<PermissionRequirement>().FirstOrDefault()?.Permission.ToString() ?? "a permission nobody has";
            var pattern = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path.Value ?? "";
            var values = string.Join(", ", context.Request.RouteValues.Where(value => value.Value is string or int).Select(value => $"{value.Key} {value.Value}"));
            records.Take(identity, cache.Find(identity).Name, $"{context.Request.Method} {pattern}{(values.Length > 0 && pattern.Contains('{', StringComparison.Ordinal) ? $" ({values})" : "")} needs {needed}");
        }

        return _answer.HandleAsync(next, context, policy, authorizeResult);
    }
}
