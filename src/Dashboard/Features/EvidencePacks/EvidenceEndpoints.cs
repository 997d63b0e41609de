using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.EvidencePacks;

/// <summary>Evidence packs in the API.</summary>
internal static class EvidenceEndpoints
{
    private const string Zip = "application/zip";

    public static IServiceCollection AddEvidence(this IServiceCollection services) => services.AddSingleton<EvidenceSeal>().AddScoped<EvidenceService>();

    public static void MapEvidence(this IEndpointRouteBuilder api)
    {
        var evidence = api.MapGroup("").WithTags("Evidence").Needs(Permission.ReadAudit);
        evidence.MapGet("/repairs/{id}/evidence.zip", async ([AtMost(200)] string id, EvidenceService service, CancellationToken token) => ToResult(await service.OfRepairAsync(id, token)))
            .WithSummary("The evidence of a repair for an auditor, in one file: PDF, JSON, and the audit entries with the proof that they are part of the chain. --verify-evidence FILE checks it.")
            .Produces(StatusCodes.Status200OK, contentType: Zip)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        evidence.MapGet("/evidence/month.zip", async ([AsParameters] EvidenceMonthInput input, EvidenceService service, TimeProvider clock, CancellationToken token) =>
                ToResult(await service.OfMonthAsync(input.Month ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), input.Site, token)))
            .WithSummary("The evidence of a month, of a site or of the whole fleet. Give the month by its first day (default: this month).")
            .Produces(StatusCodes.Status200OK, contentType: Zip)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static Results<FileContentHttpResult, ProblemHttpResult> ToResult(Outcome<FinishedEvidence> made) =>
        made.IsSuccess ? TypedResults.File(made.Value.Zip, Zip, made.Value.FileName) : made.Failure.ToProblem();
}

/// <summary>Which month, and whose.</summary>
public sealed record EvidenceMonthInput
{
    /// <summary>Its first day.</summary>
    [Calendar]
    public DateOnly? Month { get; init; }

    /// <summary>Absent = the whole fleet.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }
}
