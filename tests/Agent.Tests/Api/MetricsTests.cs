using System.Net;
using System.Net.Sockets;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Agent.Tests.Api;

/// <summary>/metrics of an agent: for programs on its server, and nothing else by that port.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_FromThisServer_IsTheTextFormat()
    {
        var port = FreePort();
        await using var agent = await TestAgent.StartAsync(new FakeEdges(), options => options.MetricsPort = port);
        using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}") };

        using var response = await client.GetAsync(new Uri("/metrics", UriKind.Relative), Token);
        var text = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal((HttpStatusCode.OK, PrometheusText.ContentType), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Contains("\nwsus_server_info{version=", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/snapshot")]
    [InlineData("/v1/info")]
    [InlineData("/health/live")]
    public async Task Get_AnythingElseByThatPort_IsRefused(string path)
    {
        var port = FreePort();
        await using var agent = await TestAgent.StartAsync(new FakeEdges(), options => options.MetricsPort = port);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "https://evil.example")]
    public async Task Get_AsAPageInABrowserWould_IsRefused(string header, string value)
    {
        var port = FreePort();
        await using var agent = await TestAgent.StartAsync(new FakeEdges(), options => options.MetricsPort = port);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/metrics"));
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
