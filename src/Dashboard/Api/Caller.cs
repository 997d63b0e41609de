namespace WsusDashboard.Dashboard.Api;

/// <summary>Who asks through the API: until sign-in exists, the address that it is asked from.</summary>
internal static class Caller
{
    public static string Of(HttpRequest request) => $"API ({request.HttpContext.Connection.RemoteIpAddress})";
}
