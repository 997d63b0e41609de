using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>Lets Kestrel's endpoints, one a protocol, share one socket: without TLS Kestrel cannot tell HTTP/1.1 and HTTP/2 apart on one port.</summary>
internal sealed class SharedPortListenerFactory(ILoggerFactory loggerFactory, TimeProvider timeProvider)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly SocketTransportFactory _sockets = new(Options.Create(new SocketTransportOptions()), loggerFactory);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SharedPort? _port;

    public bool CanBind(EndPoint endpoint) => endpoint is SharedPortEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var share = (SharedPortEndPoint)endpoint;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _port ??= new SharedPort(
                await _sockets.BindAsync(share.Address, cancellationToken).ConfigureAwait(false),
                timeProvider,
                loggerFactory.CreateLogger<SharedPort>());
            return _port.Listen(share.Protocol);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
