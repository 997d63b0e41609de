using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>The history in the API: each answer as JSON, and the numbers of each chart as CSV.</summary>
internal static class HistoryEndpoints
{
    private const int DefaultDays = 30;
    private const int MaximumPage = 1_000_000;
    private const string Tag = "History";
    private const string RangeParameters = "Parameters: from, to (days, both included; default the last 30), zone (default UTC), site, server.";

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

    public static void MapHistory(this IEndpointRouteBuilder api)
    {
        Describe(api.MapGet("/history/syncs", SyncsAsync), "All numbers about the synchronizations of a range: days, rates, sites, causes, hours, durations, repairs, gaps. " + RangeParameters).Produces<SyncStatistics>();
        Describe(api.MapGet("/history/strip", StripAsync), "One row a server, one cell a day. Also page, pageSize (1 to 200), search. " + RangeParameters).Produces<DayStrip>();
        Describe(api.MapGet("/history/strip.csv", StripCsvAsync), "The strip as CSV, a row a server and day. " + RangeParameters).Produces(StatusCodes.Status200OK, contentType: "text/csv");
        Describe(api.MapGet("/history/last-good", LastGoodAsync), "How long ago each server last synchronized well, the longest first. Parameters: site, page, pageSize.").Produces<Paged<LastGoodSync>>();
        Describe(api.MapGet("/history/changes", ChangesAsync), "What changed since a moment. Parameters: since (default a day ago), site.").Produces<ChangesSince>();
        Describe(api.MapGet("/history/changes.csv", ChangesCsvAsync), "What changed since a moment, as CSV. Parameters: since, site.").Produces(StatusCodes.Status200OK, contentType: "text/csv");
        Describe(api.MapGet("/history/patch-tuesday", PatchTuesdayAsync), "Which sites are ready before, and synchronized after a Patch Tuesday. Parameters: month (its first day; default the last release), site.").Produces<PatchTuesdayBoard>();
        Describe(api.MapGet("/history/patch-tuesday.csv", PatchTuesdayCsvAsync), "The same as CSV. Parameters: month, site.").Produces(StatusCodes.Status200OK, contentType: "text/csv");
        Describe(api.MapGet("/servers/{id:int}/timeline", TimelineAsync), "What happened on a server. Parameters: from, to (default the last day), points (1 to 3000).").Produces<Timeline>().ProducesProblem(StatusCodes.Status404NotFound);
        Describe(api.MapGet("/servers/{id:int}/timeline.csv", TimelineCsvAsync), "The same as CSV. Parameters: from, to, points.").Produces(StatusCodes.Status200OK, contentType: "text/csv").ProducesProblem(StatusCodes.Status404NotFound);
        Describe(api.MapGet("/servers/{id:int}/remediations/{runId}/effect", EffectAsync), "Before and after a repair, in two windows: that before is as long as that since, and at least a day.").Produces<RepairEffect>().ProducesProblem(StatusCodes.Status404NotFound);
        foreach (var table in Tables)
        {
            Describe(api.MapGet($"/history/{table.Key}.csv", (HttpRequest request, HistoryQueries history, TimeProvider clock, CancellationToken token) => TableAsync(table.Value, request, history, clock, token)), $"The chart \"{table.Key}\" as CSV. " + RangeParameters)
                .Produces(StatusCodes.Status200OK, contentType: "text/csv");
        }
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string summary) => route.Needs(Permission.View).WithTags(Tag).WithSummary(summary).ProducesValidationProblem();

