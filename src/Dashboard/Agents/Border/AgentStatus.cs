using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Text;
using Status = Grpc.Core.Status;

namespace WsusDashboard.Dashboard.Agents.Border;

/// <summary>
/// What an agent says of a failure is its word like any other: it reaches pages, logs and the history. Its text and its list of mistakes are cut and made plain here; all else that it sent along is dropped.
/// </summary>
internal static class AgentStatus
{
    /// <summary>Characters of the sentence.</summary>
    internal const int MaximumDetail = 2_000;

    /// <summary>Mistakes of one request that are told.</summary>
    internal const int MaximumViolations = 20;

    /// <summary>Characters of a field's name and of what is wrong with it.</summary>
    internal const int MaximumViolationText = 500;

    /// <summary>Where gRPC carries the list of mistakes.</summary>
    private const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>The same failure with plain, short texts.</summary>
    public static RpcException Clean(RpcException exception) => exception is ContractBreachException
        ? exception
        : new(new Status(exception.StatusCode, Plain(exception.Status.Detail, MaximumDetail), exception.Status.DebugException), CleanTrailers(exception.Trailers));

    /// <summary>The mistakes that the agent found in a request; none where it named none.</summary>
    public static IReadOnlyList<FieldError> ReadViolations(RpcException exception) =>
        ParseViolations(exception.Trailers).Select(violation => new FieldError(violation.Field, violation.Description)).ToList();

    private static Metadata CleanTrailers(Metadata trailers)
    {
        var violations = ParseViolations(trailers)
            .Take(MaximumViolations)
            .Select(violation => new BadRequest.Types.FieldViolation { Field = Plain(violation.Field, MaximumViolationText), Description = Plain(violation.Description, MaximumViolationText) })
            .ToList();
        if (violations.Count == 0)
        {
            return [];
        }

        var details = new Google.Rpc.Status { Details = { Any.Pack(new BadRequest { FieldViolations = { violations } }) } };
        return new() { { DetailsTrailer, details.ToByteArray() } };
    }

    private static List<BadRequest.Types.FieldViolation> ParseViolations(Metadata trailers)
    {
        try
        {
            return trailers.GetValueBytes(DetailsTrailer) is { } bytes
                ? Google.Rpc.Status.Parser.ParseFrom(bytes).Details.Where(detail => detail.Is(BadRequest.Descriptor)).SelectMany(detail => detail.Unpack<BadRequest>().FieldViolations).ToList()
                : [];
        }
        catch (Exception unreadable) when (unreadable is InvalidProtocolBufferException or FormatException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string Plain(string text, int maximumLength) => PlainText.ReplaceInvisible(PlainText.Cut(text, maximumLength));
}
