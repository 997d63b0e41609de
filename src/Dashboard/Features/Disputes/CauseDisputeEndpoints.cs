using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>Disputed causes in the API.</summary>
internal static class CauseDisputeEndpoints
{
    public static IServiceCollection AddDisputes(this IServiceCollection services) => services.AddScoped<CauseDisputeService>();

    public static void MapDisputes(this IEndpointRouteBuilder api)
    {
        var disputes = api.MapGroup("").WithTags("Disputed causes");
        disputes.MapGet("/cause-disputes", async ([AsParameters] CauseDisputeInput input, [AsParameters] PageInput page, CauseDisputeService service, CancellationToken cancellationToken) =>
                TypedResults.Ok((await service.GetPageAsync(input.ToQuery() with { Page = page.Page, PageSize = page.PageSize }, cancellationToken)).AskedFor(page.Page)))
            .Needs(Permission.View)
            .WithSummary("Lists disputed causes, newest first.");
        disputes.MapGet("/cause-disputes.csv", ([AsParameters] CauseDisputeInput input, bool? comments, CauseDisputeService service, CancellationToken cancellationToken) =>
                TypedResults.Stream(stream => CauseDisputeCsv.WriteAsync(service.ExportAsync(input.ToQuery(), comments == true, cancellationToken), comments == true, stream), "text/csv; charset=utf-8", "cause-disputes.csv"))
            .Needs(Permission.View)
            .WithSummary("Downloads disputed causes as CSV, newest first, at most 10,000: evidence, error numbers and log lines without names of servers, sites or people. With comments=true, what people wrote is included; that is free text and can contain names.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv");
        disputes.MapGet("/cause-disputes.json", ([AsParameters] CauseDisputeInput input, bool? comments, CauseDisputeService service, CancellationToken cancellationToken) =>
                TypedResults.Stream(stream => JsonSerializer.SerializeAsync(stream, service.ExportAsync(input.ToQuery(), comments == true, cancellationToken), JsonColumn.Json, cancellationToken), "application/json", "cause-disputes.json"))
            .Needs(Permission.View)
            .WithSummary("Downloads disputed causes as a JSON file, with the same content and limits as the CSV file.")
            .Produces<IReadOnlyList<ExportedDispute>>();
        disputes.MapPost("/servers/{id:int}/syncs/{runId}/cause-disputes", AddAsync)
            .Needs(Permission.Operate)
            .WithSummary("Disputes a cause named for a sync. The dispute is stored and shown; it doesn't change how causes are found.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        disputes.MapDelete("/cause-disputes/{id:long}", RemoveAsync)
            .Needs(Permission.Operate)
            .WithSummary("Deletes a dispute. Only its author or an Admin of the server's site can.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Created<CauseDispute>, ProblemHttpResult>> AddAsync(int id, [AtMost(200)] string runId, CauseDisputeJson body, CauseDisputeService service, CancellationToken cancellationToken)
    {
        var added = await service.AddAsync(id, runId, new(body.Cause, body.ActualCause, body.Comment ?? ""), cancellationToken);
        return added.IsSuccess ? TypedResults.Created(new Uri($"{ApiPaths.Root}/cause-disputes?server={id}", UriKind.Relative), added.Value) : added.Failure.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(long id, CauseDisputeService service, CancellationToken cancellationToken)
    {
        var removed = await service.RemoveAsync(id, cancellationToken);
        return removed.IsSuccess ? TypedResults.NoContent() : removed.Failure.ToProblem();
    }
}

/// <summary>Which disputed causes.</summary>
public sealed record CauseDisputeInput
{
    /// <summary>Id of a server.</summary>
    [Between(1, int.MaxValue)]
    public int? Server { get; init; }

    /// <summary>Of its server.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>Id of the cause that was named.</summary>
    [AtMost(CauseDisputeQuery.MaximumCauseLength)]
    public string? Cause { get; init; }

    public CauseDisputeQuery ToQuery() => new() { ServerId = Server, Site = Site, Cause = Cause };
}

/// <summary>What someone says about the cause of a sync.</summary>
public sealed record CauseDisputeJson
{
    /// <summary>Id of the cause that isn't it; absent = the first that is named.</summary>
    [AtMost(CauseDisputeQuery.MaximumCauseLength)]
    public string? Cause { get; init; }

    /// <summary>Id of what it was, or "something-else"; absent = not said.</summary>
    [ActualCause]
    public string? ActualCause { get; init; }

    /// <summary>In your words; may be absent.</summary>
    [AtMost(NewCauseDispute.MaximumCommentLength)]
    public string? Comment { get; init; }
}

/// <summary>What a cause can have been instead, where that is said.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ActualCauseAttribute() : AllowedValuesAttribute([null, .. NewCauseDispute.ActualCauses])
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => IsValid(value) ? null : InputRules.Refuse(validationContext, value, string.Join(", ", NewCauseDispute.ActualCauses));
}
