using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>Why a link is not up, in words for a person.</summary>
internal static class LinkErrors
{
    public static string Describe(Exception exception) => exception switch
    {
        RpcException { Status.DebugException: { } inner } => Describe(inner),
        RpcException { StatusCode: StatusCode.DeadlineExceeded } => "no answer in time",
        RpcException { StatusCode: StatusCode.Unimplemented } => "it isn't a WsusDashboard agent, or it's a different version",
        RpcException rpc => rpc.Status.Detail,
        AgentKeyException key => key.Message,
        SocketException socket => Describe(socket.SocketErrorCode),
        { InnerException: SocketException socket } => Describe(socket.SocketErrorCode),
        AuthenticationException { InnerException: AgentKeyException key } => key.Message,
        AuthenticationException => "it doesn't speak TLS the way agents do: it's something else, or an agent too old for pairing",
        { InnerException: { } inner } => Describe(inner),
        OperationCanceledException => "no answer in time",
        _ => exception.Message,
    };

    /// <summary>The exception behind another one that says that the agent's key is a wrong one; null where it is about something else.</summary>
    public static AgentKeyException? FindWrongKey(Exception? exception) => exception switch
    {
        null => null,
        AgentKeyException key => key,
        RpcException { Status.DebugException: { } inner } => FindWrongKey(inner),
        _ => FindWrongKey(exception.InnerException),
    };

    /// <summary>True where the agent should have opened a connection here, and hasn't.</summary>
    public static bool IsAbsent(Exception? exception) => exception switch
    {
        null => false,
        OutboundAbsentException => true,
        RpcException { Status.DebugException: { } inner } => IsAbsent(inner),
        _ => IsAbsent(exception.InnerException),
    };

    private static string Describe(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "the connection was refused: nothing is listening on that port",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "DNS doesn't know the name",
        SocketError.TimedOut => "no answer in time",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no route to it",
        SocketError.ConnectionReset => "the connection was reset",
        _ => $"network error {error}",
    };
}
