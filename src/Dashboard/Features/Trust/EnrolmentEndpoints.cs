using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Trust;

/// <summary>Enrolment in the API: tokens, and servers that wait to be admitted.</summary>
internal static class EnrolmentEndpoints
{
    private const int MaximumNumberLength = 6;

    public static void MapEnrolment(this IEndpointRouteBuilder api)
    {
        var enrolment = api.MapGroup("/enrolment").WithTags("Trust");
        enrolment.MapGet("/tokens", async (EnrolmentService service, CancellationToken token) => TypedResults.Ok(await ReadTokensAsync(service, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Enrolment tokens, newest first; their secrets are not kept.");
        enrolment.MapPost("/tokens", IssueAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Issues a token with which agents register themselves. Its text is shown once.")
            .Accepts<IssueTokenJson>("application/json")
            .Produces<NewEnrolmentToken>(StatusCodes.Status201Created)
            .ProducesValidationProblem();
        enrolment.MapDelete("/tokens/{id}", async (string id, EnrolmentService service, CancellationToken token) => ToResult(await service.RevokeAsync(id, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Revokes a token; servers that came with it stay.");
        enrolment.MapGet("/waiting", async (EnrolmentService service, CancellationToken token) => TypedResults.Ok(await ReadWaitingAsync(service, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Servers that registered themselves and wait to be admitted, oldest first.");
        enrolment.MapPost("/waiting/{id:int}/admit", async (int id, EnrolmentService service, CancellationToken token) => ToResult(await service.DecideAsync(id, true, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Takes a waiting server into the fleet.");
        enrolment.MapDelete("/waiting/{id:int}", async (int id, EnrolmentService service, CancellationToken token) => ToResult(await service.DecideAsync(id, false, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Refuses a waiting server.");
    }

    private static async Task<Results<Created<NewEnrolmentToken>, ProblemHttpResult>> IssueAsync(HttpRequest request, EnrolmentService service, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: false, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var body = read.Value;
        var label = body.Text("label", EnrolmentService.MaximumLabelLength) ?? "";
        var site = body.Text("site", ServerInput.MaximumSiteLength) ?? "";
        var uses = Number(body.Text("uses", MaximumNumberLength, isRequired: true));
        var hours = Number(body.Text("hours", MaximumNumberLength, isRequired: true));
        var admits = body.Text("admits", MaximumNumberLength, allowed: ["true", "false"]) == "true";
        if (body.Check() is { } invalid)
        {
            return invalid.ToProblem();
        }

        var issued = await service.IssueAsync(label, site, uses, hours, admits, cancellationToken);
        return issued.IsSuccess ? TypedResults.Created((Uri?)null, issued.Value) : issued.Failure.ToProblem();
    }

    private static int Number(string? text) => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static async Task<IReadOnlyList<EnrolmentTokenJson>> ReadTokensAsync(EnrolmentService service, CancellationToken cancellationToken) =>
    [
        .. (await service.ListTokensAsync(cancellationToken)).Select(token =>
            new EnrolmentTokenJson(token.Id, token.Label, token.Site, token.Admits, token.Uses, token.MaximumUses, token.CreatedBy, token.ExpiresAt, token.RevokedAt)),
    ];

    private static async Task<IReadOnlyList<WaitingServerJson>> ReadWaitingAsync(EnrolmentService service, CancellationToken cancellationToken) =>
    [
        .. (await service.ListWaitingAsync(cancellationToken)).Select(server =>
            new WaitingServerJson(server.Id, server.ComputerName, server.Address, server.Site, server.AgentPin, server.AskedFrom, server.AskedAt)),
    ];

    private static Results<NoContent, ProblemHttpResult> ToResult(Outcome<Done> outcome) => outcome.IsSuccess ? TypedResults.NoContent() : outcome.Failure.ToProblem();
}

/// <summary>The body of POST enrolment/tokens; numbers as texts.</summary>
/// <param name="Label">What it is for; optional.</param>
/// <param name="Site">The site of the servers that come with it; optional.</param>
/// <param name="Uses">1 to 10000.</param>
/// <param name="Hours">1 to 8760.</param>
/// <param name="Admits">"true": servers are watched at once. "false" or absent: an administrator admits each.</param>
public sealed record IssueTokenJson(string? Label, string? Site, string Uses, string Hours, string? Admits);

/// <summary>A token without its secret.</summary>
public sealed record EnrolmentTokenJson(string Id, string Label, string Site, bool Admits, int Uses, int MaximumUses, string CreatedBy, DateTime ExpiresAt, DateTime? RevokedAt);

/// <summary>A server that waits.</summary>
public sealed record WaitingServerJson(int Id, string ComputerName, string Address, string Site, string AgentKey, string AskedFrom, DateTime AskedAt);
