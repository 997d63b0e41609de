using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.ServerDescriptions;

/// <summary>Tags, owner and notes of a server in the API.</summary>
internal static class ServerDescriptionEndpoints
{
    public static IServiceCollection AddServerDescriptions(this IServiceCollection services) => services
        .AddScoped<ServerDescriptionService>()
        .AddSingleton<ITagUse, ServerTagUse>();

    public static void MapServerDescriptions(this IEndpointRouteBuilder api)
    {
        var description = api.MapGroup("/servers/{id:int}/description").WithTags("Servers");
        description.MapGet("/", GetAsync)
            .Needs(Permission.View)
            .WithSummary("Shows a server's tags, owner and notes. Their revision is the entity tag.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        description.MapPatch("/", ChangeAsync)
            .Needs(Permission.Operate)
            .WithSummary("Changes a server's tags, owner or notes; what's absent stays, what's empty is removed. Tags filter; they grant nothing. Send the revision as If-Match to replace only what you saw; without it, only what's empty is filled.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<ServerDescriptionJson>, ProblemHttpResult>> GetAsync(int id, HttpContext http, ServerDescriptionService service, CancellationToken cancellationToken) =>
        Answer(await service.GetAsync(id, cancellationToken), http);

    private static async Task<Results<Ok<ServerDescriptionJson>, ProblemHttpResult>> ChangeAsync(int id, ServerDescriptionInput body, HttpContext http, ServerDescriptionService service, CancellationToken cancellationToken) =>
        Answer(await service.ChangeAsync(id, new(body.Tags, body.OwnerPerson, body.Owner, body.Notes), EntityTags.ReadSeen(http), cancellationToken), http);

    private static Results<Ok<ServerDescriptionJson>, ProblemHttpResult> Answer(Outcome<ServerDescriptionJson> outcome, HttpContext http)
    {
        if (!outcome.IsSuccess)
        {
            return outcome.Failure.ToProblem();
        }

        http.Response.Headers[HeaderNames.ETag] = $"\"{outcome.Value.Revision}\"";
        return TypedResults.Ok(outcome.Value);
    }
}

/// <summary>What to change of a server's tags, owner and notes.</summary>
public sealed record ServerDescriptionInput
{
    /// <summary>All tags that it is to have, at most 20: 1 to 40 letters, digits, spaces and - _ . each. Absent: as they are.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>"me", or the id of an account that can see the server. Absent: as it is.</summary>
    [AtMost(ServerDescriptionService.MaximumOwnerLength)]
    public string? OwnerPerson { get; init; }

    /// <summary>Somebody without an account, as text; empty: nobody. Absent: as it is.</summary>
    [AtMost(ServerDescriptionService.MaximumOwnerLength)]
    public string? Owner { get; init; }

    /// <summary>Plain text; empty: none. Absent: as they are.</summary>
    [AtMost(ServerDescriptionService.MaximumNotesLength)]
    public string? Notes { get; init; }
}
