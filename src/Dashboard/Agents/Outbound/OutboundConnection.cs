using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace WsusDashboard.Dashboard.Agents.Outbound;

/// <summary>A connection that an agent has opened, and whose key is proved. One caller at a time claims it, and speaks HTTP/2 over it as the client. Threading: any thread.</summary>
/// <param name="pin">The name of the agent's key.</param>
/// <param name="certificate">Its certificate.</param>
/// <param name="remote">The other end of the network connection.</param>
/// <param name="stream">What is said, behind TLS.</param>
internal sealed class OutboundConnection(string pin, X509Certificate2 certificate, EndPoint? remote, Stream stream)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isClaimed;
    private long _toldRevision;

    public string Pin => pin;

    public X509Certificate2 Certificate => certificate;

    public EndPoint? Remote => remote;

    /// <summary>Revision of the list of addresses that the agent was told over it; 0 = none.</summary>
    public long ToldRevision
    {
        get => Interlocked.Read(ref _toldRevision);
        set => Interlocked.Exchange(ref _toldRevision, value);
    }

    /// <summary>Ends when the connection is to be closed, whoever wants that.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The stream for the one who speaks; disposing it ends the connection. Null where somebody else has it, or it has ended.</summary>
    public Stream? TryClaim() => !_ended.Task.IsCompleted && Interlocked.Exchange(ref _isClaimed, 1) == 0 ? new ClaimedStream(stream, this) : null;

    public void End() => _ended.TrySetResult();

    /// <summary>Passes everything on; the stream below belongs to the server, which closes it once this has ended.</summary>
    private sealed class ClaimedStream(Stream below, OutboundConnection connection) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => below.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => below.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => below.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => below.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => below.ReadAsync(buffer, offset, count, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => below.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => below.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => below.WriteAsync(buffer, offset, count, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            connection.End();
            base.Dispose(disposing);
        }
    }
}
