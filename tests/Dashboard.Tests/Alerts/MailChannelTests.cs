using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class MailChannelTests
{
    private readonly FakeTimeProvider _time = new(Clock.Start);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MailChannel Channel => new(_time);

    [Fact]
    public async Task Send_LifeOfAProblem_IsOneThread()
    {
        await using var server = new MailReceiver();
        foreach (var what in new[] { AlertEventKind.Opened, AlertEventKind.Changed, AlertEventKind.Resolved })
        {
            var message = HttpChannelTests.Message(what) with { Number = what == AlertEventKind.Resolved ? 3 : what == AlertEventKind.Changed ? 2 : 1 };
            Assert.Equal(SendState.Sent, (await Channel.SendAsync(Settings(server.Port), [message], Token)).State);
        }

        var mails = server.Mails.ToList();
        Assert.Equal(3, mails.Count);
        Assert.Equal(3, mails.Select(mail => mail.MessageId).Distinct().Count());
        Assert.All(mails.Skip(1), mail => Assert.Equal(mails[0].MessageId, mail.InReplyTo));
        Assert.All(mails.Skip(1), mail => Assert.Contains(mails[0].MessageId!, mail.References));
        Assert.All(mails.Skip(1), mail => Assert.Equal($"Re: {mails[0].Subject}", mail.Subject));
        Assert.Equal(["opened", "changed", "resolved"], mails.Select(mail => mail.Headers["X-WsusDashboard-State"]));
        Assert.All(mails, mail => Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]));
        Assert.All(mails, mail => Assert.Equal(["text/plain", "text/html"], Assert.IsType<Multipart>(mail.Body, exactMatch: false).Select(part => part.ContentType.MimeType)));
        Assert.All(mails, mail => Assert.Equal(2, mail.To.Count));
    }

    [Fact]
    public async Task Send_TheSameAgain_HasTheSameId()
    {
        await using var server = new MailReceiver();
        await Channel.SendAsync(Settings(server.Port), [HttpChannelTests.Message(AlertEventKind.Opened)], Token);
        _time.Advance(TimeSpan.FromHours(1));
        await Channel.SendAsync(Settings(server.Port), [HttpChannelTests.Message(AlertEventKind.Opened)], Token);
        Assert.Single(server.Mails.Select(mail => mail.MessageId).Distinct());
    }

    [Fact]
    public async Task Send_HostileName_AddsNoHeaderAndNoMarkup()
    {
        await using var server = new MailReceiver();
        var hostile = HttpChannelTests.Message(AlertEventKind.Opened) with { Subject = "SRV\r\nBcc: a@evil.example\r\n\r\n<script>alert(1)</script>", Explanation = "<img src=x onerror=alert(1)>" };
        await Channel.SendAsync(Settings(server.Port), [hostile], Token);
        var mail = Assert.Single(server.Mails);
        Assert.Empty(mail.Bcc);
        Assert.DoesNotContain(mail.Headers, header => header.Field == "Bcc");
        Assert.DoesNotContain("<script", mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(421, SendState.Later)]
    [InlineData(451, SendState.Later)]
    [InlineData(452, SendState.Later)]
    [InlineData(550, SendState.Refused)]
    [InlineData(554, SendState.Refused)]
    public async Task Send_Refusal_IsLaterOrNever(int code, SendState state)
    {
        await using var server = new MailReceiver { Answer = new((SmtpReplyCode)code, "no") };
        var result = await Channel.SendAsync(Settings(server.Port), [HttpChannelTests.Message(AlertEventKind.Opened)], Token);
        Assert.Equal(state, result.State);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Send_ServerThatSaysNothing_EndsAtTheDeadline()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sending = Channel.SendAsync(Settings(((IPEndPoint)listener.LocalEndpoint).Port), [HttpChannelTests.Message(AlertEventKind.Opened)], Token);
        using var accepted = await listener.AcceptTcpClientAsync(Token);
        _time.Advance(MailChannel.Deadline);
        Assert.Equal(SendState.Later, (await sending).State);
    }

    [Fact]
    public async Task Send_NobodyListens_IsLater()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Assert.Equal(SendState.Later, (await Channel.SendAsync(Settings(port), [HttpChannelTests.Message(AlertEventKind.Opened)], Token)).State);
    }

    [Fact]
    public async Task Send_InnerAddressThatIsNotAllowed_ConnectsToNothing()
    {
        await using var server = new MailReceiver();
        var settings = Settings(server.Port);
        var result = await Channel.SendAsync(settings with { Settings = settings.Settings with { AllowsInnerAddresses = false } }, [HttpChannelTests.Message(AlertEventKind.Opened)], Token);
        Assert.Equal(SendState.Refused, result.State);
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public async Task Send_CertificateThatNobodyTrusts_SendsNothing(MailSecurity security)
    {
        await using var server = new MailReceiver(security);
        var settings = Settings(server.Port);
        var result = await Channel.SendAsync(settings with { Settings = settings.Settings with { Security = security } }, [HttpChannelTests.Message(AlertEventKind.Opened)], Token);
        Assert.Equal(SendState.Later, result.State);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Send_ServerWithoutTls_IsNotTalkedToInPlain()
    {
        await using var server = new MailReceiver();
        var settings = Settings(server.Port);
        var result = await Channel.SendAsync(settings with { Settings = settings.Settings with { Security = MailSecurity.StartTls } }, [HttpChannelTests.Message(AlertEventKind.Opened)], Token);
        Assert.Equal(SendState.Later, result.State);
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData("a b", "wsus@example.com", "a@example.com", "host")]
    [InlineData("mail.example.com", "wsus@example.com\r\nBcc: x@example.com", "a@example.com", "from")]
    [InlineData("mail.example.com", "nobody", "a@example.com", "from")]
    [InlineData("mail.example.com", "wsus@example.com", "a@example.com, b@example.com", "to")]
    [InlineData("mail.example.com", "wsus@example.com", "", "to")]
    public void Check_SettingThatIsNone_NamesTheField(string host, string from, string to, string field) =>
        Assert.Equal([field], Channel.Check(new(1, "x", AlertChannelKind.Mail, new() { Host = host, From = from, To = [to] }, new())).Select(error => error.Field));

    [Fact]
    public void Check_PasswordWithoutTls_IsRefused() =>
        Assert.Equal(["security"], Channel.Check(new(1, "x", AlertChannelKind.Mail, new() { Host = "mail", From = "a@example.com", To = ["b@example.com"], Security = MailSecurity.None, UserName = "a", AllowsInnerAddresses = true }, new() { Key = "b" })).Select(error => error.Field));

    private static AlertChannel Settings(int port) =>
        new(1, "mail", AlertChannelKind.Mail, new() { Host = "127.0.0.1", Port = port, Security = MailSecurity.None, From = "wsus@example.com", To = ["a@example.com", "b@example.com"], AllowsInnerAddresses = true }, new());

    /// <summary>A mail server that keeps what it gets, or answers what the test says.</summary>
    private sealed class MailReceiver : MessageStore, IAsyncDisposable
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _running;

        public MailReceiver(MailSecurity security = MailSecurity.None)
        {
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Port = ((IPEndPoint)probe.LocalEndpoint).Port;
            }

            var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint =>
            {
                endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port));
                if (security != MailSecurity.None)
                {
                    endpoint.Certificate(MakeCertificate()).IsSecure(security == MailSecurity.Tls);
                }
            }).Build();
            var services = new ServiceProvider();
            services.Add(this);
            _running = new SmtpServer.SmtpServer(options, services).StartAsync(_ending.Token);
        }

        public int Port { get; }

        public SmtpResponse? Answer { get; init; }

        public ConcurrentQueue<MimeMessage> Mails { get; } = new();

        public override Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            if (Answer is not null)
            {
                return Task.FromResult(Answer);
            }

            using var stream = new MemoryStream(buffer.ToArray());
            Mails.Enqueue(MimeMessage.Load(stream, cancellationToken));
            return Task.FromResult(SmtpResponse.Ok);
        }

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ending.Dispose();
        }

        private static X509Certificate2 MakeCertificate()
        {
            using var key = RSA.Create(2048);
            using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        }
    }
}
