using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace WsusDashboard.Shared.Probing;

/// <summary>
/// Asks one address as a client of WSUS does, and says how it was answered: one GET over a connection of its own, without login, proxy, redirect or cookie.
/// What is asked is never trusted: time and length are bounded, and nothing is fetched to judge a certificate.
/// </summary>
/// <param name="timeProvider">The clock of deadlines, durations and certificates.</param>
/// <param name="userAgent">What the log of the asked server shows.</param>
/// <param name="trustedRoots">What the asking computer trusts instead of its own store; null = its own store.</param>
/// <remarks>Threading: any thread; nothing is kept between two questions.</remarks>
public sealed class EndpointProbe(TimeProvider timeProvider, string userAgent, X509Certificate2Collection? trustedRoots = null)
{
    /// <summary>More than a page of IIS or ASP.NET has; what comes after it is not read.</summary>
    public const int MaximumBodyBytes = 64 * 1024;

    /// <summary>An error page names its numbers at its beginning.</summary>
    private const int MaximumPageBytes = 16 * 1024;

    /// <summary>Asks once. Every outcome is an answer; only the caller's own end is an exception.</summary>
    /// <param name="target">What is asked.</param>
    /// <param name="deadline">For all of it, from the connection to the end of the answer.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public async Task<ProbeAnswer> AskAsync(ProbeTarget target, TimeSpan deadline, CancellationToken cancellationToken)
    {
        ProbeCertificate? certificate = null;
        using var handler = CreateHandler(target, seen => certificate = seen);
        using var invoker = new HttpMessageInvoker(handler);
        using var limit = new CancellationTokenSource(deadline, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var started = timeProvider.GetTimestamp();
        ProbeAnswer answer;
        try
        {
            answer = await AskAsync(invoker, target, linked.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            answer = limit.IsCancellationRequested ? new ProbeAnswer { Failure = ProbeFailure.TimedOut } : Explain(exception);
        }

        answer = answer with { Duration = timeProvider.GetElapsedTime(started), Certificate = certificate };
        return answer is { Failure: ProbeFailure.None, Certificate.Problem: CertificateProblem.Expired or CertificateProblem.NotYetValid }
            ? answer with { Failure = ProbeFailure.CertificateInvalid }
            : answer;
    }

    private async Task<ProbeAnswer> AskAsync(HttpMessageInvoker invoker, ProbeTarget target, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target.Address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.ConnectionClose = true;
        request.Headers.UserAgent.ParseAdd(userAgent);
        using var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var page = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        var (subStatus, errorCode) = status >= 400 ? IisErrorPage.Read(status, page) : (null, "");

        return new ProbeAnswer { Status = status, SubStatus = subStatus, ErrorCode = errorCode };
    }

    /// <summary>Reads the answer to its end or to the bound, and gives back its beginning.</summary>
    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var page = new MemoryStream();
            var buffer = new byte[8 * 1024];
            var total = 0;
            int read;
            while (total < MaximumBodyBytes && (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                total += read;
                page.Write(buffer, 0, (int)Math.Min(read, MaximumPageBytes - page.Length));
            }

            return Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length);
        }
    }

    private SocketsHttpHandler CreateHandler(ProbeTarget target, Action<ProbeCertificate> onCertificate)
    {
        var chain = OfflineChain.Policy(trustedRoots);

        // Whether it is valid now is judged by the clock that counts here.
        chain.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            Credentials = null,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = chain,
                RemoteCertificateValidationCallback = (_, shown, _, errors) =>
                {
                    if (shown is X509Certificate2 certificate)
                    {
                        onCertificate(Judge(certificate, errors));
                    }

                    // Nothing secret is sent and nothing received is believed: a bad certificate is a finding, not a reason to look away.
                    return shown is not null;
                },
            },
        };
        if (target.ConnectTo is { } host)
        {
            handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(host, context.DnsEndPoint.Port, cancellationToken);
        }

        return handler;
    }

    private ProbeCertificate Judge(X509Certificate2 certificate, SslPolicyErrors errors)
    {
        var now = timeProvider.GetUtcNow();
        var (notBefore, notAfter) = (new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));

        return new ProbeCertificate(
            notAfter,
            now > notAfter ? CertificateProblem.Expired
            : now < notBefore ? CertificateProblem.NotYetValid
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? CertificateProblem.WrongName
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? CertificateProblem.NotTrusted
            : CertificateProblem.None);
    }

    private static async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ProbeAnswer Explain(Exception exception)
    {
        var failure = exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => ProbeFailure.NameNotResolved,

            // The same where a name server does not answer, or knows the name but no address of it.
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoRecovery or SocketError.NoData } } => ProbeFailure.NameNotResolved,
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => ProbeFailure.NotConnected,
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => ProbeFailure.TlsFailed,
            HttpRequestException when exception.InnerException is AuthenticationException => ProbeFailure.TlsFailed,
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError or HttpRequestError.ConfigurationLimitExceeded } => ProbeFailure.NotUnderstood,
            _ => ProbeFailure.Interrupted,
        };
        var detail = exception.GetBaseException().Message;

        return new ProbeAnswer
        {
            Failure = failure,
            Detail = detail.Length > ProbeAnswer.MaximumDetailLength ? detail[..ProbeAnswer.MaximumDetailLength] : detail,
        };
    }
}
