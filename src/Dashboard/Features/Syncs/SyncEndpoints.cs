using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Repairs;
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

    /// <summary>False for the second view of a synchronization that both WSUS and Configuration Manager saw, and for one that a repair broke.</summary>
    public bool IsCounted { get; init; }

    /// <summary>The repair that started it or cut it off; null where none did.</summary>
    public string? RepairId { get; init; }

    /// <summary>What that repair has to do with it.</summary>
    public RepairTrace Repair { get; init; }

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
        RepairId = row.RepairId,
        Repair = row.RepairTrace,
    };
}

/// <summary>Synchronizations in the API.</summary>
internal static class SyncEndpoints
{
    public static IServiceCollection AddSyncs(this IServiceCollection services) => services.AddScoped<SyncHistoryService>();

    public static void MapSyncs(this IEndpointRouteBuilder api)
    {
        api.MapGet("/servers/{id:int}/syncs", ListAsync)
            .Needs(Permission.View)
            .WithTags("Syncs")
            .WithSummary("Lists a server's syncs, newest first.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/syncs.csv", Download)
            .Needs(Permission.View)
            .WithTags("Syncs")
            .WithSummary("Downloads syncs as CSV, newest first, at most 100,000.")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv");
    }

    private static async Task<Results<Ok<Paged<SyncJson>>, ProblemHttpResult>> ListAsync(int id, [AsParameters] SyncInput input, [AsParameters] PageInput page, SyncHistoryService history, VisibleServers servers, CancellationToken cancellationToken)
    {
        if (servers.Find(id) is null)
        {
            return new Kernel.NotFound($"There is no server {id}.").ToProblem();
        }

        var found = await history.GetPageAsync(input.ToQuery() with { ServerId = id, Page = page.Page, PageSize = page.PageSize }, cancellationToken);
        return TypedResults.Ok(new Paged<SyncJson>([.. found.Items.Select(SyncJson.From)], found.Total, found.Page, found.PageSize));
    }

    private static PushStreamHttpResult Download([AsParameters] SyncInput input, [Between(1, int.MaxValue)] int? server, [AtMost(ServerInput.MaximumSiteLength)] string? site, SyncHistoryService history, CancellationToken cancellationToken) =>
        TypedResults.Stream(stream => history.WriteCsvAsync(input.ToQuery() with { ServerId = server, Site = site }, stream, cancellationToken), "text/csv; charset=utf-8", "synchronizations.csv");
}

/// <summary>Which syncs.</summary>
/// <param name="Result">How they ended.</param>
/// <param name="Source">Who saw them.</param>
/// <param name="From">Those that started at or after.</param>
/// <param name="To">Those that started before.</param>
public sealed record SyncInput(SyncResult? Result, SyncSource? Source, [property: Calendar] DateTimeOffset? From, [property: Calendar] DateTimeOffset? To)
{
    public SyncQuery ToQuery() => new() { Result = Result, Source = Source, From = From, To = To };
}
