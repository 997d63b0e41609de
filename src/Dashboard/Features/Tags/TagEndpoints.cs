using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Tags;

/// <summary>Tags in the API.</summary>
internal static class TagEndpoints
{
    public static IServiceCollection AddTags(this IServiceCollection services) => services.AddScoped<TagService>();

    public static void MapTags(this IEndpointRouteBuilder api)
    {
        var tags = api.MapGroup("/tags").WithTags("Tags and views");
        tags.MapGet("/", async ([AsParameters] PageInput page, TagService service, VisibleServers servers, CancellationToken cancellationToken) =>
            {
                await servers.WhenLoadedAsync(cancellationToken);
                return TypedResults.Ok(service.GetPage(page.Page, page.PageSize));
            })
            .Needs(Permission.View)
            .WithSummary("Lists the tags of servers you can see, with how many have each. A tag is made by giving it to a server.");
        tags.MapGet("/{tag}", FindAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Shows where a tag is used: servers and saved views. Needs the role Admin for the whole fleet.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        tags.MapDelete("/{tag}", DeleteAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Deletes a tag from every server, and says where it was used. Saved views that filter by it stay, and say that it was deleted. Needs the role Admin for the whole fleet.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<TagDetail>, ProblemHttpResult>> FindAsync([AtMost(TagRules.MaximumLength)] string tag, TagService service, CancellationToken cancellationToken)
    {
        var found = await service.FindAsync(tag, cancellationToken);
        return found.IsSuccess ? TypedResults.Ok(found.Value) : found.Failure.ToProblem();
    }

    private static async Task<Results<Ok<TagDeletion>, ProblemHttpResult>> DeleteAsync([AtMost(TagRules.MaximumLength)] string tag, TagService service, CancellationToken cancellationToken)
    {
        var deleted = await service.DeleteAsync(tag, cancellationToken);
        return deleted.IsSuccess ? TypedResults.Ok(deleted.Value) : deleted.Failure.ToProblem();
    }
}
