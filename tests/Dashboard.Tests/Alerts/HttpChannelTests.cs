using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class HttpChannelTests : IAsyncLifetime
{
    private const string Hostile = "<b>x</b> [y](http://evil.example) *z*\r\nBcc: a@evil.example";

    private readonly FakeTimeProvider _time = new(Clock.Start);
    private readonly AlertHttp _http;
    private HttpReceiver _receiver = null!;

    public HttpChannelTests() => _http = new(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _receiver = await HttpReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _http.Dispose();
    }

    public static TheoryData<AlertChannelKind, AlertEventKind> EveryKindAndEvent() =>
        new(from kind in Enum.GetValues<AlertChannelKind>() where kind != AlertChannelKind.Mail from what in Enum.GetValues<AlertEventKind>() select (kind, what));

    [Theory]
    [MemberData(nameof(EveryKindAndEvent))]
    public async Task Send_EveryKindAndEvent_IsJsonWithTheHostileNameAsText(AlertChannelKind kind, AlertEventKind what)
    {
        var result = await Channel(kind).SendAsync(Settings(kind), [Message(what) with { Subject = Hostile }], Token);
        Assert.Equal(SendState.Sent, result.State);
        var request = Assert.Single(_receiver.Requests);
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal("POST", request.Method);
        Assert.DoesNotContain("bcc", request.Headers.Keys);
    }

    [Fact]
    public async Task Send_Webhook_IsSignedAsStandardWebhooksSays()
    {
        await Channel(AlertChannelKind.Webhook).SendAsync(Settings(AlertChannelKind.Webhook), [Message(AlertEventKind.Opened)], Token);
        var request = Assert.Single(_receiver.Requests);
        Assert.Equal(Clock.Start.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), request.Headers["webhook-timestamp"]);
        using var hmac = new System.Security.Cryptography.HMACSHA256(Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        var signed = hmac.ComputeHash(Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{request.Body}"));
        Assert.Equal("v1," + Convert.ToBase64String(signed), request.Headers["webhook-signature"]);
        Assert.DoesNotContain('.', request.Headers["webhook-id"]);
        Assert.Equal("problem.opened", JsonDocument.Parse(request.Body).RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public void Sign_ExampleOfTheSpecification_IsItsSignature() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookChannel.Sign(WebhookChannel.KeyOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", Encoding.UTF8.GetBytes("{\"test\": 2432232314}")));

    [Theory]
    [InlineData(200, SendState.Sent)]
    [InlineData(202, SendState.Sent)]
    [InlineData(301, SendState.Refused)]
    [InlineData(307, SendState.Refused)]
    [InlineData(400, SendState.Refused)]
    [InlineData(404, SendState.Refused)]
    [InlineData(408, SendState.Later)]
    [InlineData(410, SendState.Refused)]
    [InlineData(424, SendState.Refused)]
    [InlineData(429, SendState.Later)]
    [InlineData(500, SendState.Later)]
    [InlineData(503, SendState.Later)]
    public async Task Send_Answer_DecidesWhetherItIsTriedAgain(int status, SendState state)
    {
        _receiver.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "http://169.254.169.254/latest/meta-data";
            return Task.CompletedTask;
        };
        Assert.Equal(state, (await Channel(AlertChannelKind.Teams).SendAsync(Settings(AlertChannelKind.Teams), [Message(AlertEventKind.Opened)], Token)).State);
        Assert.Single(_receiver.Requests);
    }

    [Fact]
    public async Task Send_RetryAfter_IsTold()
    {
        _receiver.Answer = context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "97");
            return Task.CompletedTask;
        };
        Assert.Equal(TimeSpan.FromSeconds(97), (await Channel(AlertChannelKind.Slack).SendAsync(Settings(AlertChannelKind.Slack), [Message(AlertEventKind.Opened)], Token)).RetryAfter);
    }

    [Fact]
    public async Task Send_NoAnswer_EndsAtTheDeadline()
    {
        var asked = new TaskCompletionSource();
        _receiver.Answer = async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var sending = Channel(AlertChannelKind.Teams).SendAsync(Settings(AlertChannelKind.Teams), [Message(AlertEventKind.Opened)], Token);
        await asked.Task.WaitAsync(Token);
        _time.Advance(AlertHttp.Deadline);
        Assert.Equal(SendState.Later, (await sending).State);
    }

    [Fact]
    public async Task Send_AnswerThatRepeatsTheSecrets_TellsNoneOfThem()
    {
        var settings = Settings(AlertChannelKind.PagerDuty);
        _receiver.Answer = context =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync($"bad key {settings.Secrets.Key} at {settings.Secrets.Address} {new string('x', 100_000)}", Token);
        };
        var result = await Channel(AlertChannelKind.PagerDuty).SendAsync(settings, [Message(AlertEventKind.Opened)], Token);
        Assert.Equal(SendState.Refused, result.State);
        Assert.DoesNotContain(settings.Secrets.Key, result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(settings.Secrets.Address, result.Text, StringComparison.Ordinal);
        Assert.InRange(result.Text.Length, 10, SendResult.MaximumTextLength);
    }

    [Fact]
    public async Task Send_InnerAddressThatIsNotAllowed_ConnectsToNothing()
    {
        var settings = Settings(AlertChannelKind.Teams);
        foreach (var host in new[] { "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]" })
        {
            var address = new UriBuilder(_receiver.Address) { Host = host }.Uri.ToString();
            var result = await Channel(AlertChannelKind.Teams).SendAsync(settings with { Settings = new(), Secrets = new() { Address = address } }, [Message(AlertEventKind.Opened)], Token);
            Assert.Equal(SendState.Refused, result.State);
        }

        Assert.Empty(_receiver.Requests);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1%2", true)]
    [InlineData("fd00::1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("64:ff9b::a00:1", true)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("64:ff9b::808:808", false)]
    [InlineData("2001:4860:4860::8888", false)]
    public void Contain_Address_IsInnerOrNot(string address, bool isInner) => Assert.Equal(isInner, InnerAddresses.Contain(IPAddress.Parse(address)));

    [Theory]
    [InlineData("ftp://example.com/x")]
    [InlineData("example.com")]
    [InlineData("")]
    [InlineData("https://user:pass@example.com/")]
    [InlineData("http://example.com/")]
    public void Check_AddressThatIsNone_NamesTheField(string address) =>
        Assert.Contains("address", Channel(AlertChannelKind.Teams).Check(new(1, "x", AlertChannelKind.Teams, new(), new() { Address = address })).Select(error => error.Field));

    [Theory]
    [InlineData(AlertChannelKind.Webhook, "whsec_c2hvcnQ=")]
    [InlineData(AlertChannelKind.Webhook, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData(AlertChannelKind.PagerDuty, "short")]
    [InlineData(AlertChannelKind.JiraServiceManagement, "")]
    public void Check_KeyThatIsNone_NamesTheField(AlertChannelKind kind, string key) =>
        Assert.Equal(["key"], Channel(kind).Check(new(1, "x", kind, new(), new() { Address = "https://example.com/", Key = key })).Select(error => error.Field));

    [Fact]
    public async Task Send_TeamsDigestOfFiveHundred_StaysBelowTheLimitAndSaysHowManyMore()
    {
        var messages = Enumerable.Range(1, 500).Select(number => Message(AlertEventKind.Opened) with { Subject = new string('W', 300), Number = number }).ToList();
        await Channel(AlertChannelKind.Teams).SendAsync(Settings(AlertChannelKind.Teams), messages, Token);
        var body = Assert.Single(_receiver.Requests).Body;
        Assert.InRange(Encoding.UTF8.GetByteCount(body), 500, TeamsChannel.MaximumBytes);
        Assert.Contains("480 more", body, StringComparison.Ordinal);
        var attachment = JsonDocument.Parse(body).RootElement.GetProperty("attachments")[0];
        Assert.Equal(JsonValueKind.Null, attachment.GetProperty("contentUrl").ValueKind);
        Assert.Equal("AdaptiveCard", attachment.GetProperty("content").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Send_TeamsWithMarkdownInAName_MakesNoLinkOfIt()
    {
        await Channel(AlertChannelKind.Teams).SendAsync(Settings(AlertChannelKind.Teams), [Message(AlertEventKind.Opened) with { Subject = Hostile }], Token);
        var text = JsonDocument.Parse(Assert.Single(_receiver.Requests).Body).RootElement.GetProperty("attachments")[0].GetProperty("content").GetProperty("body")[0].GetProperty("text").GetString()!;
        Assert.Contains(@"\[y\]\(http://evil.example\)", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text);
    }

    [Theory]
    [InlineData(AlertEventKind.Opened, "trigger")]
    [InlineData(AlertEventKind.Changed, "trigger")]
    [InlineData(AlertEventKind.Acknowledged, "acknowledge")]
    [InlineData(AlertEventKind.Resolved, "resolve")]
    public async Task Send_PagerDuty_ActsOnOneIncident(AlertEventKind what, string action)
    {
        await Channel(AlertChannelKind.PagerDuty).SendAsync(Settings(AlertChannelKind.PagerDuty), [Message(what)], Token);
        var body = JsonDocument.Parse(Assert.Single(_receiver.Requests).Body).RootElement;
        Assert.Equal((action, Message(what).Key), (body.GetProperty("event_action").GetString(), body.GetProperty("dedup_key").GetString()));
    }

    [Fact]
    public async Task Send_Alertmanager_KeepsItsLabelsAndEndsWhatIsResolved()
    {
        var channel = Channel(AlertChannelKind.Alertmanager);
        await channel.SendAsync(Settings(AlertChannelKind.Alertmanager), [Message(AlertEventKind.Opened)], Token);
        await channel.SendAsync(Settings(AlertChannelKind.Alertmanager), [Message(AlertEventKind.Resolved) with { Severity = Severity.Warning, Subject = "3 servers" }], Token);
        var alerts = _receiver.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement[0]).ToList();
        Assert.All(_receiver.Requests, request => Assert.Equal("/api/v2/alerts", request.Path));
        Assert.Equal(alerts[0].GetProperty("labels").ToString(), alerts[1].GetProperty("labels").ToString());
        Assert.True(alerts[0].GetProperty("endsAt").GetDateTimeOffset() > Clock.Start.AddHours(24));
        Assert.True(alerts[1].GetProperty("endsAt").GetDateTimeOffset() <= Clock.Start);
    }

    [Fact]
    public async Task Send_ServiceNow_ClosesWithSeverityZeroAndTheSameKey()
    {
        await Channel(AlertChannelKind.ServiceNow).SendAsync(Settings(AlertChannelKind.ServiceNow), [Message(AlertEventKind.Opened), Message(AlertEventKind.Resolved)], Token);
        var records = JsonDocument.Parse(Assert.Single(_receiver.Requests).Body).RootElement.GetProperty("records");
        Assert.Equal(["1", "0"], records.EnumerateArray().Select(record => record.GetProperty("severity").GetString()));
        Assert.Single(records.EnumerateArray().Select(record => record.GetProperty("message_key").GetString()).Distinct());
        Assert.Equal(JsonValueKind.String, records[0].GetProperty("additional_info").ValueKind);
    }

    [Fact]
    public async Task Send_Jira_ClosesByAlias()
    {
        await Channel(AlertChannelKind.JiraServiceManagement).SendAsync(Settings(AlertChannelKind.JiraServiceManagement), [Message(AlertEventKind.Resolved)], Token);
        Assert.Equal($"/alerts/{Message(AlertEventKind.Resolved).Key}/close?identifierType=alias", Assert.Single(_receiver.Requests).Path);
    }

    [Fact]
    public async Task Send_Ntfy_PostsTheTopicAsJsonToTheRoot()
    {
        var settings = Settings(AlertChannelKind.Ntfy) with { Secrets = new() { Address = $"{_receiver.Address}/wsus-alerts", Key = "tk_secret" } };
        await Channel(AlertChannelKind.Ntfy).SendAsync(settings, [Message(AlertEventKind.Opened)], Token);
        var request = Assert.Single(_receiver.Requests);
        var body = JsonDocument.Parse(request.Body).RootElement;
        Assert.Equal(("/", "wsus-alerts", 5, "Bearer tk_secret"), (request.Path, body.GetProperty("topic").GetString(), body.GetProperty("priority").GetInt32(), request.Headers["authorization"]));
    }

    internal static AlertMessage Message(AlertEventKind what) => new()
    {
        Key = "0123456789abcdef0123456789abcdef",
        Event = what,
        Reason = what switch
        {
            AlertEventKind.Opened => AlertReason.New,
            AlertEventKind.Changed => AlertReason.Reminder,
            AlertEventKind.Acknowledged => AlertReason.Acknowledged,
            AlertEventKind.Resolved => AlertReason.Resolved,
            _ => AlertReason.Test,
        },
        Number = what == AlertEventKind.Opened ? 1 : 2,
        Severity = Severity.Critical,
        CauseId = FindingIds.PoolStopped,
        Title = "WSUS pool stopped",
        Subject = "BRN-WSUS01",
        Sites = ["BRN"],
        Servers = ["BRN-WSUS01"],
        ServerCount = 1,
        ProblemIds = [17],
        Since = Clock.Start.AddHours(-1),
        At = Clock.Start,
        Explanation = "The application pool is stopped, so no client gets an answer.",
        Fix = "Repair it: Start the pool.",
        Link = "https://dashboard.example/problems/17",
    };

    private AlertChannel Settings(AlertChannelKind kind) => new(1, "test", kind, new() { AllowsInnerAddresses = true, UserName = "events" }, new()
    {
        Address = $"{_receiver.Address}/{(kind == AlertChannelKind.Alertmanager || kind == AlertChannelKind.JiraServiceManagement ? "" : "hook")}",
        Key = kind switch
        {
            AlertChannelKind.Webhook => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            AlertChannelKind.Teams or AlertChannelKind.Slack or AlertChannelKind.Apprise => "",
            _ => "0123456789abcdef0123456789abcdef",
        },
    });

    private IAlertChannel Channel(AlertChannelKind kind)
    {
        IAlertChannel[] channels =
        [
            new TeamsChannel(_http), new WebhookChannel(_http, _time), new AlertmanagerChannel(_http), new ServiceNowChannel(_http), new JiraServiceManagementChannel(_http), new PagerDutyChannel(_http), new SlackChannel(_http), new NtfyChannel(_http),
            new AppriseChannel(_http),
        ];
        return channels.Single(channel => channel.Kind == kind);
    }
}
