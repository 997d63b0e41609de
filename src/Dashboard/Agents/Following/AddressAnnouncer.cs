using Google.Protobuf;
using Grpc.Core;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents.Following;

/// <summary>
/// Tells each agent that has opened a connection which addresses the hub has, once a connection and again when the list changes: also the agents of servers that other dashboards own, for they may reach this dashboard
/// alone. It's also what claims their connections here, so that commands find them open and a dead one is found out. Threading: one loop, some calls at a time.
/// </summary>
internal sealed partial class AddressAnnouncer(
    AgentConnections connections, OutboundAgents outbound, HubAddresses addresses, FleetIngest ingest, AgentQuarantines quarantines, LinkTiming timing, ILogger<AddressAnnouncer> logger) : BackgroundService
{
    private const int AtOnce = 16;

    /// <summary>What couldn't be told is told again so often, while the connection lasts.</summary>
    private static readonly TimeSpan AgainEvery = TimeSpan.FromMinutes(1);

    private readonly IdBatch _marked = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        outbound.Arrived += OnArrived;
        addresses.Changed += _marked.MarkEverything;
        await using var clock = timing.Clock.CreateTimer(_ => _marked.MarkEverything(), null, AgainEvery, AgainEvery);
        try
        {
            while (true)
            {
                var ids = await _marked.TakeAsync(stoppingToken);
                if (addresses.Current is { } list)
                {
                    await Parallel.ForEachAsync(
                        outbound.FindUntold(ids, list.Revision),
                        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                        async (untold, token) => await TellAsync(untold.ServerId, untold.Connection, list, token));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
        finally
        {
            outbound.Arrived -= OnArrived;
            addresses.Changed -= _marked.MarkEverything;
        }
    }

    private void OnArrived(int serverId) => _marked.Mark([serverId]);

    private async Task TellAsync(int serverId, OutboundConnection connection, SignedAddresses list, CancellationToken cancellationToken)
    {
        if (ingest.FindIdentity(serverId) is not { Trust: not null } server || quarantines.Find(serverId) is not null)
        {
            return;
        }

        var request = new Wire.AnnounceAddressesRequest
        {
            List = new()
            {
                HubId = list.HubId,
                Revision = list.Revision,
                Addresses = { list.Addresses },
                Key = ByteString.CopyFrom(list.Key.Span),
                Signature = ByteString.CopyFrom(list.Signature.Span),
            },
            Speaker = list.Addresses.Contains(addresses.Own) ? addresses.Own : "",
        };
        try
        {
            await new Wire.Trust.TrustClient(connections.GetChannel(server).Calls).AnnounceAddressesAsync(request, deadline: LinkTiming.Deadline(timing.Answer), cancellationToken: cancellationToken);
            connection.ToldRevision = list.Revision;
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Unimplemented or StatusCode.PermissionDenied or StatusCode.InvalidArgument)
        {
            // An older agent, or one that takes no such list: it goes on with the addresses it has.
            connection.ToldRevision = list.Revision;
            Log.NotTaken(logger, server.Name, exception.Status.Detail);
        }
        catch (Exception exception) when (exception is RpcException or ObjectDisposedException or OutboundAbsentException or NotPairedException)
        {
            Log.NotTold(logger, server.Name, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The agent of {ServerName} doesn't take the list of this hub's addresses: {Reason}")]
        public static partial void NotTaken(ILogger logger, string serverName, string reason);

        [LoggerMessage(2, LogLevel.Debug, "The agent of {ServerName} couldn't be told the hub's addresses: {Reason}")]
        public static partial void NotTold(ILogger logger, string serverName, string reason);
    }
}
