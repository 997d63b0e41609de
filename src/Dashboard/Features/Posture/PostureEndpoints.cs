using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>The posture of servers in the API.</summary>
internal static class PostureEndpoints
{
    public static IServiceCollection AddPosture(this IServiceCollection services) => services
        .AddScoped<PostureService>()
        .AddScoped<PostureAcknowledgements>();

    public static void MapPosture(this IEndpointRouteBuilder api)
    {
        var posture = api.MapGroup("").WithTags("Posture");
        posture.MapGet("/posture", ListAsync)
            .Needs(Permission.View)
            .WithSummary("Lists findings about the servers' posture, server by server: vulnerabilities, TLS, certificates, exposure, end of support. What can't be said is listed last, with the reason.");
        posture.MapGet("/posture/summary", SummarizeAsync)
            .Needs(Permission.View)
            .WithSummary("The fleet's posture in numbers and one sentence, with the date of the table it was judged with.");
        posture.MapGet("/posture.csv", ExportAsync)
            .Needs(Permission.View)
            .WithSummary("The same findings as CSV, at most 10,000.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv");
        posture.MapGet("/posture/calendar", ListEndsAsync)
            .Needs(Permission.View)
            .WithSummary("Lists on which days support for products and certificates end, soonest first.");
        posture.MapGet("/servers/{id:int}/posture", GetAsync)
            .Needs(Permission.View)
            .WithSummary("All findings about one server's posture, worst first, with when its facts were read.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        posture.MapPut("/posture/{finding}/acknowledgement", AddToAllAsync)
            .Needs(Permission.Operate)
            .WithSummary("Accepts a finding until a moment, on all servers that have it and that you may change. It ends by itself, and when the finding becomes more severe.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        posture.MapDelete("/posture/{finding}/acknowledgement", RemoveFromAllAsync)
            .Needs(Permission.Operate)
            .WithSummary("Takes the acknowledgement of a finding back, on all servers that you may change.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        posture.MapPut("/servers/{id:int}/posture/{finding}/acknowledgement", AddAsync)
            .Needs(Permission.Operate)
            .WithSummary("Accepts a finding on one server until a moment. It ends by itself, and when the finding becomes more severe.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        posture.MapDelete("/servers/{id:int}/posture/{finding}/acknowledgement", RemoveAsync)
            .Needs(Permission.Operate)
            .WithSummary("Takes the acknowledgement of a finding on one server back.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Paged<PostureRow>>> ListAsync([AsParameters] PostureInput input, [AsParameters] PageInput page, PostureService posture, CancellationToken cancellationToken) =>
        TypedResults.Ok((await posture.GetPageAsync(input.ToQuery() with { Page = page.Page, PageSize = page.PageSize }, cancellationToken)).AskedFor(page.Page));

    private static async Task<Ok<PostureSummary>> SummarizeAsync([AtMost(ServerInput.MaximumSiteLength)] string? site, PostureService posture, CancellationToken cancellationToken) =>
        TypedResults.Ok(await posture.GetSummaryAsync(new() { Site = site }, cancellationToken));

    private static async Task<PushStreamHttpResult> ExportAsync([AsParameters] PostureInput input, PostureService posture, CancellationToken cancellationToken) =>
        ToTable(await posture.ExportAsync(input.ToQuery(), cancellationToken)).ToResult();

    private static async Task<Ok<Paged<PostureEnd>>> ListEndsAsync([AsParameters] PostureCalendarInput input, [AsParameters] PageInput page, PostureService posture, CancellationToken cancellationToken) =>
        TypedResults.Ok((await posture.GetCalendarAsync(input.Site, input.Months ?? PostureEnd.LongestMonths, page.Page, page.PageSize, cancellationToken)).AskedFor(page.Page));

    private static async Task<Results<Ok<ServerPostureView>, ProblemHttpResult>> GetAsync(int id, PostureService posture, CancellationToken cancellationToken) =>
        await posture.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : new Kernel.NotFound($"There is no server {id}.").ToProblem();

    private static async Task<Results<Ok<PostureAcknowledgementResult>, ProblemHttpResult>> AddToAllAsync(
        [AtMost(PostureQuery.MaximumFindingLength)] string finding, [AtMost(ServerInput.MaximumSiteLength)] string? site, PostureAcknowledgementJson body, PostureAcknowledgements acknowledgements, CancellationToken cancellationToken) =>
        ToResult(await acknowledgements.AddAsync(finding, body.ToNew(), serverId: null, site, cancellationToken));

    private static async Task<Results<Ok<PostureAcknowledgementResult>, ProblemHttpResult>> RemoveFromAllAsync(
        [AtMost(PostureQuery.MaximumFindingLength)] string finding, [AtMost(ServerInput.MaximumSiteLength)] string? site, PostureAcknowledgements acknowledgements, CancellationToken cancellationToken) =>
        ToResult(await acknowledgements.RemoveAsync(finding, serverId: null, site, cancellationToken));

    private static async Task<Results<Ok<PostureAcknowledgementResult>, ProblemHttpResult>> AddAsync(
        int id, [AtMost(PostureQuery.MaximumFindingLength)] string finding, PostureAcknowledgementJson body, PostureAcknowledgements acknowledgements, CancellationToken cancellationToken) =>
        ToResult(await acknowledgements.AddAsync(finding, body.ToNew(), id, site: null, cancellationToken));

    private static async Task<Results<Ok<PostureAcknowledgementResult>, ProblemHttpResult>> RemoveAsync(
        int id, [AtMost(PostureQuery.MaximumFindingLength)] string finding, PostureAcknowledgements acknowledgements, CancellationToken cancellationToken) =>
        ToResult(await acknowledgements.RemoveAsync(finding, id, site: null, cancellationToken));

    private static Results<Ok<PostureAcknowledgementResult>, ProblemHttpResult> ToResult(Outcome<PostureAcknowledgementResult> outcome) =>
        outcome.IsSuccess ? TypedResults.Ok(outcome.Value) : outcome.Failure.ToProblem();

    private static CsvTable ToTable(IEnumerable<PostureRow> rows) => new(
        "posture",
        [
            "server_id", "server", "site", "finding", "kind", "severity", "answer", "title", "reference", "date", "score", "exploited", "remote_code_without_sign_in", "cannot_say_because", "allows", "mends",
            "lowers_risk", "evidence", "source", "certainty", "not_verified", "table_date", "judged_by_agent", "accepted_until_utc", "accepted_by", "accepted_because",
        ],
        rows.Select(row => new object?[]
        {
            row.ServerId, row.ServerName, row.Site, row.Finding.Id, row.Finding.Kind, row.Finding.Severity, row.Finding.Answer, row.Finding.Title, row.Finding.Reference, Day(row.Finding.Date), row.Finding.Score,
            row.Finding.IsExploited, row.Finding.AllowsRemoteCode, row.Finding.Because, row.Finding.Allows, row.Finding.Mends, row.Finding.LowersRisk,
            string.Join(" | ", row.Finding.Evidence.Select(evidence => $"{evidence.What}: {evidence.Value} ({evidence.ReadFrom}{(evidence.At is { } at ? $", {CsvTable.Time(at)}" : "")})")),
            row.Finding.Source, row.Finding.Certainty, row.Finding.IsUnverified, Day(row.TableDate), row.IsFromAgent, row.Acknowledgement?.Until, row.Acknowledgement?.By, row.Acknowledgement?.Reason,
        }));

    private static DateOnly? Day(DateTimeOffset? at) => at is { } known ? DateOnly.FromDateTime(known.UtcDateTime) : null;
}

/// <summary>Which findings.</summary>
public sealed record PostureInput
{
    /// <summary>What it is about.</summary>
    public PostureKind? Kind { get; init; }

    /// <summary>At least this severe.</summary>
    public PostureSeverity? Severity { get; init; }

    /// <summary>What it says.</summary>
    public PostureAnswer? Answer { get; init; }

    /// <summary>Of its server.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>Id of a server.</summary>
    [Between(1, int.MaxValue)]
    public int? Server { get; init; }

    /// <summary>Id of a finding, for example "cve-2025-59287".</summary>
    [AtMost(PostureQuery.MaximumFindingLength)]
    public string? Finding { get; init; }

    /// <summary>True: only what someone has accepted; false: only what nobody has.</summary>
    public bool? Acknowledged { get; init; }

    public PostureQuery ToQuery() => new() { Kind = Kind, Severity = Severity, Answer = Answer, Site = Site, ServerId = Server, Finding = Finding, IsAcknowledged = Acknowledged };
}

/// <summary>Which part of the calendar.</summary>
public sealed record PostureCalendarInput
{
    /// <summary>Of the servers.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>So many months ahead; absent = 24.</summary>
    [Between(1, PostureEnd.LongestMonths)]
    public int? Months { get; init; }
}

/// <summary>Until when a finding is accepted, and why.</summary>
public sealed record PostureAcknowledgementJson
{
    /// <summary>Later than now, at most 365 days ahead.</summary>
    [Needed]
    [Calendar]
    public DateTimeOffset? Until { get; init; }

    /// <summary>1 to 500 characters.</summary>
    [Needed]
    [AtMost(NewPostureAcknowledgement.MaximumReasonLength)]
    public string? Reason { get; init; }

    internal NewPostureAcknowledgement ToNew() => new(Until!.Value, Reason!);
}