    private static async Task<Results<Ok<SyncStatistics>, ProblemHttpResult>> SyncsAsync(HttpRequest request, HistoryQueries history, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, filter, range) = ReadRange(request, clock);
        return query.Check() is { } invalid ? invalid.ToProblem() : TypedResults.Ok(await history.GetSyncsAsync(filter, range, cancellationToken));
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> TableAsync(Func<SyncStatistics, CsvTable> table, HttpRequest request, HistoryQueries history, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, filter, range) = ReadRange(request, clock);
        return query.Check() is { } invalid ? invalid.ToProblem() : table(await history.GetSyncsAsync(filter, range, cancellationToken)).ToResult();
    }

    private static async Task<Results<Ok<DayStrip>, ProblemHttpResult>> StripAsync(HttpRequest request, HistoryQueries history, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, filter, range) = ReadRange(request, clock);
        var (search, page, size) = (query.Text("search", 100), query.Number("page", 1, 1, MaximumPage), query.Number("pageSize", 50, 1, HistoryQueries.MaximumPageSize));
        return query.Check() is { } invalid ? invalid.ToProblem() : TypedResults.Ok(await history.GetStripAsync(filter with { Search = search }, range, page, size, cancellationToken));
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> StripCsvAsync(HttpRequest request, HistoryQueries history, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, filter, range) = ReadRange(request, clock);
        var page = query.Number("page", 1, 1, MaximumPage);
        return query.Check() is { } invalid ? invalid.ToProblem() : HistoryCsv.Strip(await history.GetStripAsync(filter, range, page, HistoryQueries.MaximumPageSize, cancellationToken)).ToResult();
    }

    private static async Task<Results<Ok<Paged<LastGoodSync>>, ProblemHttpResult>> LastGoodAsync(HttpRequest request, HistoryQueries history, CancellationToken cancellationToken)
    {
        var query = new StrictQuery(request.Query);
        var (filter, page, size) = (new HistoryFilter { Site = query.Text("site", ServerInput.MaximumSiteLength) }, query.Number("page", 1, 1, MaximumPage), query.Number("pageSize", 50, 1, HistoryQueries.MaximumPageSize));
        return query.Check() is { } invalid ? invalid.ToProblem() : TypedResults.Ok(await history.GetLastGoodSyncsAsync(filter, page, size, cancellationToken));
    }

    private static async Task<Results<Ok<ChangesSince>, ProblemHttpResult>> ChangesAsync(HttpRequest request, ChangeQueries changes, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, filter, since) = ReadSince(request, clock);
        return query.Check() is { } invalid ? invalid.ToProblem() : TypedResults.Ok(await changes.GetAsync(filter, since, cancellationToken));
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> ChangesCsvAsync(HttpRequest request, ChangeQueries changes, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, filter, since) = ReadSince(request, clock);
        return query.Check() is { } invalid ? invalid.ToProblem() : HistoryCsv.Changes(await changes.GetAsync(filter, since, cancellationToken)).ToResult();
    }

    private static async Task<Results<Ok<PatchTuesdayBoard>, ProblemHttpResult>> PatchTuesdayAsync(HttpRequest request, PatchTuesdayQueries patches, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, filter, tuesday) = ReadTuesday(request, clock);
        return query.Check() is { } invalid ? invalid.ToProblem() : TypedResults.Ok(await patches.GetAsync(filter, tuesday, cancellationToken));
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> PatchTuesdayCsvAsync(HttpRequest request, PatchTuesdayQueries patches, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (query, filter, tuesday) = ReadTuesday(request, clock);
        return query.Check() is { } invalid ? invalid.ToProblem() : HistoryCsv.PatchTuesday(await patches.GetAsync(filter, tuesday, cancellationToken)).ToResult();
    }

    private static async Task<Results<Ok<Timeline>, ProblemHttpResult>> TimelineAsync(int id, HttpRequest request, TimelineQueries timelines, TimeProvider clock, CancellationToken cancellationToken)
    {
        var found = await FindTimelineAsync(id, request, timelines, clock, cancellationToken);
        return found.IsSuccess ? TypedResults.Ok(found.Value) : found.Failure.ToProblem();
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> TimelineCsvAsync(int id, HttpRequest request, TimelineQueries timelines, TimeProvider clock, CancellationToken cancellationToken)
    {
        var found = await FindTimelineAsync(id, request, timelines, clock, cancellationToken);
        return found.IsSuccess ? HistoryCsv.Timeline(found.Value).ToResult() : found.Failure.ToProblem();
    }

    private static async Task<Results<Ok<RepairEffect>, ProblemHttpResult>> EffectAsync(int id, string runId, RepairEffectQueries effects, CancellationToken cancellationToken) =>
        await effects.GetAsync(id, runId, cancellationToken) is { } effect
            ? TypedResults.Ok(effect)
            : new Features.NotFound($"There is no repair {runId} of server {id} that has ended.").ToProblem();

    private static async Task<Outcome<Timeline>> FindTimelineAsync(int id, HttpRequest request, TimelineQueries timelines, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = new StrictQuery(request.Query);
        var to = query.Time("to") ?? clock.GetUtcNow();
        var from = query.Time("from") ?? to.AddDays(-1);
        var points = query.Number("points", TimelineQueries.DefaultPoints, 1, TimelineQueries.MaximumPoints);
        if (from >= to || to - from > TimeSpan.FromDays(HistoryRange.MaximumDays))
        {
            query.Refuse("from", $"\"from\" is not before \"to\", or the range is longer than {HistoryRange.MaximumDays} days.");
        }

        return query.Check() is { } invalid ? invalid : await timelines.GetAsync(id, from, to, points, cancellationToken);
    }

    private static (StrictQuery Query, HistoryFilter Filter, HistoryRange Range) ReadRange(HttpRequest request, TimeProvider clock)
    {
        var query = new StrictQuery(request.Query);
        var zone = query.Zone("zone");
        var (first, last) = (query.Day("from"), query.Day("to"));
        var server = query.Number("server", 0, 1, int.MaxValue);
        var filter = new HistoryFilter { Site = query.Text("site", ServerInput.MaximumSiteLength), ServerId = server == 0 ? null : server };
        var standard = HistoryRange.LastDays(DefaultDays, clock.GetUtcNow(), zone);
        var end = last ?? standard.Last;
        var start = first ?? end.AddDays(1 - DefaultDays);
        if (start > end || end.DayNumber - start.DayNumber >= HistoryRange.MaximumDays)
        {
            query.Refuse("from", $"\"from\" lies after \"to\", or the range is longer than {HistoryRange.MaximumDays} days.");
            return (query, filter, standard);
        }

        return (query, filter, new(start, end, zone));
    }

    private static (StrictQuery Query, HistoryFilter Filter, DateTimeOffset Since) ReadSince(HttpRequest request, TimeProvider clock)
    {
        var query = new StrictQuery(request.Query);
        var since = query.Time("since") ?? clock.GetUtcNow().AddDays(-1);
        return (query, new() { Site = query.Text("site", ServerInput.MaximumSiteLength) }, since);
    }

    private static (StrictQuery Query, HistoryFilter Filter, PatchTuesday Tuesday) ReadTuesday(HttpRequest request, TimeProvider clock)
    {
        var query = new StrictQuery(request.Query);
        var tuesday = query.Day("month") is { } month ? PatchTuesday.Of(month.Year, month.Month) : PatchTuesday.LastBefore(clock.GetUtcNow());
        return (query, new() { Site = query.Text("site", ServerInput.MaximumSiteLength) }, tuesday);
    }
}
