namespace WsusDashboard.Dashboard.Api;

/// <summary>Revisions as entity tags.</summary>
internal static class EntityTags
{
    /// <summary>The revision that the caller saw, as the entity tag of the answer had it; null where none was sent.</summary>
    public static string? ReadSeen(HttpContext http) => http.Request.GetTypedHeaders().IfMatch is { Count: > 0 } seen ? seen[0].Tag.ToString().Trim('"') : null;
}
