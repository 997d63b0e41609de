using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Logs;

/// <summary>Logs of servers in the API.</summary>
internal static class LogEndpoints
{
    private const int DefaultLines = 200;

    public static IServiceCollection AddLogs(this IServiceCollection services) => services.AddSingleton<SharedLogs>().AddScoped<LogService>();

    public static void MapLogs(this IEndpointRouteBuilder api)
    {
        var logs = api.MapGroup("").WithTags("Logs").Needs(Permission.View);
        logs.MapGet("/logs", () => TypedResults.Ok(new LogNamesJson(LogService.Names)))
            .WithSummary("The names of the logs that agents read.");
        logs.MapGet("/servers/{id:int}/logs/{name}", TailAsync)
            .WithSummary("The last lines of a log on a server, oldest first, read by its agent now.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
    }

    private static async Task<Results<Ok<LogTailJson>, ProblemHttpResult>> TailAsync(int id, [AtMost(100)] string name, [Between(1, LogService.MaximumTailLines)] int? lines, LogService logs, CancellationToken cancellationToken)
    {
        var tail = await logs.TailAsync(id, name, lines ?? DefaultLines, cancellationToken);
        return tail.IsSuccess ? TypedResults.Ok(new LogTailJson(tail.Value)) : tail.Failure.ToProblem();
    }
}

/// <summary>The logs there are.</summary>
public sealed record LogNamesJson(IReadOnlyList<string> Names);

/// <summary>The end of a log.</summary>
public sealed record LogTailJson(IReadOnlyList<LogEntry> Lines);
