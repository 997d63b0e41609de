using System.Net.Sockets;
using Grpc.Core;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>The one mapping from what an agent answers (gRPC status) to an expected failure.</summary>
internal static class AgentFailures
{
    public static Refused NotPaired(string serverName) =>
        new($"{serverName} isn't paired with this dashboard, so no request was sent. Run \"WsusDashboard.Agent pair\" on the server, and enter the code on its edit page.");

    public static Refused InQuarantine(string serverName, string reason) =>
        new($"{serverName} is in quarantine, so no request was sent: {reason} Release it on its page once you know why.");

    /// <summary>The agent connects itself, to another dashboard than this.</summary>
    public static Unreachable NotHere(string serverName, AgentAbsence absence) => new(
        $"The agent of {serverName} isn't connected to this dashboard, so nothing was started. {(absence.Owner is { } owner ? $"Use {owner}{(absence.OwnerAddress.Length > 0 ? $" ({absence.OwnerAddress})" : "")}, which watches this server." : "")} \"WsusDashboard.Agent hubs\" on the server says why.");

    public static Failure ToFailure(RpcException exception, string serverName, bool isChange) => exception.StatusCode switch
    {
        StatusCode.InvalidArgument or StatusCode.OutOfRange => ToInvalid(exception),
        StatusCode.NotFound => new NotFound(exception.Status.Detail),
        StatusCode.PermissionDenied or StatusCode.Unauthenticated => new Refused(exception.Status.Detail),
        StatusCode.FailedPrecondition or StatusCode.Aborted or StatusCode.AlreadyExists => new Conflict(exception.Status.Detail),
        StatusCode.DeadlineExceeded => new TimedOut(isChange
            ? $"{serverName} didn't answer in time. The command may have started; you'll see its state as soon as it answers again."
            : $"{serverName} didn't answer in time. Nothing was changed; try again."),
        StatusCode.Unavailable when IsFromAgent(exception) => new Unavailable(exception.Status.Detail),
        StatusCode.Unavailable when isChange && !IsFromConnecting(exception) => new TimedOut($"The connection to {serverName} broke before it answered. The command may have started; you'll see its state as soon as it answers again."),
        StatusCode.Unavailable => new Unreachable($"{serverName} isn't answering: {LinkErrors.Describe(exception)}. Nothing was started. Check that the server is running and its agent's service is started."),
        StatusCode.DataLoss => new Unavailable($"{serverName} is in quarantine: {exception.Status.Detail} Look at the server's state there."),
        StatusCode.Unimplemented => new Unavailable($"The agent on {serverName} doesn't support this request because it's older than this dashboard. Update the agent."),
        StatusCode.Cancelled => new TimedOut(isChange
            ? $"The connection to {serverName} was closed before it answered. The command may have started; you'll see its state as soon as it answers again."
            : $"The request to {serverName} was cancelled. Nothing was changed; try again."),
        _ => new Unavailable($"{serverName} answered with an error: {exception.Status.Detail}. See the agent's log for details."),
    };

    /// <summary>Nothing was sent: there was no connection yet.</summary>
    private static bool IsFromConnecting(RpcException exception)
    {
        for (var cause = exception.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException or System.Security.Authentication.AuthenticationException or OutboundAbsentException
                || cause is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError })
            {
                return !IsReset(cause);
            }
        }

        return false;
    }

    /// <summary>A connection that was there, and was cut.</summary>
    private static bool IsReset(Exception cause) => cause is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown };

    /// <summary>An agent that says Unavailable has answered; a connection that fails has an exception behind it.</summary>
    private static bool IsFromAgent(RpcException exception) => exception.Status.DebugException is null && exception.Status.Detail.Length > 0;

    private static Invalid ToInvalid(RpcException exception)
    {
        var violations = AgentStatus.ReadViolations(exception);
        return violations.Count > 0 ? new(exception.Status.Detail, violations) : Invalid.Of("request", exception.Status.Detail);
    }
}
