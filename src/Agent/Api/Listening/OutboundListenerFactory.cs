using System.Net;
using Microsoft.AspNetCore.Connections;
using WsusDashboard.Agent.Security.Outbound;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>Gives Kestrel the connections that the agent has opened to its hubs, as if they had come in: what serves the port serves them.</summary>
internal sealed class OutboundListenerFactory(OutboundLinks links) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is OutboundEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(new Listener(endpoint, links));

    private sealed class Listener(EndPoint endpoint, OutboundLinks links) : IConnectionListener
    {
        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            links.Start();
            while (await links.Connections.WaitToReadAsync(cancellationToken))
            {
                if (links.Connections.TryRead(out var connection))
                {
                    return new OutboundConnectionContext(connection);
                }
            }

            return null;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await links.StopAsync();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
