using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.ServiceControl;

/// <summary>Services, pools and syncs of a server in the API: what the page of a server can do with them.</summary>
internal static class ServiceControlEndpoints
{
    public const int MaximumNameLength = 200;

    public static IServiceCollection AddServiceControl(this IServiceCollection services) => services.AddScoped<ServiceControlService>();

    public static void MapServiceControl(this IEndpointRouteBuilder api)
    {
        var control = api.MapGroup("/servers/{id:int}").WithTags("Services, pools, syncs").Needs(Permission.Operate);
        foreach (var verb in Enum.GetValues<ServiceVerb>())
        {
            control.MapPost($"/services/{{name}}/{verb.ToString().ToLowerInvariant()}", async Task<Results<Ok<ServiceStatus>, ProblemHttpResult>> (int id, [AtMost(MaximumNameLength)] string name, PurposeJson? body, ServiceControlService service, CancellationToken token) =>
                    ToResult(await service.ControlServiceAsync(id, name, verb, new(body?.Reason, body?.Ticket), token)))
                .WithSummary($"{verb}s a Windows service of a server, as the server's own policy allows. The answer is its state afterwards.")
                .WithProblems();
        }

        foreach (var verb in Enum.GetValues<PoolVerb>())
        {
            control.MapPost($"/pools/{{name}}/{verb.ToString().ToLowerInvariant()}", async Task<Results<Ok<AppPool>, ProblemHttpResult>> (int id, [AtMost(MaximumNameLength)] string name, PurposeJson? body, ServiceControlService service, CancellationToken token) =>
                    ToResult(await service.ControlPoolAsync(id, name, verb, new(body?.Reason, body?.Ticket), token)))
                .WithSummary($"{verb}s an application pool of a server, as the server's own policy allows. The answer is its state afterwards.")
                .WithProblems();
        }

        control.MapPost("/sync/start", async (int id, PurposeJson? body, ServiceControlService service, CancellationToken token) => ToMessage(await service.StartSyncAsync(id, new(body?.Reason, body?.Ticket), token)))
            .WithSummary("Asks the server to start a sync. The answer is what the server says; the sync then stands in servers/{id}/syncs.")
            .WithProblems();
        control.MapPost("/sync/stop", async (int id, PurposeJson? body, ServiceControlService service, CancellationToken token) => ToMessage(await service.StopSyncAsync(id, new(body?.Reason, body?.Ticket), token)))
            .WithSummary("Asks the server to stop the running sync.")
            .WithProblems();
    }

    private static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .ProducesProblem(StatusCodes.Status504GatewayTimeout);

    private static Results<Ok<T>, ProblemHttpResult> ToResult<T>(Outcome<T> outcome) => outcome.IsSuccess ? TypedResults.Ok(outcome.Value) : outcome.Failure.ToProblem();

    private static Results<Ok<SyncAnswerJson>, ProblemHttpResult> ToMessage(Outcome<string> outcome) => outcome.IsSuccess ? TypedResults.Ok(new SyncAnswerJson(outcome.Value)) : outcome.Failure.ToProblem();
}

/// <summary>What a server says to a request about a sync.</summary>
public sealed record SyncAnswerJson(string Message);
