using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Shared.Contract.Border;
using WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api.Errors;

/// <summary>Lets no request in that is beyond the contract's limits, turns the failures of requests into gRPC status, remembers them for the HTTP answer, and gives up one that never ends.</summary>
internal sealed partial class CommandErrorInterceptor(AgentOptions options, ContractBorder border, TimeProvider timeProvider, ILogger<CommandErrorInterceptor> logger) : Interceptor
{
    /// <summary>Where the HTTP side finds what went wrong.</summary>
    public static readonly object ItemKey = new();

    /// <summary>Set where a request failed in a way that nobody expected.</summary>
    public static readonly object FaultKey = new();

    /// <summary>Commands have limits of their own; this one only holds where all of them fail. The longest one waits for a service to stop and to start.</summary>
    private TimeSpan Limit => (options.ServiceTimeLimit * 2) + TimeSpan.FromMinutes(2);

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => continuation(Admit(request), context).WaitAsync(Limit, timeProvider, context.CancellationToken), context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) => GuardAsync(
        async () =>
        {
            await continuation(Admit(request), responseStream, context);
            return true;
        },
        context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) => GuardAsync(
        async () =>
        {
            await continuation(new AdmittedRequests<TRequest>(requestStream, Admit), responseStream, context);
            return true;
        },
        context);

    /// <summary>A command passes the border in the pipe: there its refusal is written down.</summary>
    private T Admit<T>(T request)
    {
        var breaches = request is ICommandRequest ? [] : border.Pass((IMessage)request!);
        return breaches.Count == 0 ? request : throw new CommandException([.. breaches.Select(breach => new FieldViolation(breach.Field, breach.Sentence, []))]);
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> call, ServerCallContext context)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (CommandFailures.Find(exception) is { } failure)
        {
            var http = context.GetHttpContext();
            http.Items[ItemKey] = failure;

            // The JSON side writes its answer from the remembered failure, and it cannot write the details of gRPC.
            throw CommandErrors.ToRpcException(failure, withDetails: ProblemMiddleware.IsGrpc(http.Request));
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "The caller disconnected."));
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The agent is stopping."));
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, "The command didn't finish in time, but what it started continues. Read the snapshot for the server's current state."));
        }
        catch (Exception exception) when (exception is not RpcException && context.CancellationToken.IsCancellationRequested)
        {
            // Writing to a stream whose reader has gone fails in more ways than one.
            throw new RpcException(new Status(StatusCode.Cancelled, "The caller disconnected."));
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            context.GetHttpContext().Items[FaultKey] = true;
            Log.RequestFailed(logger, context.Method, exception);
            throw new RpcException(new Status(StatusCode.Internal, "Something went wrong in the agent. See its log for details."));
        }
    }

    /// <summary>A stream of requests, each of which passes the border.</summary>
    private sealed class AdmittedRequests<T>(IAsyncStreamReader<T> requests, Func<T, T> admit) : IAsyncStreamReader<T>
    {
        public T Current => admit(requests.Current);

        public Task<bool> MoveNext(CancellationToken cancellationToken) => requests.MoveNext(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} failed unexpectedly")]
        public static partial void RequestFailed(ILogger logger, string method, Exception exception);
    }
}
