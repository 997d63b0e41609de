using System.Net;
using Grpc.Core;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Benchmarks.Fleet.Swarm;

/// <summary>What a hub may ask a server of the swarm: to be watched. All else is refused as the contract refuses what it does not know.</summary>
internal sealed class SwarmAgent(SwarmFleet fleet) : Wire.Agent.AgentBase
{
    public override async Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchMessage> responseStream, ServerCallContext context)
    {
        var server = fleet.At(context.GetHttpContext().Connection.LocalIpAddress ?? IPAddress.None);
        await responseStream.WriteAsync(new() { Snapshot = server.Greet(fleet.Snapshot) }, context.CancellationToken);
        foreach (var item in server.EventsAfter(request.SequenceEpoch, request.AfterSequence))
        {
            await responseStream.WriteAsync(new() { Event = item }, context.CancellationToken);
        }

        server.Attach(responseStream);
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            server.Detach(responseStream);
        }
    }
}
