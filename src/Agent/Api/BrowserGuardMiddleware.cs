namespace WsusDashboard.Agent.Api;

/// <summary>
/// Refuses what a web page in a browser on this server could send: no page talks to an agent. A page names its origin, and a page that
/// rebinds a name of its own to this address shows that name as the host. A hub over TLS may use any name of the server.
/// </summary>
internal sealed class BrowserGuardMiddleware(RequestDelegate next)
{
    private static readonly string[] OwnHosts = ["localhost", "127.0.0.1", "[::1]"];

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Headers.Origin.Count > 0 || (!context.Request.IsHttps && !OwnHosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase)))
        {
            throw new CommandException(CommandFailure.Refused, $"The agent answers only programs on this computer that ask for {string.Join(", ", OwnHosts)}, not web pages.");
        }

        return next(context);
    }
}
