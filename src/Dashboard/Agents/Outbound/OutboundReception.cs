using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Agents.Outbound;

/// <summary>Takes connections that agents open out of HTTP, behind the handshake: one whose key is expected is kept until it ends, any other is answered and closed. Threading: any thread.</summary>
internal sealed partial class OutboundReception(OutboundAgents agents, StrangerAgents strangers, RefusalRecords refusals, TimeProvider timeProvider, ILogger<OutboundReception> logger)
{
    private const int MostStrangersTold = 1_000;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private long? _toldSince;

    /// <summary>Serves a connection of this protocol to its end; every other goes on to HTTP.</summary>
    public ConnectionDelegate Receive(ConnectionDelegate next) => connection =>
        connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual(OutboundProtocol.Protocol.Protocol.Span) == true
            ? ServeAsync(connection)
            : next(connection);

    private async Task ServeAsync(ConnectionContext connection)
    {
        if (connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not { } shown || connection.Features.Get<ISslStreamFeature>()?.SslStream is not { } stream)
        {
            return;
        }

        // A copy: the one of the handshake ends with it.
        var certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        var pin = KeyPin.Of(certificate);
        var answer = agents.AnswerTo(pin) is var known && known == OutboundAnswer.Unknown ? await strangers.LookAsync(pin) : known;
        if (!await TryAnswerAsync(stream, answer) || answer != OutboundAnswer.Taken)
        {
            await TellAsync(answer, pin, connection.RemoteEndPoint);
            return;
        }

        var kept = new OutboundConnection(pin, certificate, connection.RemoteEndPoint, stream);
        if (!agents.TryKeep(kept))
        {
            return;
        }

        // Its place among strangers is free again: thousands may come through one proxy, and each key has one connection.
        connection.Features.Get<ConnectionPlace>()?.GiveBack();
        connection.Features.Get<IDecrementConcurrentConnectionCountFeature>()?.ReleaseConnection();
        try
        {
            await using var closed = connection.ConnectionClosed.Register(kept.End);
            await using var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested.Register(kept.End) ?? default;
            await kept.Ended;
        }
        finally
        {
            agents.Leave(kept);
            connection.Abort();
        }
    }

    private async Task<bool> TryAnswerAsync(Stream stream, OutboundAnswer answer)
    {
        using var limit = new CancellationTokenSource(AnswerTime, timeProvider);
        try
        {
            await stream.WriteAsync(new[] { (byte)answer }, limit.Token);
            await stream.FlushAsync(limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            Log.NotAnswered(logger, exception.Message);
            return false;
        }
    }

    /// <summary>A stranger's key is written down once an hour, by one of the dashboards: the agent of a server that was removed goes on asking at each of them.</summary>
    private async Task TellAsync(OutboundAnswer answer, string pin, EndPoint? remote)
    {
        if (answer != OutboundAnswer.Unknown)
        {
            return;
        }

        lock (_gate)
        {
            if (_toldSince is not { } since || timeProvider.GetElapsedTime(since) >= TellAgainAfter)
            {
                _toldSince = timeProvider.GetTimestamp();
                _told.Clear();
            }

            if (_told.Count >= MostStrangersTold || !_told.Add(pin))
            {
                return;
            }
        }

        if (!await strangers.IsMineToTellAsync(pin))
        {
            return;
        }

        var from = (remote as IPEndPoint)?.Address is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "";
        refusals.Take(CallerIdentity.Nobody with { From = from }, "an agent", $"agent.connect from {from}: no server has the key {KeyPin.Shown(pin)}");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "An agent that connected went away before it was answered: {Reason}")]
        public static partial void NotAnswered(ILogger logger, string reason);
    }
}
