using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace WsusDashboard.Agent.Api.Errors;

/// <summary>The one mapping from failures to gRPC status and HTTP status.</summary>
internal static class CommandErrors
{
    public const string DetailsTrailer = "grpc-status-details-bin";

    public static StatusCode ToStatusCode(CommandFailure failure) => failure switch
    {
        CommandFailure.InvalidArgument => StatusCode.InvalidArgument,
        CommandFailure.NotFound => StatusCode.NotFound,
        CommandFailure.Refused => StatusCode.PermissionDenied,
        CommandFailure.Conflict => StatusCode.Aborted,
        CommandFailure.Unavailable => StatusCode.Unavailable,
        CommandFailure.Unauthenticated => StatusCode.Unauthenticated,
        _ => StatusCode.Internal,
    };

    public static int ToHttpStatus(CommandFailure failure) => failure switch
    {
        CommandFailure.InvalidArgument => StatusCodes.Status400BadRequest,
        CommandFailure.NotFound => StatusCodes.Status404NotFound,
        CommandFailure.Refused => StatusCodes.Status403Forbidden,
        CommandFailure.Conflict => StatusCodes.Status409Conflict,
        CommandFailure.Unavailable => StatusCodes.Status503ServiceUnavailable,
        CommandFailure.Unauthenticated => StatusCodes.Status401Unauthorized,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static string ToTitle(CommandFailure failure) => failure switch
    {
        CommandFailure.InvalidArgument => "The request isn't valid. Nothing was started.",
        CommandFailure.NotFound => "Not found.",
        CommandFailure.Refused => "Refused by this server. Nothing was started.",
        CommandFailure.Conflict => "Something else is running, or the server has changed. Nothing was started.",
        CommandFailure.Unauthenticated => "The agent doesn't know who is asking. Nothing was started.",
        CommandFailure.Unavailable => "The source of this answer isn't available right now.",
        _ => "The agent failed.",
    };

    /// <summary>gRPC status with the violations as google.rpc.BadRequest.</summary>
    public static RpcException ToRpcException(CommandException exception, bool withDetails)
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
