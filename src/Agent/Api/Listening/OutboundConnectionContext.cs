using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WsusDashboard.Agent.Security.Outbound;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>A connection that this agent has opened, as Kestrel serves it. TLS is behind it already: the hub's certificate of that handshake stands in its features, where the access check looks.</summary>
internal sealed class OutboundConnectionContext : ConnectionContext, IDuplexPipe, ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private readonly HubConnection _connection;
    private readonly CancellationTokenSource _closed = new();
    private int _isClosed;

    public OutboundConnectionContext(HubConnection connection)
    {
        _connection = connection;
        var stream = connection.OpenStream();
        Input = PipeReader.Create(stream);
        Output = PipeWriter.Create(stream);
        Transport = this;
        RemoteEndPoint = connection.Remote;
        ConnectionClosed = _closed.Token;
        Features.Set(connection);
        Features.Set<ITlsConnectionFeature>(this);
        Features.Set<ITlsApplicationProtocolFeature>(this);
        _ = WatchAsync();
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    X509Certificate2? ITlsConnectionFeature.ClientCertificate
    {
        get => _connection.Certificate;
        set => throw new NotSupportedException("The handshake has decided that.");
    }

    /// <summary>What is spoken behind the hub's answer.</summary>
    ReadOnlyMemory<byte> ITlsApplicationProtocolFeature.ApplicationProtocol => System.Net.Security.SslApplicationProtocol.Http2.Protocol;

    Task<X509Certificate2?> ITlsConnectionFeature.GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(_connection.Certificate);

    public override void Abort(ConnectionAbortedException abortReason) => _ = CloseAsync().AsTask();

    public override async ValueTask DisposeAsync()
    {
        await Input.CompleteAsync();
        await Output.CompleteAsync();
        await CloseAsync();
        await base.DisposeAsync();
    }

    private async Task WatchAsync()
    {
        await _connection.Ended;
        await CloseAsync();
    }

    private async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            await _connection.DisposeAsync();
            await _closed.CancelAsync();
        }
    }
}
