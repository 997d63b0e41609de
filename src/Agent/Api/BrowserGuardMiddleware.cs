namespace WsusDashboard.Agent.Api;

/// <summary>Refuses what a web page in a browser could send, whatever certificate that browser holds: no page talks to an agent, and a page names its origin.</summary>
internal sealed class BrowserGuardMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) => context.Request.Headers.Origin.Count > 0
        ? throw new CommandException(CommandFailure.Refused, "The agent answers dashboards and programs on its server, not web pages.")
        : next(context);
}
