using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Agent.Tests.Client;

/// <summary>Real connections to a real web server on this computer.</summary>
public sealed class EndpointProbeTests
{
    private const string Name = "sup01.corp.example";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow();

    private readonly FakeTimeProvider _time = new(Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AskAsync_Page_IsReadWithoutLoginRedirectOrState()
    {
        (int Authorization, int Cookie, string Connection, string UserAgent)? seen = null;
        await using var server = await LoopbackServer.StartAsync(web => web.MapGet("/ClientWebService/client.asmx", context =>
        {
            var headers = context.Request.Headers;
            seen = (headers.Authorization.Count, headers.Cookie.Count, headers.Connection.ToString(), headers.UserAgent.ToString());
            context.Response.Cookies.Append("ASP.NET_SessionId", "1");
            return context.Response.WriteAsync("The following operations are supported.");
        }));

        await AskAsync(server);
        var answer = await AskAsync(server);

        Assert.Equal((200, null, ProbeFailure.None, AnswerClass.Answered, null), (answer.Status, answer.SubStatus, answer.Failure, answer.Class, answer.Certificate));
        Assert.Equal((0, 0, "close", "probe-of-tests"), seen);
    }

    [Theory]
    [InlineData(401, AnswerClass.Refused)]
    [InlineData(403, AnswerClass.Refused)]
    [InlineData(404, AnswerClass.Misplaced)]
    [InlineData(500, AnswerClass.Failed)]
    [InlineData(503, AnswerClass.Unavailable)]
    public async Task AskAsync_ErrorWithoutAPage_HasItsStatusAlone(int status, AnswerClass expected)
    {
        await using var server = await ServeAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var answer = await AskAsync(server);

        Assert.Equal((status, null, "", expected, ProbeFailure.None), (answer.Status, answer.SubStatus, answer.ErrorCode, answer.Class, answer.Failure));
    }

    [Fact]
    public async Task AskAsync_Redirect_IsNotFollowed()
    {
        var asked = 0;
        await using var server = await ServeAsync(context =>
        {
            Interlocked.Increment(ref asked);
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        var answer = await AskAsync(server);

        Assert.Equal((302, AnswerClass.Misplaced, 1), (answer.Status, answer.Class, asked));
    }

    [Theory]
    [InlineData(500, "<title>IIS 10.0 Detailed Error - 500.19 - Internal Server Error</title> ... Error Code&nbsp; 0x8007007e", 19, "0x8007007E")]
    [InlineData(500, "<title>Detaillierter IIS 10.0-Fehler - 500.19 - Internal Server Error</title> HTTP-Fehler 500.19 0x800700b7", 19, "0x800700B7")]
    [InlineData(403, "<h3>HTTP Error 403.4 - Forbidden</h3>", 4, "")]
    [InlineData(404, "<h3>HTTP Error 404.0 - Not Found</h3> handler of .NET 4.0, see also 500.19", 0, "")]
    [InlineData(500, "Version 10.0.500.1 answered 404.3 and 0x12345", null, "")]
    [InlineData(500, "", null, "")]
    public async Task AskAsync_PageOfIis_TellsItsNumbersInAnyLanguage(int status, string page, int? subStatus, string errorCode)
    {
        await using var server = await ServeAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(page);
        });

        var answer = await AskAsync(server);

        Assert.Equal((status, subStatus, errorCode), (answer.Status, answer.SubStatus, answer.ErrorCode));
    }

    [Fact]
    public async Task AskAsync_GoodPageWithNumbersInIt_HasNoSubStatus()
    {
        await using var server = await ServeAsync(context => context.Response.WriteAsync("200.1 500.19 0x8007007e"));

        var answer = await AskAsync(server);

        Assert.Equal((200, null, ""), (answer.Status, answer.SubStatus, answer.ErrorCode));
    }

    [Fact]
    public async Task AskAsync_EndlessAnswer_IsReadToTheBoundAndEnded()
    {
        var aborted = new TaskCompletionSource();
        await using var server = await ServeAsync(async context =>
        {
            var part = new byte[1024];
            try
            {
                while (true)
                {
                    await context.Response.Body.WriteAsync(part, context.RequestAborted);
                }
            }
            catch (OperationCanceledException)
            {
                aborted.SetResult();
            }
        });

        var answer = await AskAsync(server);

        Assert.Equal(AnswerClass.Answered, answer.Class);
        await aborted.Task.WaitAsync(Token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AskAsync_AnswerThatDoesNotEnd_TimesOutAtTheDeadline(bool hasBegun)
    {
        var waiting = new TaskCompletionSource();
        await using var server = await ServeAsync(async context =>
        {
            if (hasBegun)
            {
                await context.Response.WriteAsync("<html>", Token);
                await context.Response.Body.FlushAsync(Token);
            }

            waiting.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });

        var asking = AskAsync(server);
        await waiting.Task.WaitAsync(Token);
        _time.Advance(Deadline - TimeSpan.FromSeconds(1));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var answer = await asking;

        Assert.Equal((ProbeFailure.TimedOut, AnswerClass.NoAnswer, Deadline), (answer.Failure, answer.Class, answer.Duration));
    }

    [Fact]
    public async Task AskAsync_CallerEnds_IsNoAnswerOfTheServer()
    {
        var waiting = new TaskCompletionSource();
        await using var server = await ServeAsync(async context =>
        {
            waiting.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var asking = Probe().AskAsync(Target(server), Deadline, end.Token);
        await waiting.Task.WaitAsync(Token);
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task AskAsync_ConnectionCutOff_IsInterrupted()
    {
        await using var server = await ServeAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        Assert.Equal((ProbeFailure.Interrupted, AnswerClass.NoAnswer), FailureOf(await AskAsync(server)));
    }

    [Fact]
    public async Task AskAsync_NobodyListens_IsNotConnected()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var answer = await AskAsync(new Uri($"http://127.0.0.1:{port}/"));

        Assert.Equal((ProbeFailure.NotConnected, AnswerClass.NoAnswer), FailureOf(answer));
        Assert.NotEmpty(answer.Detail);
    }

    [Fact]
    public async Task AskAsync_NameThatCannotBe_IsNotResolved()
    {
        var answer = await Probe().AskAsync(new ProbeTarget(ClientEndpoint.ClientWebService, new Uri($"http://{Name}:8530/"), new string('a', 64) + ".invalid"), Deadline, Token);

        Assert.Equal((ProbeFailure.NameNotResolved, AnswerClass.NoAnswer), FailureOf(answer));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nbroken header\r\n\r\n")]
    public async Task AskAsync_AnotherProtocol_IsNotUnderstood(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = GreetAsync(listener, greeting);

        var answer = await AskAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        await serving;

        Assert.Equal((ProbeFailure.NotUnderstood, AnswerClass.NoAnswer), FailureOf(answer));
    }

    [Fact]
    public async Task AskAsync_HostToConnectTo_StillAsksForTheNameOfTheAddress()
    {
        var host = "";
        await using var server = await ServeAsync(context =>
        {
            host = context.Request.Host.Value ?? "";
            return Task.CompletedTask;
        });

        var answer = await AskAsync(new Uri($"http://{Name}:{server.Port}/"));

        Assert.Equal((200, $"{Name}:{server.Port}"), (answer.Status, host));
    }

    [Theory]
    [InlineData(-10, 12, Name, true, CertificateProblem.None, ProbeFailure.None)]
    [InlineData(-10, 12, "other.corp.example", true, CertificateProblem.WrongName, ProbeFailure.None)]
    [InlineData(-10, 12, Name, false, CertificateProblem.NotTrusted, ProbeFailure.None)]
    [InlineData(-10, -1, Name, true, CertificateProblem.Expired, ProbeFailure.CertificateInvalid)]
    [InlineData(2, 12, Name, true, CertificateProblem.NotYetValid, ProbeFailure.CertificateInvalid)]
    public async Task AskAsync_Certificate_IsJudgedAndReadWhateverIsWrongWithIt(int notBefore, int notAfter, string name, bool isTrusted, CertificateProblem problem, ProbeFailure failure)
    {
        var end = new DateTimeOffset(Start.AddDays(notAfter).UtcDateTime.Date, TimeSpan.Zero);
        using var certificate = TestCertificate.Create(name, Start.AddDays(notBefore), end);
        using var other = TestCertificate.Create("root.corp.example", Start.AddDays(-10), Start.AddDays(10));
        await using var server = await ServeAsync(context => context.Response.WriteAsync("ok"), certificate);

        var answer = await Probe(isTrusted ? certificate : other).AskAsync(Target(server, Uri.UriSchemeHttps), Deadline, Token);

        Assert.Equal((200, failure, new ProbeCertificate(end, problem)), (answer.Status, answer.Failure, answer.Certificate));
        Assert.Equal(failure is ProbeFailure.None ? AnswerClass.Answered : AnswerClass.NoAnswer, answer.Class);
    }

    [Fact]
    public async Task AskAsync_CertificateOfTomorrowsClock_IsJudgedByTheGivenOne()
    {
        using var certificate = TestCertificate.Create(Name, Start.AddDays(-1), Start.AddDays(1));
        await using var server = await ServeAsync(context => context.Response.WriteAsync("ok"), certificate);
        _time.Advance(TimeSpan.FromDays(2));

        var answer = await Probe(certificate).AskAsync(Target(server, Uri.UriSchemeHttps), Deadline, Token);

        Assert.Equal(CertificateProblem.Expired, answer.Certificate?.Problem);
    }

    [Fact]
    public async Task AskAsync_CertificateThatNamesAddresses_FetchesFromNone()
    {
        var fetched = new ConcurrentQueue<string>();
        await using var elsewhere = await ServeAsync(context =>
        {
            fetched.Enqueue(context.Request.Path);
            return Task.CompletedTask;
        });
        using var certificate = TestCertificate.CreateIssuedElsewhere(Name, Start.AddDays(-1), Start.AddDays(90), new Uri(elsewhere.Address));

        // Kestrel itself fetches for its own certificate; this server does not.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeOfflineAsync(listener, SslStreamCertificateContext.Create(certificate, null, offline: true));
        var target = new ProbeTarget(ClientEndpoint.ClientWebService, new Uri($"https://{Name}:{((IPEndPoint)listener.LocalEndpoint).Port}/"), "127.0.0.1");

        var answer = await new EndpointProbe(_time, "probe-of-tests").AskAsync(target, Deadline, Token);
        await serving;

        Assert.Equal((200, CertificateProblem.NotTrusted), (answer.Status, answer.Certificate?.Problem));
        Assert.Empty(fetched);
    }

    [Fact]
    public async Task AskAsync_TlsAskedOfPlainHttp_IsATlsFailure()
    {
        await using var server = await ServeAsync(_ => Task.CompletedTask);

        var answer = await Probe().AskAsync(Target(server, Uri.UriSchemeHttps), Deadline, Token);

        Assert.Equal((ProbeFailure.TlsFailed, AnswerClass.NoAnswer), FailureOf(answer));
        Assert.Null(answer.Certificate);
    }

    private static (ProbeFailure Failure, AnswerClass Class) FailureOf(ProbeAnswer answer) => (answer.Failure, answer.Class);

    private static Task<LoopbackServer> ServeAsync(RequestDelegate answer, X509Certificate2? certificate = null) =>
        LoopbackServer.StartAsync(web => web.Run(answer), listen: certificate is null ? null : listen => listen.UseHttps(certificate));

    /// <summary>A server of one connection that speaks something else.</summary>
    private static async Task GreetAsync(TcpListener listener, string greeting)
    {
        using var client = await listener.AcceptTcpClientAsync(Token);
        var stream = client.GetStream();
        _ = await stream.ReadAsync(new byte[1024], Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(greeting), Token);
    }

    private static async Task ServeOfflineAsync(TcpListener listener, SslStreamCertificateContext certificate)
    {
        using var client = await listener.AcceptTcpClientAsync(Token);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate }, Token);
        _ = await stream.ReadAsync(new byte[4096], Token);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), Token);
    }

    private static ProbeTarget Target(LoopbackServer server, string? scheme = null) =>
        new(ClientEndpoint.ClientWebService, new Uri($"{scheme ?? Uri.UriSchemeHttp}://{Name}:{server.Port}/ClientWebService/client.asmx"), "127.0.0.1");

    private EndpointProbe Probe(params X509Certificate2[] trusted) => new(_time, "probe-of-tests", [.. trusted]);

    private Task<ProbeAnswer> AskAsync(LoopbackServer server) => Probe().AskAsync(Target(server), Deadline, Token);

    private Task<ProbeAnswer> AskAsync(Uri address) => Probe().AskAsync(new ProbeTarget(ClientEndpoint.ClientWebService, address, "127.0.0.1"), Deadline, Token);
}
