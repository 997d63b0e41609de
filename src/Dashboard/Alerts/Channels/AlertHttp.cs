using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>Sends a request and says what came of it: no redirects, a deadline, an answer that is read no further than its first bytes. Threading: any thread.</summary>
internal sealed class AlertHttp : IDisposable
{
    /// <summary>Standard Webhooks asks for 15 to 30 seconds.</summary>
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private const int MostAnswerBytes = 1024;

    private readonly HttpClient _outer = Make(allowsInnerAddresses: false);
    private readonly HttpClient _inner = Make(allowsInnerAddresses: true);
    private readonly TimeProvider _timeProvider;

    public AlertHttp(TimeProvider timeProvider) => _timeProvider = timeProvider;

    /// <param name="channel">Where to; its secrets never stand in what is said.</param>
    /// <param name="request">Sent once.</param>
    /// <param name="cancellationToken">The dashboard stops.</param>
    public async Task<SendResult> SendAsync(AlertChannel channel, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, _timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await (channel.Settings.AllowsInnerAddresses ? _inner : _outer).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending.Token);
            return await ReadAsync(channel, response, ending.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SendResult.Later(string.Create(CultureInfo.InvariantCulture, $"It didn't answer within {Deadline.TotalSeconds:N0} seconds."));
        }
        catch (HttpRequestException exception) when (exception.InnerException is InnerAddressException inner)
        {
            return SendResult.Refused(inner.Message);
        }
        catch (HttpRequestException exception)
        {
            return SendResult.Later(exception.InnerException is SocketException or System.Security.Authentication.AuthenticationException ? exception.InnerException.Message : $"The connection failed ({exception.HttpRequestError}).");
        }
        catch (IOException)
        {
            return SendResult.Later("The connection broke.");
        }
    }

    public void Dispose()
    {
        _outer.Dispose();
        _inner.Dispose();
    }

    private static HttpClient Make(bool allowsInnerAddresses) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // A proxy would connect in our place, to wherever it's asked to.
        UseProxy = false,
        ConnectTimeout = Deadline,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        MaxConnectionsPerServer = 4,
        MaxResponseHeadersLength = 32,
        ConnectCallback = async (context, cancellationToken) =>
            new NetworkStream(await OutboundConnections.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, allowsInnerAddresses, cancellationToken), ownsSocket: true),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private async Task<SendResult> ReadAsync(AlertChannel channel, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return SendResult.Sent(string.Create(CultureInfo.InvariantCulture, $"{status}"));
        }

        if (status is >= 300 and < 400)
        {
            return SendResult.Refused(string.Create(CultureInfo.InvariantCulture, $"{status}: it wants to be asked at another address. Enter that address; redirects aren't followed."));
        }

        var said = await ReadTextAsync(channel, response, cancellationToken);
        var text = string.Create(CultureInfo.InvariantCulture, $"{status} {said}");
        return status is (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests or >= 500 ? SendResult.Later(text, RetryAfterOf(response)) : SendResult.Refused(text);
    }

    private static async Task<string> ReadTextAsync(AlertChannel channel, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostAnswerBytes];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var text = Encoding.UTF8.GetString(buffer, 0, length);

        // Some services repeat in their answer what they were sent.
        return new[] { channel.Secrets.Address, channel.Secrets.Key }.Where(secret => secret.Length > 0).Aggregate(text, (said, secret) => said.Replace(secret, "(secret)", StringComparison.Ordinal));
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _timeProvider.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };
}
