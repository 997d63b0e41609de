using System.Security.Claims;

namespace WsusDashboard.Dashboard.Security.Accounts;

/// <summary>What a cookie or a token says about its caller: who, and by which session or token. Never what is allowed: that is asked at every use.</summary>
internal static class CallerClaims
{
    public const string Session = "wsus:session";
    public const string Token = "wsus:token";

    public static CallerIdentity Read(ClaimsPrincipal? principal, string from)
    {
        var person = principal?.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
        return principal?.FindFirstValue(Session) is { } session ? new(CallerKind.Session, person, session, from)
            : principal?.FindFirstValue(Token) is { } token ? new(CallerKind.Token, person, token, from)
            : CallerIdentity.Nobody with { From = from };
    }

    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : "";
}
