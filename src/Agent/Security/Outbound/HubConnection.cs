using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace WsusDashboard.Agent.Security.Outbound;

/// <summary>A connection that this agent has opened to a hub: both keys are proved, and the hub keeps it. From here on the hub asks and the agent answers.</summary>
/// <param name="stream">What is said, behind TLS.</param>
/// <param name="certificate">The hub's certificate of this connection.</param>
/// <param name="pin">The name of its key.</param>
/// <param name="remote">The other end of the network connection: the hub, or the proxy before it.</param>
internal sealed class HubConnection(SslStream stream, X509Certificate2 certificate, string pin, IPEndPoint? remote) : IAsyncDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isDisposed;

    public SslStream Tls => stream;

    /// <summary>What a server reads and writes.</summary>
    public Stream OpenStream() => new HubStream(stream, () => _ = DisposeAsync().AsTask());

    public X509Certificate2 Certificate => certificate;

    public string Pin => pin;

    public IPEndPoint? Remote => remote;

    /// <summary>Ends when the connection does, whoever ended it.</summary>
    public Task Ended => _ended.Task;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _ended.TrySetResult();
            await stream.DisposeAsync();
        }
    }
}
