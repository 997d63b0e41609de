using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace WsusDashboard.Agent.Api.Listening;

/// <summary>Accepts connections of the local channel and hands each to the protocol that its first bytes speak.</summary>
/// <remarks>
/// Threading: one accept loop; a short task a connection looks at its first bytes without taking them. At most
/// <see cref="MaximumUndecided"/> connections are undecided at a time, each for at most <see cref="DecisionTime"/>.
/// </remarks>
internal sealed partial class SharedListener : IAsyncDisposable
{
    private const int MaximumUndecided = 64;

    private static readonly TimeSpan DecisionTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WaitAfterFailure = TimeSpan.FromSeconds(1);

    private readonly IConnectionListener _channel;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Dictionary<WireProtocol, Share> _shares;
    private readonly ConcurrentDictionary<ConnectionContext, byte> _undecided = [];
    private readonly SemaphoreSlim _places = new(MaximumUndecided, MaximumUndecided);
    private readonly CancellationTokenSource _stopping = new();
    private Task? _accepting;
    private int _unbound;
    private int _disposed;

    public SharedListener(IConnectionListener channel, TimeProvider timeProvider, ILogger logger)
    {
        _channel = channel;
        _timeProvider = timeProvider;
        _logger = logger;
        _shares = Enum.GetValues<WireProtocol>().ToDictionary(protocol => protocol, _ => new Share(this));
    }

    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0"u8;

    private EndPoint Address => _channel.EndPoint;

    /// <summary>The listener of one protocol.</summary>
    public IConnectionListener Listen(WireProtocol protocol) => _shares[protocol];

    /// <summary>Kestrel disposes each of its endpoints; the second call finds nothing to do.</summary>
    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(CancellationToken.None).ConfigureAwait(false);
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await (_accepting ?? Task.CompletedTask).ConfigureAwait(false);
            await _channel.DisposeAsync().ConfigureAwait(false);
            _stopping.Dispose();
        }
    }

    private void Start()
    {
        lock (_shares)
        {
            _accepting ??= Task.Run(AcceptAsync);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stopping.Token).ConfigureAwait(false);
                if (await AcceptOneAsync().ConfigureAwait(false) is not { } connection)
                {
                    _places.Release();
                    await Task.Delay(WaitAfterFailure, _timeProvider, _stopping.Token).ConfigureAwait(false);
                    continue;
                }

                _undecided.TryAdd(connection, 0);
                _ = Task.Run(() => DecideAsync(connection), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            CompleteShares();
        }
    }

    /// <summary>The next connection; null where the system could not give one (out of handles, for example), which passes.</summary>
    private async Task<ConnectionContext?> AcceptOneAsync()
    {
        try
        {
            return await _channel.AcceptAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.AcceptFailed(_logger, exception);
            return null;
        }
    }

    private async Task DecideAsync(ConnectionContext connection)
    {
        try
        {
            using var deadline = new CancellationTokenSource(DecisionTime, _timeProvider);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
            if (await PeekAsync(connection, linked.Token).ConfigureAwait(false) is { } protocol
                && _shares.TryGetValue(protocol, out var share)
                && share.Connections.Writer.TryWrite(connection))
            {
                return;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            Log.Undecided(_logger, connection.ConnectionId, exception.Message);
        }
        finally
        {
            _undecided.TryRemove(connection, out _);
            _places.Release();
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The protocol of the connection, or null where it ended before it said anything. Nothing is taken from the connection.</summary>
    private static async Task<WireProtocol?> PeekAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var protocol = Decide(result.Buffer);
            if (protocol is not null || result.IsCompleted)
            {
                input.AdvanceTo(result.Buffer.Start);
                return protocol;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static WireProtocol? Decide(ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[Http2Preface.Length];
        var length = (int)Math.Min(buffer.Length, first.Length);
        buffer.Slice(0, length).CopyTo(first);
        if (length == 0)
        {
            return null;
        }

        if (!first[..length].SequenceEqual(Http2Preface[..length]))
        {
            return WireProtocol.Http1;
        }

        return length == first.Length ? WireProtocol.Http2 : null;
    }

    private async ValueTask UnbindAsync(CancellationToken cancellationToken)
    {
        // Kestrel unbinds each of its endpoints; the first closes the channel for both.
        if (Interlocked.Exchange(ref _unbound, 1) == 0)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await _channel.UnbindAsync(cancellationToken).ConfigureAwait(false);
            foreach (var connection in _undecided.Keys)
            {
                connection.Abort();
            }

            CompleteShares();
        }
    }

    private void CompleteShares()
    {
        foreach (var share in _shares.Values)
        {
            share.Connections.Writer.TryComplete();
        }
    }

    private sealed class Share(SharedListener listener) : IConnectionListener
    {
        /// <summary>Kestrel accepts at once; the bound only holds where it does not.</summary>
        public Channel<ConnectionContext> Connections { get; } = Channel.CreateBounded<ConnectionContext>(MaximumUndecided);

        public EndPoint EndPoint => listener.Address;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            listener.Start();
            while (await Connections.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (Connections.Reader.TryRead(out var connection))
                {
                    return connection;
                }
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Couldn't accept a connection; trying the next one in a second")]
        public static partial void AcceptFailed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Debug, "Connection {Connection} ended before its protocol was known: {Reason}")]
        public static partial void Undecided(ILogger logger, string connection, string reason);
    }
}
