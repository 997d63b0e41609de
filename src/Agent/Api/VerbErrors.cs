using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Api;

/// <summary>The one mapping from the failures of verbs to gRPC status and HTTP status.</summary>
internal static class VerbErrors
{
    public const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>The failure behind an exception; null where it is a bug of the agent.</summary>
    public static VerbException? Find(Exception exception) => exception switch
    {
        VerbException verb => verb,
        StoreException store => new VerbException(VerbFailure.Unavailable, store.Message, store),
        EdgeException edge => new VerbException(VerbFailure.Unavailable, edge.Message, edge),
        _ => null,
    };

    public static StatusCode ToStatusCode(VerbFailure failure) => failure switch
    {
        VerbFailure.InvalidArgument => StatusCode.InvalidArgument,
        VerbFailure.NotFound => StatusCode.NotFound,
        VerbFailure.Refused => StatusCode.PermissionDenied,
        VerbFailure.Conflict => StatusCode.Aborted,
        VerbFailure.Unavailable => StatusCode.Unavailable,
        VerbFailure.Unauthenticated => StatusCode.Unauthenticated,
        _ => StatusCode.Internal,
    };

    public static int ToHttpStatus(VerbFailure failure) => failure switch
    {
        VerbFailure.InvalidArgument => StatusCodes.Status400BadRequest,
        VerbFailure.NotFound => StatusCodes.Status404NotFound,
        VerbFailure.Refused => StatusCodes.Status403Forbidden,
        VerbFailure.Conflict => StatusCodes.Status409Conflict,
        VerbFailure.Unavailable => StatusCodes.Status503ServiceUnavailable,
        VerbFailure.Unauthenticated => StatusCodes.Status401Unauthorized,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static string ToTitle(VerbFailure failure) => failure switch
    {
        VerbFailure.InvalidArgument => "The request is wrong. Nothing was started.",
        VerbFailure.NotFound => "Not found.",
        VerbFailure.Refused => "Refused by this server. Nothing was started.",
        VerbFailure.Conflict => "Something else goes on, or the server has changed. Nothing was started.",
        VerbFailure.Unauthenticated => "The agent does not know who asks. Nothing was started.",
        VerbFailure.Unavailable => "The source of this answer is not available at the moment.",
        _ => "The agent failed.",
    };

    /// <summary>gRPC status with the violations as google.rpc.BadRequest.</summary>
    public static RpcException ToRpcException(VerbException exception, bool withDetails)
    {
        var code = ToStatusCode(exception.Failure);
        var trailers = new Metadata();
        if (withDetails && exception.Violations.Count > 0)
        {
            var details = new BadRequest
            {
                FieldViolations = { exception.Violations.Select(violation => new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description }) },
            };
            var status = new Google.Rpc.Status { Code = (int)code, Message = exception.Message, Details = { Any.Pack(details) } };
            trailers.Add(DetailsTrailer, status.ToByteArray());
        }

        return new RpcException(new Grpc.Core.Status(code, exception.Message), trailers);
    }
}
