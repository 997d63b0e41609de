using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Wsus;

public sealed class WsusTransportTests
{
    private static readonly Uri Service = new("http://localhost:8530/ApiRemoting30/WebService.asmx");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, ReadFailure, string> Answers => new()
    {
        { "401", ReadFailure.AccessDenied, "401" },
        { "403", ReadFailure.AccessDenied, "403" },
        { "503", ReadFailure.Unavailable, "503" },
        { "500 fault", ReadFailure.Fault, "SQL Server is gone" },
        { "500 html", ReadFailure.Fault, "HTTP 500" },
        { "html", ReadFailure.Malformed, "" },
        { "half", ReadFailure.Malformed, "" },
        { "nothing", ReadFailure.Malformed, "" },
        { "other element", ReadFailure.Malformed, "" },
        { "too long", ReadFailure.Malformed, "more than 16 MB" },
    };

    [Fact]
    public async Task SendAsync_WrongAnswers_EachHasASentenceOfItsOwn()
    {
        var sentences = new List<string>();
        foreach (var row in Answers)
        {
            sentences.Add((await Assert.ThrowsAnyAsync<EdgeException>(() => SendAsync(_ => Task.FromResult(Create(row.Data.Item1))))).Message);
        }

        Assert.Distinct(sentences);
    }

    /// <param name="answer">What the service answers.</param>
    /// <param name="failure">Its kind.</param>
    /// <param name="fact">What the message must name; empty = nothing.</param>
    [Theory]
    [MemberData(nameof(Answers))]
    public async Task SendAsync_WrongAnswer_IsToldApart(string answer, ReadFailure failure, string fact)
    {
        var exception = await Assert.ThrowsAnyAsync<EdgeException>(() => SendAsync(_ => Task.FromResult(Create(answer))));

        Assert.Equal(failure, exception.Failure);
        Assert.Contains(fact, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_NoAnswer_IsGivenUpAtTheDeadline()
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource();
        var sending = SendAsync(
            async token =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
                return new HttpResponseMessage();
            },
            time);
        await entered.Task.WaitAsync(Token);
        time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(ReadFailure.TimedOut, (await Assert.ThrowsAsync<EdgeException>(() => sending)).Failure);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, ReadFailure.Unavailable)]
    [InlineData(HttpRequestError.NameResolutionError, ReadFailure.Unavailable)]
    [InlineData(HttpRequestError.SecureConnectionError, ReadFailure.AccessDenied)]
    [InlineData(HttpRequestError.ResponseEnded, ReadFailure.Malformed)]
    public async Task SendAsync_ConnectionFails_IsToldApart(HttpRequestError error, ReadFailure failure)
    {
        var exception = await Assert.ThrowsAsync<EdgeException>(() => SendAsync(_ => throw new HttpRequestException(error, "broken")));

        Assert.Equal(failure, exception.Failure);
    }

    private static HttpResponseMessage Create(string answer) => answer switch
    {
        "401" => new HttpResponseMessage(HttpStatusCode.Unauthorized),
        "403" => new HttpResponseMessage(HttpStatusCode.Forbidden),
        "503" => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
        "500 fault" => ScriptedWsus.Text(HttpStatusCode.InternalServerError, "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>SQL Server is gone</faultstring></soap:Fault>"),
        "500 html" => Raw(HttpStatusCode.InternalServerError, "<html>error</html>"),
        "html" => Raw(HttpStatusCode.OK, "<!DOCTYPE html><html><body>IIS</body></html>"),
        "half" => Raw(HttpStatusCode.OK, "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><Get"),
        "other element" => ScriptedWsus.Text(HttpStatusCode.OK, "<Other xmlns=\"urn:x\" />"),
        "too long" => Raw(HttpStatusCode.OK, new string(' ', (16 * 1024 * 1024) + 1)),
        _ => Raw(HttpStatusCode.OK, ""),
    };

    private static HttpResponseMessage Raw(HttpStatusCode status, string content) => new(status) { Content = new StringContent(content, Encoding.UTF8) };

    private static async Task<WsusReply> SendAsync(Func<CancellationToken, Task<HttpResponseMessage>> answer, TimeProvider? time = null)
    {
        using var handler = new ScriptedWsus { Everything = answer };
        using var transport = new WsusTransport(handler, time ?? TimeProvider.System);

        return await transport.SendAsync(Service, WsusRequests.GetSubscriptionState(), Token);
    }
}
