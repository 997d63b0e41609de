using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Features;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Security;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>
/// Asks agents for a caller: a question needs the permission to view, a verb the one to operate; both are asked here, whatever page, endpoint or
/// service it comes through. Each call has a deadline, each expected failure is a value.
/// </summary>
internal sealed class AgentCommands(AgentConnections connections, FleetIngest ingest, PermittedServers servers, HubIdentity hub, LinkTiming timing)
{
    /// <summary>How long a command is meant. An agent takes it later too, as far as clocks may differ.</summary>
    private static readonly TimeSpan CommandLife = TimeSpan.FromMinutes(2);

    /// <summary>Who asks for a change, and until when: goes with every verb.</summary>
    /// <param name="purpose">Why, as the person said it.</param>
    /// <param name="idempotencyKey">Sent again with the same content it is carried out once; null makes a new one.</param>
    public Wire.VerbContext CreateContext(Purpose purpose, string? idempotencyKey = null)
    {
        var now = timing.Clock.GetUtcNow();
        return new()
        {
            Person = servers.Caller.Name,
            Hub = hub.Id,
            Reason = purpose.Reason,
            Ticket = purpose.Ticket,
            IdempotencyKey = idempotencyKey ?? Guid.NewGuid().ToString("N"),
            IssuedAt = Timestamp.FromDateTimeOffset(now),
            ExpiresAt = Timestamp.FromDateTimeOffset(now + CommandLife),
        };
    }

    /// <summary>A question; nothing is changed.</summary>
    public Task<Outcome<T>> AskAsync<T>(int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellationToken) =>
        CallAsync(serverId, ask, timing.Answer, isChange: false, cancellationToken);

    /// <summary>A verb that changes something: it has more time, and a lost answer says that the outcome is not known.</summary>
    public Task<Outcome<T>> CommandAsync<T>(int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncUnaryCall<T>> command, CancellationToken cancellationToken) =>
        CallAsync(serverId, command, timing.Command, isChange: true, cancellationToken);

    /// <summary>Opens a stream without an end; the reader's token is its deadline.</summary>
    public Outcome<AsyncServerStreamingCall<T>> Stream<T>(int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncServerStreamingCall<T>> open, TimeSpan? limit, CancellationToken cancellationToken)
    {
        var permitted = servers.Find(serverId, Permission.View);
        if (!permitted.IsSuccess)
        {
            return permitted.Failure;
        }

        var server = permitted.Value;
        if (server.Trust is null)
        {
            return AgentFailures.NotPaired(server.Name);
        }

        DateTime? deadline = limit is { } span ? LinkTiming.Deadline(span) : null;
        return open(connections.Get(server), new CallOptions(deadline: deadline, cancellationToken: cancellationToken));
    }

    public Failure ToFailure(int serverId, RpcException exception) =>
        AgentFailures.ToFailure(exception, ingest.Find(serverId)?.Identity.Name ?? "The server", isChange: false);

    private async Task<Outcome<T>> CallAsync<T>(int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncUnaryCall<T>> call, TimeSpan limit, bool isChange, CancellationToken cancellationToken)
    {
        var permitted = servers.Find(serverId, isChange ? Permission.Operate : Permission.View);
        if (!permitted.IsSuccess)
        {
            return permitted.Failure;
        }

        var server = permitted.Value;
        if (server.Trust is null)
        {
            return AgentFailures.NotPaired(server.Name);
        }

        try
        {
            using var pending = call(connections.Get(server), new CallOptions(deadline: LinkTiming.Deadline(limit), cancellationToken: cancellationToken));
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
}
