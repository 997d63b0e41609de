using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>A synchronization in the API.</summary>
public sealed record SyncJson
{
    /// <summary>Unique on its server.</summary>
    public required string Id { get; init; }

    public SyncSource Source { get; init; }
    public SyncTrigger Trigger { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public double? DurationSeconds { get; init; }
    public SyncResult Result { get; init; }
    public long ErrorCode { get; init; }
    public string ErrorText { get; init; } = "";
    public long? UpdatesChanged { get; init; }

    /// <summary>Id of the finding that named the cause when it ended; null where none is known.</summary>
    public string? Cause { get; init; }

    /// <summary>False for the second view of a synchronization that both WSUS and Configuration Manager saw.</summary>
    public bool IsCounted { get; init; }

    public static SyncJson From(SyncRow row) => new()
    {
        Id = row.Run.Id,
        Source = row.Run.Source,
        Trigger = row.Run.Trigger,
        StartedAt = row.Run.StartedAt,
        EndedAt = row.Run.EndedAt,
        DurationSeconds = row.Run.Duration?.TotalSeconds,
        Result = row.Run.Result,
        ErrorCode = row.Run.ErrorCode,
        ErrorText = row.Run.ErrorText,
        UpdatesChanged = row.Run.UpdatesChanged,
        Cause = row.CauseId,
        IsCounted = row.IsCounted,
    };
}

/// <summary>Synchronizations in the API.</summary>
internal static class SyncEndpoints
{
    private const int MaximumPage = 1_000_000;

    public static void MapSyncs(this IEndpointRouteBuilder api)
    {
        api.MapGet("/servers/{id:int}/syncs", ListAsync)
            .Needs(Permission.View)
            .WithTags("Synchronizations")
            .WithSummary("Synchronizations of a server, newest first. Parameters: result, source, from, to, page, pageSize (1 to 200).")
            .Produces<Paged<SyncJson>>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/syncs.csv", Download)
            .Needs(Permission.View)
            .WithTags("Synchronizations")
            .WithSummary("Synchronizations as CSV, newest first, at most 100,000. Parameters: server, site, result, source, from, to.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv")
            .ProducesValidationProblem();
    }

    private static async Task<Results<Ok<Paged<SyncJson>>, ProblemHttpResult>> ListAsync(int id, HttpRequest request, SyncHistoryService history, ServerService servers, CancellationToken cancellationToken)
    {
        var query = new StrictQuery(request.Query);
        var wanted = new SyncQuery
        {
            ServerId = id,
            Result = query.Word<SyncResult>("result"),
            Source = query.Word<SyncSource>("source"),
            From = query.Time("from"),
            To = query.Time("to"),
            Page = query.Number("page", 1, 1, MaximumPage),
            PageSize = query.Number("pageSize", 50, 1, SyncQuery.MaximumPageSize),
        };
        if (query.Check() is { } invalid)
        {
            return invalid.ToProblem();
        }

        if (await servers.GetAsync(id, cancellationToken) is null)
        {
            return new Features.NotFound($"There is no server {id}.").ToProblem();
        }

        var page = await history.GetPageAsync(wanted, cancellationToken);
        return TypedResults.Ok(new Paged<SyncJson>([.. page.Items.Select(SyncJson.From)], page.Total, page.Page, page.PageSize));
    }

    private static Results<PushStreamHttpResult, ProblemHttpResult> Download(HttpRequest request, SyncHistoryService history, CancellationToken cancellationToken)
    {
        var query = new StrictQuery(request.Query);
        var server = query.Number("server", 0, 1, int.MaxValue);
        var wanted = new SyncQuery
        {
            ServerId = server == 0 ? null : server,
            Site = query.Text("site", ServerInput.MaximumSiteLength),
            Result = query.Word<SyncResult>("result"),
            Source = query.Word<SyncSource>("source"),
            From = query.Time("from"),
            To = query.Time("to"),
        };
        return query.Check() is { } invalid
            ? invalid.ToProblem()
            : TypedResults.Stream(stream => history.WriteCsvAsync(wanted, stream, cancellationToken), "text/csv; charset=utf-8", "synchronizations.csv");
    }
}
