namespace WsusDashboard.Dashboard.Kernel;

/// <summary>Where REST lives.</summary>
internal static class ApiPaths
{
    public const string Root = "/api/v1";

    public static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
}
