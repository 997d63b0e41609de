using System.Net.Sockets;

namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>HTTP over connections whose bytes are counted, in both directions: what the protocols put on the wire, without the headers of TCP and IP.</summary>
internal sealed class WireCounter : IDisposable
{
    private long _bytes;

    public WireCounter() => Handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectAsync };

    public SocketsHttpHandler Handler { get; }

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The stream, whose bytes are counted from now on.</summary>
    public Stream Count(Stream stream) => new CountingStream(stream, count => Interlocked.Add(ref _bytes, count));

    public void Dispose() => Handler.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return Count(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class CountingStream(Stream inner, Action<int> count) : Stream
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

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int size) => Counted(inner.Read(buffer, offset, size));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Counted(await inner.ReadAsync(buffer, cancellationToken));

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int size)
        {
            inner.Write(buffer, offset, size);
            count(size);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            count(buffer.Length);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Counted(int size)
        {
            count(size);
            return size;
        }
    }
}
