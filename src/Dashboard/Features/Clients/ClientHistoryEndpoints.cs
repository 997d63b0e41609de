using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Clients;

/// <summary>What clients got from WSUS, in the API.</summary>
internal static class ClientHistoryEndpoints
{
    public static IServiceCollection AddClients(this IServiceCollection services) => services.AddScoped<ClientHistoryQueries>();

    public static void MapClients(this IEndpointRouteBuilder api)
    {
        var clients = api.MapGroup("/servers/{id:int}").WithTags("Clients").Needs(Permission.View);
        clients.MapGet("/clients", GetAsync)
            .WithSummary("How WSUS on a server answered its clients: times by endpoint, minutes with failures, and what changed.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        clients.MapGet("/clients.csv", GetCsvAsync)
            .WithSummary("The times and the minutes with failures as CSV.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<ClientHistory>, ProblemHttpResult>> GetAsync(int id, [AsParameters] TimelineInput input, ClientHistoryQueries clients, TimeProvider clock, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, input, clients, clock, cancellationToken);
        return found.IsSuccess ? TypedResults.Ok(found.Value) : found.Failure.ToProblem();
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> GetCsvAsync(int id, [AsParameters] TimelineInput input, ClientHistoryQueries clients, TimeProvider clock, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, input, clients, clock, cancellationToken);
        return found.IsSuccess ? ToTable(found.Value).ToResult() : found.Failure.ToProblem();
    }

    private static Task<Outcome<ClientHistory>> FindAsync(int id, TimelineInput input, ClientHistoryQueries clients, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (from, to) = input.Range(clock);
        return clients.GetAsync(id, from, to, input.Points, cancellationToken);
    }

    private static CsvTable ToTable(ClientHistory history) => new(
        $"clients-{history.ServerName}",
        ["at_utc", "seconds", "minutes_measured", "client_web_service_ms", "simple_auth_web_service_ms", "content_ms", "reporting_web_service_ms", "api_remoting30_ms", "slowest_ms", "failing_minutes"],
        history.Points.Select(point => new object?[]
        {
            point.At, point.Length, point.Minutes, point.ClientWebService, point.SimpleAuthWebService, point.Content, point.ReportingWebService, point.ApiRemoting30, point.Slowest, point.FailingMinutes,
        }));
}
