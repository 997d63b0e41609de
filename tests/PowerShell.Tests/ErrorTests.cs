using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using WsusDashboard.PowerShell.Tests.Support;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>What goes wrong, and what a script learns of it.</summary>
public sealed class ErrorTests : IAsyncLifetime
{
    private FakeHub _hub = null!;
    private Session _session = null!;
    private StillClock _clock = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        (_session, _clock) = Session.Connected(_hub);
    }

    [Theory]
    [InlineData(400, "InvalidRequest", ErrorCategory.InvalidArgument, false)]
    [InlineData(401, "TokenRefused", ErrorCategory.AuthenticationError, true)]
    [InlineData(403, "NotAllowed", ErrorCategory.PermissionDenied, false)]
    [InlineData(404, "NotFound", ErrorCategory.ObjectNotFound, false)]
    [InlineData(409, "Conflict", ErrorCategory.ResourceExists, false)]
    [InlineData(418, "UnexpectedAnswer", ErrorCategory.InvalidResult, false)]
    [InlineData(500, "UnexpectedAnswer", ErrorCategory.InvalidResult, false)]
    [InlineData(503, "NotAvailable", ErrorCategory.ResourceUnavailable, false)]
    [InlineData(504, "NoAnswerInTime", ErrorCategory.OperationTimeout, false)]
    public void Answer_ThatSaysNo_IsAnErrorWithItsCategoryAndWords(int status, string errorId, ErrorCategory category, bool isEnded)
    {
        _hub.On("GET /problems/5", _ => FakeHub.Problem(status, "The reason of the dashboard."));

        var result = _session.Try("Get-WsdProblem 5");

        Assert.Equal((errorId, category, isEnded), result.Failure);
        Assert.Contains("The reason of the dashboard.", result.Errors.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_WithMistakesOfFields_NamesThem()
    {
        _hub.On("GET /problems", _ => Results.ValidationProblem(new Dictionary<string, string[]> { ["site"] = ["\"x\" is not a site."], [""] = ["Allowed: BRN."] }));

        var error = _session.Try("Get-WsdProblem -Site x").Errors.Single().ToString();

        Assert.Contains("\"x\" is not a site. Allowed: BRN.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_ThatRepeatsTheToken_IsShownWithoutIt()
    {
        _hub.On("GET /problems/5", _ => FakeHub.Problem(500, $"The header was Bearer {FakeHub.Token}."));

        var error = _session.Try("Get-WsdProblem 5").Errors.Single();

        Assert.Contains("Bearer ***.", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(FakeHub.Token, error.Exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyRequests_WaitsAsLongAsTheDashboardAsks()
    {
        var waits = new Queue<string>(["7", "90"]);
        _hub.On("GET /servers", request => waits.TryDequeue(out var seconds) ? new Refusal(seconds) : FakeHub.Page(request, Rows.Servers));

        Assert.Equal(3, _session.Run("Get-WsdServer").Count);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(90)], _clock.Waits);
    }

    [Theory]
    [InlineData("121", 1)]
    [InlineData("1", 5)]
    public void TooManyRequests_TooLongOrTooOften_IsAnError(string seconds, int requests)
    {
        _hub.On("GET /servers", _ => new Refusal(seconds));

        Assert.Equal(("TooManyRequests", ErrorCategory.LimitsExceeded, false), _session.Try("Get-WsdServer").Failure);
        Assert.Equal(requests, _hub.Requests.Count);
    }

    [Fact]
    public void NotAvailable_WithRetryAfter_IsAskedAgainOnlyWhereNothingWasChanged()
    {
        _hub.On("GET /problems/5", _ => new Refusal("3", 503)).On("PUT /problems/5/assignment", _ => new Refusal("3", 503));

        Assert.Equal("TooManyRequests", _session.Try("Get-WsdProblem 5").Failure.Id);
        Assert.Equal("NotAvailable", _session.Try("Set-WsdProblem 5 -AssignTo me").Failure.Id);
        Assert.Equal((5, 1), (_hub.Requests.Count(request => request.Route.StartsWith("GET", StringComparison.Ordinal)), _hub.Requests.Count(request => request.Route.StartsWith("PUT", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Redirect_IsNotFollowed_SoTheTokenStaysHere()
    {
        await using var other = await FakeHub.StartAsync();
        _hub.On("GET /servers", _ => Results.Redirect($"{other.Address}/api/v1/servers"));

        Assert.Equal(("Redirected", ErrorCategory.InvalidOperation, true), _session.Try("Get-WsdServer").Failure);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("text/html", "<html>Sign in</html>")]
    [InlineData("application/json", "{\"items\":[")]
    [InlineData("application/json", "nothing")]
    public void Answer_ThatIsNoJson_SaysToCheckTheAddress(string type, string content)
    {
        _hub.On("GET /servers", _ => Results.Content(content, type));

        Assert.Equal(("NotADashboard", ErrorCategory.InvalidData, true), _session.Try("Get-WsdServer").Failure);
    }

    [Fact]
    public void Answer_WithControlCharacters_CanNotCommandTheTerminal()
    {
        _hub.On("GET /problems/5", Rows.Problem(5) with { Title = "a\u001b]0;owned\u0007b\u009bc\r\n\u0000d" });

        var title = ((Output.WsdProblem)_session.Run("Get-WsdProblem 5").Single().BaseObject).Title;

        Assert.Equal("a\uFFFD]0;owned\uFFFDb\uFFFDc\r\n\uFFFDd", title);
    }

    [Fact]
    public async Task Dashboard_ThatIsGone_EndsTheCommandForAllRecords()
    {
        await _hub.DisposeAsync();

        var result = _session.Try("1..50 | ForEach-Object { [pscustomobject]@{ ProblemId = $_ } } | Get-WsdProblem");

        Assert.Equal(("DashboardUnreachable", ErrorCategory.ConnectionError, true), result.Failure);
    }

    [Fact]
    public void Dashboard_ThatNeverAnswers_IsLeftAfterTheDeadline()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var result = _session.Try("Connect-WsdDashboard $address -Token $token -TimeoutSeconds 1", ("address", $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}"), ("token", Session.Secret(FakeHub.Token)));

        Assert.Equal(("NoAnswerInTime", ErrorCategory.OperationTimeout, true), result.Failure);
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _hub.DisposeAsync();
    }

    private sealed class Refusal(string seconds, int status = 429) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = seconds;
            return FakeHub.Problem(status, "Later.").ExecuteAsync(httpContext);
        }
    }
}
