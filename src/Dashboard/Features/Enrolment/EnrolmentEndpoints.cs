using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Enrolment;

/// <summary>Enrolment in the API: tokens, and servers that wait to be admitted.</summary>
internal static class EnrolmentEndpoints
{
    public static IServiceCollection AddEnrolment(this IServiceCollection services) => services
        .AddSingleton<EnrolmentAudit>()
        .AddScoped<EnrolmentRegistrar>()
        .AddScoped<EnrolmentService>();

    public static void MapEnrolment(this IEndpointRouteBuilder api)
    {
        var enrolment = api.MapGroup("/enrolment").WithTags("Trust");
        enrolment.MapGet("/tokens", async (EnrolmentService service, CancellationToken token) => TypedResults.Ok(await ReadTokensAsync(service, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Enrolment tokens, newest first. Secrets aren't stored.");
        enrolment.MapPost("/tokens", IssueAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Creates a token that agents use to register themselves. Its text is returned only once.");
        enrolment.MapDelete("/tokens/{id}", async (string id, EnrolmentService service, CancellationToken token) => ToResult(await service.RevokeAsync(id, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Revokes a token. Servers that registered with it stay.");
        enrolment.MapGet("/waiting", async (EnrolmentService service, CancellationToken token) => TypedResults.Ok(await ReadWaitingAsync(service, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Servers that registered themselves and are waiting to be admitted, oldest first.");
        enrolment.MapPost("/waiting/{id:int}/admit", async (int id, EnrolmentService service, CancellationToken token) => ToResult(await service.DecideAsync(id, true, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Admits a waiting server to the fleet.");
        enrolment.MapDelete("/waiting/{id:int}", async (int id, EnrolmentService service, CancellationToken token) => ToResult(await service.DecideAsync(id, false, token)))
            .Needs(Permission.ManageServers)
            .WithSummary("Refuses a waiting server.");
    }

    private static async Task<Results<Created<NewEnrolmentToken>, ProblemHttpResult>> IssueAsync(IssueTokenJson body, EnrolmentService service, CancellationToken cancellationToken)
    {
        var issued = await service.IssueAsync(body.Label ?? "", body.Site ?? "", body.Uses ?? 0, body.Hours ?? 0, body.Admits, cancellationToken);
        return issued.IsSuccess ? TypedResults.Created((Uri?)null, issued.Value) : issued.Failure.ToProblem();
    }

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

/// <summary>The body of POST enrolment/tokens.</summary>
public sealed record IssueTokenJson
{
    /// <summary>What it is for.</summary>
    [AtMost(EnrolmentService.MaximumLabelLength)]
    public string? Label { get; init; }

    /// <summary>The site for servers that register with it.</summary>
    [AtMost(ServerInput.MaximumSiteLength)]
    public string? Site { get; init; }

    /// <summary>How many servers can register with it.</summary>
    [Needed, Between(1, EnrolmentService.MaximumUses)]
    public int? Uses { get; init; }

    /// <summary>How many hours it's valid.</summary>
    [Needed, Between(1, EnrolmentService.MaximumHours)]
    public int? Hours { get; init; }

    /// <summary>True: servers are watched immediately. False or absent: an admin has to admit each one.</summary>
    public bool Admits { get; init; }
}

/// <summary>A token without its secret.</summary>
public sealed record EnrolmentTokenJson(string Id, string Label, string Site, bool Admits, int Uses, int MaximumUses, string CreatedBy, DateTime ExpiresAt, DateTime? RevokedAt);

/// <summary>A server waiting to be admitted.</summary>
public sealed record WaitingServerJson(int Id, string ComputerName, string Address, string Site, string AgentKey, string AskedFrom, DateTime AskedAt);
