using System.Management.Automation;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Authentication;

namespace WsusDashboard.PowerShell.Client;

/// <summary>A dashboard and the token it's asked with. Connect-WsdDashboard makes it; commands of one runspace use the newest unless they are given another one. The token can't be read from it.</summary>
public sealed class WsdConnection : IDisposable
{
    /// <summary>An answer is a page of at most 200 rows; more than this is no dashboard's.</summary>
    private const int MaximumAnswerBytes = 64 * 1024 * 1024;

    private const int MaximumTries = 5;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly SecureString _token;
    private bool _isClosed;

    internal WsdConnection(Uri address, SecureString token, TimeSpan deadline, CertificateRule certificates)
    {
        Address = address;
        Deadline = deadline;
        _token = token.Copy();
        _token.MakeReadOnly();
        AllowTls12();

        // A redirect would take the token elsewhere, and a proxy would read it where there is no TLS.
        var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = address.Scheme == Uri.UriSchemeHttps };
        if (certificates.IsNeeded)
        {
            handler.ServerCertificateCustomValidationCallback = certificates.Accepts;
        }

        _http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaximumAnswerBytes };
    }

    /// <summary>https://HOST:PORT, or http on this computer.</summary>
    public Uri Address { get; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan Deadline { get; }

    /// <summary>False after Disconnect-WsdDashboard.</summary>
    public bool IsOpen => !_isClosed;

    internal ModuleClock Clock { get; set; } = new();

    /// <summary>The address alone.</summary>
    public override string ToString() => Address.ToString();

    /// <summary>Forgets the token.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _http.Dispose();
        _token.Dispose();
    }

    /// <summary>Asks for something below /api/v1.</summary>
    /// <exception cref="DashboardException">There was no answer, or it says why not.</exception>
    internal JsonValue Get(string path, CancellationToken cancellationToken) => Send(HttpMethod.Get, path, null, null, cancellationToken);

    /// <summary>Changes something below /api/v1.</summary>
    /// <param name="revision">Of what is replaced; null where nothing may be.</param>
    /// <exception cref="DashboardException">There was no answer, or it says why not.</exception>
    internal JsonValue Send(HttpMethod method, string path, JsonBody? body, string? revision, CancellationToken cancellationToken)
    {
        if (_isClosed)
        {
            throw new DashboardException("NotConnected", ErrorCategory.ConnectionError, $"The connection to {Address} was closed. Run Connect-WsdDashboard again.") { EndsCommand = true };
        }

        for (var attempt = 1; ; attempt++)
        {
            var (answer, wait) = SendOnceAsync(method, path, body, revision, cancellationToken).GetAwaiter().GetResult();
            if (answer is not null)
            {
                return answer;
            }

            if (attempt == MaximumTries || wait > LongestWait)
            {
                throw new DashboardException("TooManyRequests", ErrorCategory.LimitsExceeded, $"{Address} can't take more requests now. It asks to wait {Math.Ceiling(wait.TotalSeconds)} s.");
            }

            Clock.Wait(wait, cancellationToken);
        }
    }

    /// <summary>The answer; or none, and how long to wait before the next try.</summary>
    private async Task<(JsonValue? Answer, TimeSpan Wait)> SendOnceAsync(HttpMethod method, string path, JsonBody? body, string? revision, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            using var request = MakeRequest(method, path, body, revision);
            using var response = await _http.SendAsync(request, deadline.Token).ConfigureAwait(false);

            // What was refused because of too many requests wasn't begun. A 503 of a change may come after its start.
            if ((int)response.StatusCode == 429 || (response is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null } && method == HttpMethod.Get))
            {
                return (null, WaitOf(response.Headers));
            }

            return (AnswerReader.Read(Address, response, await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false), ReadToken()), default);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DashboardException("NoAnswerInTime", ErrorCategory.OperationTimeout, $"{Address} didn't answer within {Deadline.TotalSeconds} s."
                + (method == HttpMethod.Get ? "" : " It may still have done what was asked: look before you try again."));
        }
        catch (HttpRequestException exception)
        {
            throw IsAboutTheCertificate(exception)
                ? new DashboardException("CertificateRefused", ErrorCategory.SecurityError, $"The certificate of {Address} isn't the expected one, or this computer doesn't trust it: {Innermost(exception)}") { EndsCommand = true }
                : new DashboardException("DashboardUnreachable", ErrorCategory.ConnectionError, $"{Address} can't be reached: {Innermost(exception)}") { EndsCommand = true };
        }
    }

    private HttpRequestMessage MakeRequest(HttpMethod method, string path, JsonBody? body, string? revision)
    {
        var request = new HttpRequestMessage(method, new Uri($"/api/v1{path}", UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ReadToken());
        request.Headers.Accept.Add(new("application/json"));
        if (revision is not null)
        {
            try
            {
                request.Headers.IfMatch.Add(new($"\"{revision}\""));
            }
            catch (FormatException)
            {
                throw new DashboardException("InvalidRevision", ErrorCategory.InvalidArgument, $"\"{revision}\" isn't a revision. Take the Revision of a problem that Get-WsdProblem returned.");
            }
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body.ToBytes());
            request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
        }

        return request;
    }

    private string ReadToken() => new NetworkCredential("", _token).Password;

    private static TimeSpan WaitOf(HttpResponseHeaders headers)
    {
        var wait = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when headers.Date is { } now => date - now,
            _ => UsualWait,
        };
        return wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait;
    }

    private static bool IsAboutTheCertificate(Exception exception) =>
        exception is AuthenticationException or WebException { Status: WebExceptionStatus.TrustFailure } || (exception.InnerException is { } inner && IsAboutTheCertificate(inner));

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;

    /// <summary>Windows PowerShell 5.1 on an older .NET Framework begins with TLS 1.0, which no dashboard speaks. Where the system decides (0), it's left to it.</summary>
    private static void AllowTls12()
    {
        if (RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal) && ServicePointManager.SecurityProtocol != 0)
        {
            ServicePointManager.SecurityProtocol |= SecurityProtocolType.Tls12;
        }
    }
}
