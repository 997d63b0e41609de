using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>Opens the local channel, and lets Kestrel's endpoints, one a protocol, share it: without TLS Kestrel cannot tell HTTP/1.1 and HTTP/2 apart on one.</summary>
internal sealed class SharedListenerFactory(AgentOptions options, IServiceProvider services, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SharedListener? _listener;

    public bool CanBind(EndPoint endpoint) => endpoint is SharedEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var share = (SharedEndPoint)endpoint;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _listener ??= new SharedListener(
                OperatingSystem.IsWindows() ? await BindPipeAsync(cancellationToken).ConfigureAwait(false) : await BindSocketAsync(cancellationToken).ConfigureAwait(false),
                timeProvider,
                loggerFactory.CreateLogger<SharedListener>());
            return _listener.Listen(share.Protocol);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Kestrel's pipes refuse a name that exists already, whoever made it.</summary>
    [SupportedOSPlatform("windows")]
    private async Task<IConnectionListener> BindPipeAsync(CancellationToken cancellationToken)
    {
        var announced = LocalPipeFile.Create();
        var endpoint = new NamedPipeEndPoint(announced.Pipe);
        var pipes = services.GetServices<IConnectionListenerFactory>().First(factory => factory is IConnectionListenerFactorySelector selector && selector.CanBind(endpoint));
        var listener = await pipes.BindAsync(endpoint, cancellationToken).ConfigureAwait(false);
        announced.Write(options.DataDirectory);
        return listener;
    }

    [UnsupportedOSPlatform("windows")]
    private async Task<IConnectionListener> BindSocketAsync(CancellationToken cancellationToken)
    {
        if (LocalChannel.RefuseSocket(options.DataDirectory) is { } refusal)
        {
            throw new StoreException($"{refusal} The agent's own option for it is --Agent:DataDirectory.");
        }

        var path = LocalChannel.SocketPath(options.DataDirectory);
        var endpoint = new UnixDomainSocketEndPoint(path);

        // The folder is this process' alone, so a socket that is there was left by one that was killed.
        File.Delete(path);
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions { CreateBoundListenSocket = CreateClosedSocket }), loggerFactory);
        return await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closed to others before it listens: there is no moment at which they could connect.</summary>
    [UnsupportedOSPlatform("windows")]
    private static Socket CreateClosedSocket(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        File.SetUnixFileMode(endpoint.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return socket;
    }
}
