using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.SavedViews;

/// <summary>Saved views in the API.</summary>
internal static class SavedViewEndpoints
{
    public static IServiceCollection AddSavedViews(this IServiceCollection services) => services
        .AddScoped<SavedViewService>()
        .AddSingleton<ITagUse, SavedViewTagUse>();

    public static void MapSavedViews(this IEndpointRouteBuilder api)
    {
        var views = api.MapGroup("/views").WithTags("Tags and views");
        views.MapGet("/", ListAsync)
            .Needs(Permission.View)
            .WithSummary("Lists saved views of the fleet: your own first, then those that everyone shares.");
        views.MapGet("/{id:int}", GetAsync)
            .Needs(Permission.View)
            .WithSummary("Shows one saved view. Its revision is the entity tag.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        views.MapPost("/", AddAsync)
            .Needs(Permission.View)
            .WithSummary("Saves a view of the fleet under a name, for yourself or, with shared=true, for everyone; sharing needs the role Admin for the whole fleet. You can have 50 of your own, and everyone shares 100.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        views.MapPatch("/{id:int}", ChangeAsync)
            .Needs(Permission.View)
            .WithSummary("Renames a saved view, or changes what it shows or who sees it. Send its revision as If-Match to replace only what you saw.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        views.MapDelete("/{id:int}", DeleteAsync)
            .Needs(Permission.View)
            .WithSummary("Deletes a saved view. A shared one needs the role Admin for the whole fleet.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<Paged<SavedView>>, ProblemHttpResult>> ListAsync([AsParameters] PageInput page, SavedViewService service, CancellationToken cancellationToken)
    {
        var found = await service.GetAllAsync(cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Failure.ToProblem();
        }

        var place = Math.Clamp(page.Page, 1, Math.Max(1, (found.Value.Count + page.PageSize - 1) / page.PageSize));
        return TypedResults.Ok(new Paged<SavedView>([.. found.Value.Skip((place - 1) * page.PageSize).Take(page.PageSize)], found.Value.Count, place, page.PageSize));
    }

    private static async Task<Results<Ok<SavedView>, ProblemHttpResult>> GetAsync(int id, HttpContext http, SavedViewService service, CancellationToken cancellationToken) =>
        Answer(await service.FindAsync(id, cancellationToken), http);

    private static async Task<Results<Created<SavedView>, ProblemHttpResult>> AddAsync(NewViewJson body, HttpContext http, SavedViewService service, CancellationToken cancellationToken)
    {
        var added = await service.AddAsync(body.Name, body.Query, body.Shared == true, cancellationToken);
        if (!added.IsSuccess)
        {
            return added.Failure.ToProblem();
        }

        http.Response.Headers[HeaderNames.ETag] = $"\"{added.Value.Revision}\"";
        return TypedResults.Created(new Uri($"{ApiPaths.Root}/views/{added.Value.Id}", UriKind.Relative), added.Value);
    }

    private static async Task<Results<Ok<SavedView>, ProblemHttpResult>> ChangeAsync(int id, ViewChangeJson body, HttpContext http, SavedViewService service, CancellationToken cancellationToken) =>
        Answer(await service.ChangeAsync(id, new(body.Name, body.Query, body.Shared), EntityTags.ReadSeen(http), cancellationToken), http);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(int id, SavedViewService service, CancellationToken cancellationToken)
    {
        var deleted = await service.DeleteAsync(id, cancellationToken);
        return deleted.IsSuccess ? TypedResults.NoContent() : deleted.Failure.ToProblem();
    }

    private static Results<Ok<SavedView>, ProblemHttpResult> Answer(Outcome<SavedView> outcome, HttpContext http)
    {
        if (!outcome.IsSuccess)
        {
            return outcome.Failure.ToProblem();
        }

        http.Response.Headers[HeaderNames.ETag] = $"\"{outcome.Value.Revision}\"";
        return TypedResults.Ok(outcome.Value);
    }
}

/// <summary>A view to save.</summary>
public sealed record NewViewJson
{
    [Needed]
    [AtMost(SavedViewService.MaximumNameLength)]
    public string Name { get; init; } = "";

    /// <summary>What stands behind the "?" of the fleet page's address; empty: all servers, worst first.</summary>
    [AtMost(SavedViewService.MaximumQueryLength)]
    public string Query { get; init; } = "";

    /// <summary>True: for everyone. Absent: for yourself.</summary>
    public bool? Shared { get; init; }
}

/// <summary>What to change of a view; what is absent stays.</summary>
public sealed record ViewChangeJson
{
    [AtMost(SavedViewService.MaximumNameLength)]
    public string? Name { get; init; }

    /// <summary>What stands behind the "?" of the fleet page's address.</summary>
    [AtMost(SavedViewService.MaximumQueryLength)]
    public string? Query { get; init; }

    /// <summary>True: for everyone; false: for yourself.</summary>
    public bool? Shared { get; init; }
}
