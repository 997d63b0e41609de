using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.People;

/// <summary>People and their roles in the API. Passwords, authenticator apps, passkeys and API tokens are each person's own, on the page of the account: no script has them.</summary>
internal static class PeopleEndpoints
{
    public const int MaximumIdLength = 100;
    public const int MaximumSearchLength = 100;

    public static IServiceCollection AddPeople(this IServiceCollection services) => services.AddScoped<PeopleService>();

    public static void MapPeople(this IEndpointRouteBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("People").Needs(Permission.ManagePeople);
        people.MapGet("/", async ([AtMost(MaximumSearchLength)] string? search, [Between(1, 1_000_000)] int? page, PeopleService service, CancellationToken token) => ToPage(await service.ListAsync(search, page ?? 1, token)))
            .WithSummary("Lists people with their roles, by name, 50 a page.");
        people.MapPost("/", async (InvitationJson body, PeopleService service, CancellationToken token) => ToLink(await service.InviteAsync(body.Name, body.ToGrants(), token)))
            .WithSummary("Makes an account without a password. The answer has the path of a link that works once: whoever has it chooses the password.");
        people.MapPost("/{id}/invitation", async ([AtMost(MaximumIdLength)] string id, PeopleService service, CancellationToken token) => ToLink(await service.InviteAgainAsync(id, token)))
            .WithSummary("Makes a new link to choose a password. The old password stays until it's used.")
            .WithProblems();
        people.MapPut("/{id}/roles", async ([AtMost(MaximumIdLength)] string id, RolesJson body, PeopleService service, CancellationToken token) => ToResult(await service.SetGrantsAsync(id, body.ToGrants(), token)))
            .WithSummary("Replaces someone's roles. It counts at once, in open pages too.")
            .WithProblems();
        people.MapPost("/{id}/disable", async ([AtMost(MaximumIdLength)] string id, PeopleService service, CancellationToken token) => ToResult(await service.SetDisabledAsync(id, true, token)))
            .WithSummary("Disables an account: signed out everywhere at once, and its API tokens open nothing.")
            .WithProblems();
        people.MapPost("/{id}/enable", async ([AtMost(MaximumIdLength)] string id, PeopleService service, CancellationToken token) => ToResult(await service.SetDisabledAsync(id, false, token)))
            .WithSummary("Enables an account again.")
            .WithProblems();
        people.MapPost("/{id}/sign-out", async ([AtMost(MaximumIdLength)] string id, PeopleService service, CancellationToken token) => ToResult(await service.SignOutEverywhereAsync(id, token)))
            .WithSummary("Signs someone out in all browsers.")
            .WithProblems();
    }

    private static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint) => endpoint.ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static Results<Ok<Paged<PersonJson>>, ProblemHttpResult> ToPage(Outcome<Paged<PersonRow>> found) => found.IsSuccess
        ? TypedResults.Ok(new Paged<PersonJson>([.. found.Value.Items.Select(PersonJson.Of)], found.Value.Total, found.Value.Page, found.Value.PageSize))
        : found.Failure.ToProblem();

    private static Results<Ok<InvitationLinkJson>, ProblemHttpResult> ToLink(Outcome<string> made) => made.IsSuccess ? TypedResults.Ok(new InvitationLinkJson(made.Value)) : made.Failure.ToProblem();

    private static Results<NoContent, ProblemHttpResult> ToResult(Outcome<Done> outcome) => outcome.IsSuccess ? TypedResults.NoContent() : outcome.Failure.ToProblem();
}

/// <summary>A role, and where it holds.</summary>
public sealed record GrantJson
{
    /// <summary>Viewer, operator or admin.</summary>
    public Role Role { get; init; }

    /// <summary>Absent = the whole fleet.</summary>
    public IReadOnlyList<string>? Sites { get; init; }

    internal Grant ToGrant() => new(Role, Sites is null ? SiteScope.WholeFleet : SiteScope.Of(Sites));
}

/// <summary>The body of PUT people/{id}/roles.</summary>
public record RolesJson
{
    /// <summary>All roles the person has from now on; empty = none.</summary>
    [Needed]
    public IReadOnlyList<GrantJson>? Roles { get; init; }

    internal IReadOnlyList<Grant> ToGrants() => [.. (Roles ?? []).Select(role => role.ToGrant())];
}

/// <summary>The body of POST people.</summary>
public sealed record InvitationJson : RolesJson
{
    /// <summary>What the person signs in with.</summary>
    [Needed, AtMost(PeopleService.MaximumNameLength)]
    public string? Name { get; init; }
}

/// <summary>A link that works once.</summary>
/// <param name="Path">Put it behind the dashboard's address, and give it to nobody but the person.</param>
public sealed record InvitationLinkJson(string Path);

/// <summary>A person in the API.</summary>
public sealed record PersonJson(string Id, string Name, bool IsDisabled, bool IsExternal, bool IsInvited, bool IsLocked, bool HasSecondFactor, DateTimeOffset? LastSignInAt, int Sessions, IReadOnlyList<GrantJson> Roles)
{
    internal static PersonJson Of(PersonRow row) => new(
        row.Id, row.Name, row.IsDisabled, row.IsExternal, row.IsInvited, row.IsLocked, row.HasSecondFactor, row.LastSignInAt, row.Sessions,
        [.. row.Grants.Select(grant => new GrantJson { Role = grant.Role, Sites = grant.Scope.IsWholeFleet ? null : grant.Scope.Sites })]);
}
