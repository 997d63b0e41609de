using System.Security.Cryptography;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>
/// What browsers are told. Scripts come from here alone, and inline ones only with the nonce of the response: nothing is evaluated. Styles come from here
/// or carry the nonce; style attributes are allowed, because MudBlazor and Blazor's own rendering set them and an attribute cannot carry a nonce.
/// </summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// The one style element that the charts of Hangfire's page add, by its hash: it carries no nonce, and the page is not ours. Another version of Hangfire may
    /// have another one; a browser test then finds the error in the console.
    /// </summary>
    private const string JobsStyle = " 'sha256-z7zcnw/4WalZqx+PrNaRnoeLz/G9WXuFqV1WCJ129sg='";

    private static readonly object NonceKey = new();

    /// <summary>The nonce of this response.</summary>
    public static string NonceOf(HttpContext context)
    {
        if (context.Items[NonceKey] is not string nonce)
        {
            context.Items[NonceKey] = nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        }

        return nonce;
    }

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // Asked before Hangfire takes the path for itself.
        var style = context.Request.Path.StartsWithSegments(Links.Jobs) ? JobsStyle : "";
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            var nonce = NonceOf(context);
            headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'{style}; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
                + "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'";
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)";

            // Not for this computer's own name: it would hold for everything else that runs here.
            if (context.Request.IsHttps && !IsOwnName(context.Request.Host.Host))
            {
                headers.StrictTransportSecurity = "max-age=31536000";
            }

            // What a person sees is not for the next one at the same browser.
            if (!headers.ContainsKey("Cache-Control"))
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        });
        return next(context);
    }

    private static bool IsOwnName(string host) => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var address) && System.Net.IPAddress.IsLoopback(address));
}
