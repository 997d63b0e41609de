using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>The audit in the API.</summary>
internal static class AuditEndpoints
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddScoped<AuditService>()
        .AddHostedService<OpenIntentAuditor>()
        .AddHostedService<DatabaseRescueAuditor>()
        .AddHostedService<RepairEndAuditor>()
        .AddHostedService<ProblemAuditor>();

    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var audit = api.MapGroup("").WithTags("Audit");
        audit.MapGet("/audit", async ([AsParameters] AuditInput input, [AsParameters] PageInput page, AuditService service, CancellationToken cancellationToken) =>
                TypedResults.Ok(await service.GetPageAsync(input.ToQuery() with { Page = page.Page, PageSize = page.PageSize }, cancellationToken)))
            .Needs(Permission.ReadAudit)
            .WithSummary("Audit entries, newest first.");
        audit.MapGet("/audit.csv", ([AsParameters] AuditInput input, AuditService service, CancellationToken cancellationToken) =>
                TypedResults.Stream(stream => service.WriteCsvAsync(input.ToQuery(), stream, cancellationToken), "text/csv; charset=utf-8", "audit.csv"))
            .Needs(Permission.ReadAudit)
            .WithSummary("Audit entries as CSV, newest first, at most 100,000.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv");
        audit.MapGet("/audit.json", ([AsParameters] AuditInput input, AuditService service, CancellationToken cancellationToken) =>
                TypedResults.Stream(stream => service.WriteJsonAsync(input.ToQuery(), stream, cancellationToken), "application/json", "audit.json"))
            .Needs(Permission.ReadAudit)
            .WithSummary("Audit entries as a JSON file, newest first, at most 100,000.")
            .Produces<IReadOnlyList<AuditRow>>();
        audit.MapGet("/audit/verification", VerifyAsync)
            .Needs(Permission.ManageDashboard)
            .WithSummary("Checks the audit's hash chain. Returns whether every entry is as it was written, and the first one that isn't.");
    }

    private static async Task<Results<Ok<AuditVerdict>, ProblemHttpResult>> VerifyAsync(AuditService service, CancellationToken cancellationToken)
    {
        var verdict = await service.VerifyAsync(cancellationToken);
        return verdict.IsSuccess ? TypedResults.Ok(verdict.Value) : verdict.Failure.ToProblem();
    }
}

/// <summary>Which entries of the audit.</summary>
public sealed record AuditInput
{
    /// <summary>Words in the name, the server, the detail, the outcome or the ticket.</summary>
    [AtMost(AuditQuery.MaximumTextLength)]
    public string? Text { get; init; }

    /// <summary>The beginning of what was done: "repair", "person.sign-in".</summary>
    [AtMost(AuditQuery.MaximumTextLength)]
    public string? What { get; init; }

    /// <summary>Id of a server.</summary>
    [Between(1, int.MaxValue)]
    public int? Server { get; init; }

    /// <summary>A part of the server's name.</summary>
    [AtMost(AuditQuery.MaximumTextLength)]
    public string? ServerName { get; init; }

    /// <summary>A part of the name of who asked.</summary>
    [AtMost(AuditQuery.MaximumTextLength)]
    public string? Person { get; init; }

    /// <summary>A part of the ticket.</summary>
    [AtMost(AuditQuery.MaximumTextLength)]
    public string? Ticket { get; init; }

    /// <summary>Entries at or after.</summary>
    [Calendar]
    public DateTimeOffset? From { get; init; }

    /// <summary>Entries before.</summary>
    [Calendar]
    public DateTimeOffset? To { get; init; }

    public AuditQuery ToQuery() => new() { Text = Text, What = What, ServerId = Server, Server = ServerName, Person = Person, Ticket = Ticket, From = From, To = To };
}
