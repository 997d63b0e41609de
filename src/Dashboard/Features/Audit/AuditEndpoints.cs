using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>The audit in the API.</summary>
internal static class AuditEndpoints
{
    private const int MaximumPage = 1_000_000;

    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("").WithTags("Audit");
        audit.MapGet("/audit", ListAsync)
            .Needs(Permission.ReadAudit)
            .WithSummary("The audit, newest first. Parameters: text, what, server, serverName, person, ticket, from, to, page, pageSize (1 to 200).")
            .Produces<Paged<AuditRow>>()
            .ProducesValidationProblem();
        audit.MapGet("/audit.csv", (HttpRequest request, AuditService service, CancellationToken cancellationToken) => Export(request, "audit.csv", "text/csv; charset=utf-8", service.WriteCsvAsync, cancellationToken))
            .Needs(Permission.ReadAudit)
            .WithSummary("The audit as CSV, newest first, at most 100,000 entries. Parameters: text, what, server, serverName, person, ticket, from, to.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .ProducesValidationProblem();
        audit.MapGet("/audit.json", (HttpRequest request, AuditService service, CancellationToken cancellationToken) => Export(request, "audit.json", "application/json", service.WriteJsonAsync, cancellationToken))
            .Needs(Permission.ReadAudit)
            .WithSummary("The audit as a JSON file, newest first, at most 100,000 entries. Parameters: text, what, server, serverName, person, ticket, from, to.")
            .Produces<IReadOnlyList<AuditRow>>()
            .ProducesValidationProblem();
        audit.MapGet("/audit/verification", VerifyAsync)
            .Needs(Permission.ManageDashboard)
            .WithSummary("Checks the chain of the audit: whether every entry is as it was written, and the first that is not.")
            .Produces<AuditVerdict>();
    }

    private static async Task<Results<Ok<Paged<AuditRow>>, ProblemHttpResult>> ListAsync(HttpRequest request, AuditService service, CancellationToken cancellationToken)
    {
        var query = new StrictQuery(request.Query);
        var wanted = Read(query) with
        {
            Page = query.Number("page", 1, 1, MaximumPage),
            PageSize = query.Number("pageSize", AuditQuery.DefaultPageSize, 1, AuditQuery.MaximumPageSize),
        };
        return query.Check() is { } invalid ? invalid.ToProblem() : TypedResults.Ok(await service.GetPageAsync(wanted, cancellationToken));
    }

    private static Results<PushStreamHttpResult, ProblemHttpResult> Export(HttpRequest request, string name, string contentType, Func<AuditQuery, Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var query = new StrictQuery(request.Query);
        var wanted = Read(query);
        return query.Check() is { } invalid ? invalid.ToProblem() : TypedResults.Stream(stream => write(wanted, stream, cancellationToken), contentType, name);
    }

    private static async Task<Results<Ok<AuditVerdict>, ProblemHttpResult>> VerifyAsync(AuditService service, CancellationToken cancellationToken)
    {
        var verdict = await service.VerifyAsync(cancellationToken);
        return verdict.IsSuccess ? TypedResults.Ok(verdict.Value) : verdict.Failure.ToProblem();
    }

    private static AuditQuery Read(StrictQuery query)
    {
        var server = query.Number("server", 0, 1, int.MaxValue);
        return new()
        {
            Text = query.Text("text", AuditQuery.MaximumTextLength),
            What = query.Text("what", AuditQuery.MaximumTextLength),
            ServerId = server == 0 ? null : server,
            Server = query.Text("serverName", AuditQuery.MaximumTextLength),
            Person = query.Text("person", AuditQuery.MaximumTextLength),
            Ticket = query.Text("ticket", AuditQuery.MaximumTextLength),
            From = query.Time("from"),
            To = query.Time("to"),
        };
    }
}
