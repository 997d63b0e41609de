using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>The history in the API: each answer as JSON, and the numbers of each chart as CSV.</summary>
internal static class HistoryEndpoints
{
    /// <summary>The tables that one pass over the synchronizations gives, by the name of their file.</summary>
    private static readonly Dictionary<string, Func<SyncStatistics, CsvTable>> Tables = new()
    {
        ["days"] = HistoryCsv.Days,
        ["causes"] = HistoryCsv.Causes,
        ["sites"] = HistoryCsv.Sites,
        ["hours"] = HistoryCsv.Hours,
        ["durations"] = HistoryCsv.Durations,
        ["duration-classes"] = HistoryCsv.DurationClasses,
        ["repairs"] = HistoryCsv.Repairs,
        ["gaps"] = HistoryCsv.Gaps,
    };

    public static IServiceCollection AddHistory(this IServiceCollection services) => services
        .AddScoped<HistoryQueries>()
        .AddScoped<TimelineQueries>()
        .AddScoped<ChangeQueries>()
        .AddScoped<PatchTuesdayQueries>()
        .AddScoped<RepairEffectQueries>();

    public static void MapHistory(this IEndpointRouteBuilder api)
    {
        var history = api.MapGroup("").WithTags("History").Needs(Permission.View);
        history.MapGet("/history/syncs", async ([AsParameters] HistoryInput input, HistoryQueries queries, TimeProvider clock, CancellationToken token) => TypedResults.Ok(await queries.GetSyncsAsync(input.ToFilter(), input.ToRange(clock), token)))
            .WithSummary("Sync statistics for a range: days, rates, sites, causes, hours, durations, repairs, gaps.");
        history.MapGet("/history/strip", async ([AsParameters] HistoryInput input, [AsParameters] PageInput page, [AtMost(100)] string? search, HistoryQueries queries, TimeProvider clock, CancellationToken token) => TypedResults.Ok(await queries.GetStripAsync(input.ToFilter() with { Search = search }, input.ToRange(clock), page.Page, page.PageSize, token)))
            .WithSummary("One row per server, one cell per day.");
        history.MapGet("/history/strip.csv", async ([AsParameters] HistoryInput input, [Between(1, 1_000_000)] int? page, HistoryQueries queries, TimeProvider clock, CancellationToken token) => HistoryCsv.Strip(await queries.GetStripAsync(input.ToFilter(), input.ToRange(clock), page ?? 1, HistoryQueries.MaximumPageSize, token)).ToResult())
            .WithSummary("The strip as CSV, one row per server and day.")
            .ProducesCsv();
        history.MapGet("/history/last-good", async ([AsParameters] SiteInput input, [AsParameters] PageInput page, HistoryQueries queries, CancellationToken token) => TypedResults.Ok(await queries.GetLastGoodSyncsAsync(input.ToFilter(), page.Page, page.PageSize, token)))
            .WithSummary("How long ago each server's last successful sync was, longest first.");
        history.MapGet("/history/changes", async ([AsParameters] SiteInput input, [Calendar] DateTimeOffset? since, ChangeQueries queries, TimeProvider clock, CancellationToken token) => TypedResults.Ok(await queries.GetAsync(input.ToFilter(), since ?? clock.GetUtcNow().AddDays(-1), token)))
            .WithSummary("What changed since a time (default: a day ago).");
        history.MapGet("/history/changes.csv", async ([AsParameters] SiteInput input, [Calendar] DateTimeOffset? since, ChangeQueries queries, TimeProvider clock, CancellationToken token) => HistoryCsv.Changes(await queries.GetAsync(input.ToFilter(), since ?? clock.GetUtcNow().AddDays(-1), token)).ToResult())
            .WithSummary("What changed since a time, as CSV.")
            .ProducesCsv();
        history.MapGet("/history/patch-tuesday", async ([AsParameters] SiteInput input, [Calendar] DateOnly? month, PatchTuesdayQueries queries, VisibleServers servers, TimeProvider clock, CancellationToken token) => TypedResults.Ok(await queries.GetAsync(input.ToFilter(), TuesdayOf(month, clock), servers.FindUpstreams(), token)))
            .WithSummary("Which sites are ready before a Patch Tuesday, and synced after it. Give the month by its first day (default: the last release).");
        history.MapGet("/history/patch-tuesday.csv", async ([AsParameters] SiteInput input, [Calendar] DateOnly? month, PatchTuesdayQueries queries, VisibleServers servers, TimeProvider clock, CancellationToken token) => HistoryCsv.PatchTuesday(await queries.GetAsync(input.ToFilter(), TuesdayOf(month, clock), servers.FindUpstreams(), token)).ToResult())
            .WithSummary("The same as CSV.")
            .ProducesCsv();
        history.MapGet("/servers/{id:int}/timeline", TimelineAsync)
            .WithSummary("What happened on a server.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        history.MapGet("/servers/{id:int}/timeline.csv", TimelineCsvAsync)
            .WithSummary("The same as CSV.")
            .ProducesCsv()
            .ProducesProblem(StatusCodes.Status404NotFound);
        history.MapGet("/servers/{id:int}/repairs/{repairId}/effect", EffectAsync)
            .WithSummary("Compares a server before and after a repair: the time since it ended, and an equally long time before it, at least a day.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        foreach (var (name, table) in Tables)
        {
            history.MapGet($"/history/{name}.csv", async ([AsParameters] HistoryInput input, HistoryQueries queries, TimeProvider clock, CancellationToken token) => table(await queries.GetSyncsAsync(input.ToFilter(), input.ToRange(clock), token)).ToResult())
                .WithSummary($"The chart \"{name}\" as CSV.")
                .ProducesCsv();
        }
    }

    private static RouteHandlerBuilder ProducesCsv(this RouteHandlerBuilder route) => route.Produces(StatusCodes.Status200OK, contentType: "text/csv");

    private static PatchTuesday TuesdayOf(DateOnly? month, TimeProvider clock) => month is { } day ? PatchTuesday.Of(day.Year, day.Month) : PatchTuesday.LastBefore(clock.GetUtcNow());

    private static async Task<Results<Ok<Timeline>, ProblemHttpResult>> TimelineAsync(int id, [AsParameters] TimelineInput input, TimelineQueries timelines, TimeProvider clock, CancellationToken cancellationToken)
    {
        var found = await FindTimelineAsync(id, input, timelines, clock, cancellationToken);
        return found.IsSuccess ? TypedResults.Ok(found.Value) : found.Failure.ToProblem();
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> TimelineCsvAsync(int id, [AsParameters] TimelineInput input, TimelineQueries timelines, TimeProvider clock, CancellationToken cancellationToken)
    {
        var found = await FindTimelineAsync(id, input, timelines, clock, cancellationToken);
        return found.IsSuccess ? HistoryCsv.Timeline(found.Value).ToResult() : found.Failure.ToProblem();
    }

    private static async Task<Results<Ok<RepairEffect>, ProblemHttpResult>> EffectAsync(int id, string repairId, RepairEffectQueries effects, CancellationToken cancellationToken) =>
        await effects.GetAsync(id, repairId, cancellationToken) is { } effect
            ? TypedResults.Ok(effect)
            : new Kernel.NotFound($"Server {id} has no finished repair {repairId}.").ToProblem();

    private static Task<Outcome<Timeline>> FindTimelineAsync(int id, TimelineInput input, TimelineQueries timelines, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (from, to) = input.Range(clock);
        return timelines.GetAsync(id, from, to, input.Points, cancellationToken);
    }
}
