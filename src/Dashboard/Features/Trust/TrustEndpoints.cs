using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Features.Trust;

/// <summary>Whom this dashboard trusts, in the API.</summary>
internal static class TrustEndpoints
{
    private const int MaximumCodeLength = 64;

    public static void MapTrust(this IEndpointRouteBuilder api)
    {
        var pairing = api.MapGroup("/servers/{id:int}/pairing").WithTags("Trust");
        pairing.MapPost("/", PairAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Pairs a server by the code that \"WsusDashboard.Agent pair\" shows on it; again where its key has changed.")
            .Accepts<PairJson>("application/json")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        pairing.MapDelete("/", UnpairAsync)
            .Needs(Permission.ManageServers)
            .WithSummary("Ends the trust in a server on both sides; its history stays.")
            .Produces<MessageJson>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> PairAsync(int id, HttpRequest request, PairingService pairing, CancellationToken cancellationToken)
    {
        var read = await StrictBody.ReadAsync(request, isOptional: false, cancellationToken);
        if (!read.IsSuccess)
        {
            return read.Failure.ToProblem();
        }

        var code = read.Value.Text("pairingCode", MaximumCodeLength, isRequired: true);
        if (read.Value.Check() is { } invalid)
        {
            return invalid.ToProblem();
        }

        var paired = await pairing.PairAsync(id, code ?? "", cancellationToken);
        return paired.IsSuccess ? TypedResults.NoContent() : paired.Failure.ToProblem();
    }

    private static async Task<Results<Ok<MessageJson>, ProblemHttpResult>> UnpairAsync(int id, PairingService pairing, CancellationToken cancellationToken)
    {
        var unpaired = await pairing.UnpairAsync(id, cancellationToken);
        return unpaired.IsSuccess ? TypedResults.Ok(new MessageJson(unpaired.Value)) : unpaired.Failure.ToProblem();
    }
}

/// <summary>The body of POST servers/{id}/pairing.</summary>
/// <param name="PairingCode">16 letters and digits in any grouping, as the agent shows them.</param>
public sealed record PairJson(string PairingCode);

/// <summary>An answer that is a sentence.</summary>
/// <param name="Message">For a person.</param>
public sealed record MessageJson(string Message);
