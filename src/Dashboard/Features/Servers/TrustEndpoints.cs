using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Whom this dashboard trusts, in the API.</summary>
internal static class TrustEndpoints
{
    public static IServiceCollection AddPairing(this IServiceCollection services) => services.AddScoped<PairingService>();

    public static void MapTrust(this IEndpointRouteBuilder api)
    {
        var pairing = api.MapGroup("/servers/{id:int}/pairing").WithTags("Trust");
        pairing.MapPost("/", PairAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Pairs a server with the code that \"WsusDashboard.Agent pair\" shows on it. Also pairs it again after its key has changed.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        pairing.MapDelete("/", UnpairAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Ends the trust between a server and this dashboard on both sides. The server's history stays.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The dashboard's own key.</summary>
    public static void MapHubKey(this IEndpointRouteBuilder api)
    {
        var hub = api.MapGroup("/hub").WithTags("Trust");
        hub.MapGet("/key", async (HubIdentity identity, KeyRotation rotation, CancellationToken token) => TypedResults.Ok(new HubKeyJson(identity.Id, identity.Name, identity.Keys.Current.Pin, identity.Keys.Next?.Pin, await rotation.ReadWaitingAsync(token))))
            .Needs(Permission.ManageDashboard)
            .WithSummary("Shows this dashboard's identity for agents, and how far a key change has come.");
        hub.MapPost("/key/rotation", RotateAsync)
            .Needs(Permission.ManageDashboard)
            .WithSummary("Gives this dashboard a new key without pairing again: each agent learns it at its next connection, then it takes effect. All dashboards of the database take part.");
        hub.MapPost("/join-tokens", OfferAsync)
            .Needs(Permission.ManageDashboard)
            .WithSummary("Creates a token with which one more dashboard joins those of this PostgreSQL database: it takes over their keys, once, within an hour. Whoever has the token and the database has the keys.")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<HubKeyJson>> RotateAsync(HubIdentity identity, KeyRotation rotation, AuditTrail audit, CancellationToken token)
    {
        var before = identity.Keys.Current.Pin;
        var waiting = await rotation.RotateHubKeyAsync(token);
        await audit.WriteAsync(new()
        {
            What = "hub.rotate-key",
            Detail = waiting.Count == 0 ? "every paired agent knows the next key" : string.Create(CultureInfo.InvariantCulture, $"{waiting.Count} agents don't know the next key yet"),
            Before = KeyPin.Shown(before),
            After = KeyPin.Shown((identity.Keys.Next ?? identity.Keys.Current).Pin),
            Outcome = identity.Keys.Next is null ? "done" : "begun",
        });
        return TypedResults.Ok(new HubKeyJson(identity.Id, identity.Name, identity.Keys.Current.Pin, identity.Keys.Next?.Pin, waiting));
    }

    private static async Task<Results<Ok<JoinTokenJson>, ProblemHttpResult>> OfferAsync(HubMembership membership, AuditTrail audit, CancellationToken token)
    {
        if (!membership.CanBeJoined)
        {
            return new Kernel.Conflict("This dashboard keeps its history in a SQLite file, which has one dashboard. Several share a PostgreSQL database.").ToProblem();
        }

        // Before the keys are sealed: what says where the audit ends goes with them.
        await audit.WriteAsync(new() { What = "hub.join-token", Detail = string.Create(CultureInfo.InvariantCulture, $"good for {HubMembership.TokenLife.TotalMinutes:0} min, once"), Outcome = "done" });
        var offer = await membership.OfferAsync(token);
        return TypedResults.Ok(new JoinTokenJson(offer.Token, offer.ExpiresAt));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> PairAsync(int id, PairJson body, PairingService pairing, CancellationToken cancellationToken)
    {
        var paired = await pairing.PairAsync(id, body.PairingCode ?? "", cancellationToken);
        return paired.IsSuccess ? TypedResults.NoContent() : paired.Failure.ToProblem();
    }

    private static async Task<Results<Ok<MessageJson>, ProblemHttpResult>> UnpairAsync(int id, PairingService pairing, CancellationToken cancellationToken)
    {
        var unpaired = await pairing.UnpairAsync(id, cancellationToken);
        return unpaired.IsSuccess ? TypedResults.Ok(new MessageJson(unpaired.Value)) : unpaired.Failure.ToProblem();
    }
}

/// <summary>The body of POST servers/{id}/pairing.</summary>
public sealed record PairJson
{
    public const int MaximumCodeLength = 64;

    /// <summary>16 letters and digits in any grouping, as the agent shows them.</summary>
    [Needed, AtMost(MaximumCodeLength)]
    public string? PairingCode { get; init; }
}

/// <summary>The dashboard's key.</summary>
/// <param name="HubId">32 hexadecimal digits.</param>
/// <param name="Name">As agents show it.</param>
/// <param name="Key">Fingerprint of the key in use.</param>
/// <param name="NextKey">Fingerprint of the next one; null outside of a change.</param>
/// <param name="WaitingFor">Servers whose agents don't know the next key yet.</param>
public sealed record HubKeyJson(string HubId, string Name, string Key, string? NextKey, IReadOnlyList<string> WaitingFor);

/// <summary>A token with which one more dashboard joins.</summary>
/// <param name="Token">For Dashboard:Join:TokenFile of that dashboard. It's shown this once.</param>
/// <param name="ExpiresAt">UTC.</param>
public sealed record JoinTokenJson(string Token, DateTimeOffset ExpiresAt);

/// <summary>An answer that is a sentence.</summary>
/// <param name="Message">For a person.</param>
public sealed record MessageJson(string Message);
