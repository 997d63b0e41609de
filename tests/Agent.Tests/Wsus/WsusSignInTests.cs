using System.Net;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Wsus;

/// <summary>A WSUS that refuses the sign-in under one name of its server: policy denies NTLM, or the loopback check.</summary>
public sealed class WsusSignInTests
{
    private const string NetworkKey = @"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
    private const string FullName = "brn01.corp.example";

    private readonly FakeEdges _edges = new();
    private readonly List<string> _asked = [];

    public WsusSignInTests()
    {
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 8530;
        _edges.Values[(NetworkKey, "Hostname")] = "BRN01";
        _edges.Values[(NetworkKey, "Domain")] = "corp.example";
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_LocalhostRefused_AsksUnderTheFullNameAndStaysThere()
    {
        var client = Client(new(), host => host == FullName);

        await client.StopSyncAsync(Token);
        await client.StopSyncAsync(Token);

        Assert.Equal(["localhost", FullName, FullName], _asked);
    }

    [Fact]
    public async Task Call_FullNameRefusedLater_GoesBackToLocalhost()
    {
        var answering = FullName;
        var client = Client(new(), host => host == answering);
        await client.StopSyncAsync(Token);
        answering = "localhost";

        await client.StopSyncAsync(Token);

        Assert.Equal(["localhost", FullName, FullName, "localhost"], _asked);
    }

    [Fact]
    public async Task Call_BothRefused_NamesTheLoopbackCheck()
    {
        var exception = await Assert.ThrowsAsync<WsusSignInException>(() => Client(new(), _ => false).StopSyncAsync(Token));

        Assert.Equal(ReadFailure.AccessDenied, exception.Failure);
        Assert.Contains($"Add {FullName} to BackConnectionHostNames", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OtherNameDoesNotAnswer_TellsBoth()
    {
        var exception = await Assert.ThrowsAsync<EdgeException>(() => Client(new(), host => host == FullName ? throw new HttpRequestException(HttpRequestError.ConnectionError, "broken") : false).StopSyncAsync(Token));

        Assert.Equal(ReadFailure.AccessDenied, exception.Failure);
        Assert.Contains("401", exception.Message, StringComparison.Ordinal);
        Assert.Contains(FullName, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_NameOfSomebodysChoice_IsTheOnlyOneAsked()
    {
        await Assert.ThrowsAsync<WsusSignInException>(() => Client(new() { WsusHost = "127.0.0.1" }, _ => false).StopSyncAsync(Token));

        Assert.Equal(["127.0.0.1"], _asked);
    }

    [Fact]
    public async Task Call_WithTls_IsAskedUnderTheNameOfTheCertificateOnly()
    {
        _edges.Values[(WsusRegistry.SetupKey, "UsingSSL")] = 1;
        _edges.Values[(WsusRegistry.SetupKey, "ServerCertificateName")] = "sup01.corp.example";

        var exception = await Assert.ThrowsAsync<WsusSignInException>(() => Client(new(), _ => false).StopSyncAsync(Token));

        Assert.Equal(["sup01.corp.example"], _asked);
        Assert.Contains("sup01.corp.example to BackConnectionHostNames", exception.Message, StringComparison.Ordinal);
    }

    private WsusClient Client(AgentOptions options, Func<string, bool> takes) => new(new WsusRegistry(_edges, options), new WsusTransport(new Door(_asked, takes), new FakeTimeProvider()), new FakeTimeProvider());

    /// <summary>Lets in, or not, by the name that is asked for.</summary>
    private sealed class Door(List<string> asked, Func<string, bool> takes) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            asked.Add(request.RequestUri!.Host);
            return Task.FromResult(takes(request.RequestUri.Host)
                ? ScriptedWsus.Text(HttpStatusCode.OK, $"<StopSubscriptionResponse xmlns=\"{ScriptedWsus.Namespace}\" />")
                : new HttpResponseMessage(HttpStatusCode.Unauthorized));
        }
    }
}
