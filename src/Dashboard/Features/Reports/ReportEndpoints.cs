using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Reports;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>Reports in the API.</summary>
internal static class ReportEndpoints
{
    public static IServiceCollection AddReports(this IServiceCollection services) => services
        .AddSingleton<ReportStore>()
        .AddScoped<ReportReader>()
        .AddScoped<ReportService>()
        .AddJob<ReportJob>();

    public static void MapReports(this IEndpointRouteBuilder api)
    {
        var reports = api.MapGroup("/reports").WithTags("Reports");
        reports.MapGet("", async ([AsParameters] ReportInput input, [AsParameters] PageInput page, ReportService service, CancellationToken token) =>
                TypedResults.Ok(await service.GetPageAsync(new() { Kind = input.Kind, Site = input.Site, Page = page.Page, PageSize = page.PageSize }, token)))
            .Needs(Permission.View)
            .WithSummary("Lists reports, newest first: those of your sites, and those of the whole fleet if you may see all of it.");
        reports.MapPost("", MakeAsync)
            .Needs(Permission.Operate)
            .WithSummary("Makes a report now, of the last days up to today.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status404NotFound);
        reports.MapGet("/{id:long}", GetAsync)
            .Needs(Permission.View)
            .WithSummary("One report with all that it says.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        Map(reports, "html", "text/html; charset=utf-8", report => Task.FromResult(Encoding.UTF8.GetBytes(ReportHtml.Write(report.Document))), "A report as one HTML file, as it is for mail: no scripts, no pictures, nothing that is fetched.");
        Map(reports, "txt", "text/plain; charset=utf-8", report => Task.FromResult(Encoding.UTF8.GetBytes(ReportText.Write(report.Document))), "A report as plain text.");
        Map(reports, "pdf", "application/pdf", report => Task.FromResult(ReportPdf.Write(report.Document)), "A report as a tagged PDF file.");
        Map(reports, "csv", "text/csv; charset=utf-8", report => ReportCsv.Of(report.FileName, report.Content).ToBytesAsync(), "The numbers of a report as CSV, one row a server.");
    }

    private static void Map(RouteGroupBuilder reports, string format, string contentType, Func<ReportDetail, Task<byte[]>> write, string summary) => reports
        .MapGet($"/{{id:long}}.{format}", async Task<Results<FileContentHttpResult, ProblemHttpResult>> (long id, ReportService service, CancellationToken cancellationToken) =>
            await service.FindAsync(id, cancellationToken) is { } report ? TypedResults.File(await write(report), contentType, $"{report.FileName}.{format}") : Missing(id))
        .Needs(Permission.View)
        .WithSummary(summary)
        .Produces(StatusCodes.Status200OK, contentType: contentType.Split(';')[0])
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Created<ReportJson>, ProblemHttpResult>> MakeAsync(NewReportJson body, ReportService service, CancellationToken cancellationToken)
    {
        var made = await service.MakeAsync(body.Site, body.Days ?? NewReportJson.DefaultDays, cancellationToken);
        return made.IsSuccess ? TypedResults.Created(new Uri($"{ApiPaths.Root}/reports/{made.Value.Row.Id}", UriKind.Relative), ReportJson.Of(made.Value)) : made.Failure.ToProblem();
    }

    private static async Task<Results<Ok<ReportJson>, ProblemHttpResult>> GetAsync(long id, ReportService service, CancellationToken cancellationToken) =>
        await service.FindAsync(id, cancellationToken) is { } report ? TypedResults.Ok(ReportJson.Of(report)) : Missing(id);

    private static ProblemHttpResult Missing(long id) => new Kernel.NotFound($"There is no report {id}.").ToProblem();
}

/// <summary>Which reports.</summary>
public sealed record ReportInput
{
    /// <summary>Why it was made.</summary>
    public ReportKind? Kind { get; init; }

    /// <summary>Of this site.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }
}

/// <summary>The body of POST reports.</summary>
public sealed record NewReportJson
{
    public const int DefaultDays = 7;

    /// <summary>The site it is about; absent = the whole fleet.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>How many days, today included; absent = 7.</summary>
    [Between(1, ReportService.MaximumDays)]
    public int? Days { get; init; }
}

/// <summary>A report in the API.</summary>
public sealed record ReportJson(ReportRow Report, ReportContent Content)
{
    internal static ReportJson Of(ReportDetail detail) => new(detail.Row, detail.Content);
}
