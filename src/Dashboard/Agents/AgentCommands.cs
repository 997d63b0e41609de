using Grpc.Core;
using WsusDashboard.Dashboard.Features;
using WsusDashboard.Dashboard.Ingest;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>Asks agents: each call has a deadline, each expected failure is a value.</summary>
internal sealed class AgentCommands(AgentConnections connections, FleetIngest ingest, LinkTiming timing)
{
    /// <summary>A question; nothing is changed.</summary>
    public Task<Outcome<T>> AskAsync<T>(int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken) =>
        CallAsync(serverId, ask, timing.Answer, isChange: false, cancellationToken);

    /// <summary>A verb that changes something: it has more time, and a lost answer says that the outcome is not known.</summary>
    public Task<Outcome<T>> CommandAsync<T>(int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncUnaryCall<T>> command, CancellationToken cancellationToken) =>
        CallAsync(serverId, command, timing.Command, isChange: true, cancellationToken);

    /// <summary>Opens a stream without an end; the reader's token is its deadline.</summary>
    public Outcome<AsyncServerStreamingCall<T>> Stream<T>(int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncServerStreamingCall<T>> open, TimeSpan? limit, CancellationToken cancellationToken)
    {
        if (ingest.Find(serverId)?.Identity is not { } server)
        {
            return Missing(serverId);
        }

        DateTime? deadline = limit is { } span ? LinkTiming.Deadline(span) : null;
        return open(connections.Get(server.Id, server.Address), new CallOptions(deadline: deadline, cancellationToken: cancellationToken));
    }

    public Failure ToFailure(int serverId, RpcException exception) =>
        AgentFailures.ToFailure(exception, ingest.Find(serverId)?.Identity.Name ?? "The server", isChange: false);

    private async Task<Outcome<T>> CallAsync<T>(int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncUnaryCall<T>> call, TimeSpan limit, bool isChange, CancellationToken cancellationToken)
    {
        if (ingest.Find(serverId)?.Identity is not { } server)
        {
            return Missing(serverId);
        }

        try
        {
            using var pending = call(connections.Get(server.Id, server.Address), new CallOptions(deadline: LinkTiming.Deadline(limit), cancellationToken: cancellationToken));
            return await pending.ResponseAsync;
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException exception)
        {
            return AgentFailures.ToFailure(exception, server.Name, isChange);
        }
        catch (ObjectDisposedException)
        {
            return new Unreachable($"The connection to {server.Name} was just replaced. Nothing was started; try again.");
        }
    }

    private static NotFound Missing(int serverId) => new($"There is no server {serverId}.");
}
