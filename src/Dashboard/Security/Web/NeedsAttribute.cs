using Microsoft.AspNetCore.Authorization;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>
/// The permission that a page, an endpoint or a hub needs. What has neither this nor AllowAnonymous is refused to everyone, and a test fails for it.
/// It answers "may this caller at all?"; whether it may on a certain server the services answer.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute : AuthorizeAttribute
{
    internal const string PolicyPrefix = "needs:";

    public NeedsAttribute(Permission permission)
        : base(PolicyPrefix + permission) => Permission = permission;

    public Permission Permission { get; }
}

/// <summary>Declares the permission of minimal endpoints.</summary>
internal static class NeedsExtensions
{
    public static TBuilder Needs<TBuilder>(this TBuilder builder, Permission permission)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(new NeedsAttribute(permission));
}

/// <summary>Asks the cache, not the claims: what was given or taken since the sign-in counts at once.</summary>
internal sealed class PermissionHandler(AccessCache cache) : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (!cache.Find(CallerClaims.Read(context.User, "")).ScopeOf(requirement.Permission).IsNothing)
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>A permission, as a policy asks for it.</summary>
internal sealed record PermissionRequirement(Permission Permission) : IAuthorizationRequirement;

/// <summary>The policies: one a permission, and the one for what declares none.</summary>
internal static class PermissionPolicies
{
    public static void Add(AuthorizationOptions options)
    {
        foreach (var permission in Enum.GetValues<Permission>())
        {
            options.AddPolicy(NeedsAttribute.PolicyPrefix + permission, policy => policy.AddRequirements(new PermissionRequirement(permission)));
        }

        // What is no route at all (no such address, not this method) has nothing to protect: routing answers it.
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(context => context.Resource is HttpContext request && request.GetEndpoint() is not RouteEndpoint).Build();
    }
}
