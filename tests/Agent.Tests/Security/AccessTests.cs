using System.Net;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Tests.Api;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>Default deny: each endpoint declares what its caller must be, and nobody comes in without proving it.</summary>
public sealed class AccessTests(AgentFixture fixture) : IClassFixture<AgentFixture>
{
    private const int FuzzBodies = 1_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Endpoints_EachDeclaresAnAccessLevel()
    {
        var endpoints = fixture.Agent.Services.GetRequiredService<EndpointDataSource>().Endpoints;

        Assert.True(endpoints.Count > 30, $"Only {endpoints.Count} endpoints were found.");
        Assert.All(endpoints, endpoint => Assert.True(AgentAccess.Of(endpoint) is not null, $"{AgentAccess.NameOf(endpoint)} declares no access level in AgentAccess."));
    }

    [Fact]
    public async Task Endpoints_ForAStrangersKeyOverTheNetwork_AllAnswer401()
    {
        using var stranger = new TestHub();
        using var client = stranger.Http(fixture.Agent);
        foreach (var (method, path) in Routes())
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await client.SendAsync(request, Token);

            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path} answered {response.StatusCode}.");
        }
    }

    [Fact]
    public async Task LocalVerbs_ForAPairedHubOverTheNetwork_AreRefused()
    {
        using var hub = await TestHub.PairedAsync(fixture.Agent);
        var local = new Wire.LocalTrust.LocalTrustClient(hub.Connect(TestHub.AddressOf(fixture.Agent)));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await local.GetTrustAsync(new Wire.GetTrustRequest(), cancellationToken: Token));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        await fixture.Agent.LocalTrust.UnpairHubAsync(new Wire.UnpairHubRequest { Hub = hub.Id }, cancellationToken: Token);
    }

    /// <summary>Bytes that are no JSON, JSON that is no request, requests with wrong fields: every route refuses them, and goes on.</summary>
    [Fact]
    public async Task Bodies_MalformedAndOversized_NeverMakeTheAgentFail()
    {
        var random = new Random(20260105);
        var routes = Routes().Where(route => route.Method == HttpMethod.Post).ToList();
        var grpc = fixture.Agent.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(AgentAccess.NameOf).Where(name => name.StartsWith("/wsus.", StringComparison.Ordinal) && !name.Contains('{', StringComparison.Ordinal)).Distinct().ToList();
        for (var number = 0; number < FuzzBodies; number++)
        {
            using var request = number % 3 == 0
                ? GrpcRequest(grpc[number % grpc.Count], random)
                : JsonRequest(routes[number % routes.Count].Path, random);
            using var response = await fixture.Agent.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

            Assert.True((int)response.StatusCode < 500, $"{request.Method} {request.RequestUri} answered {(int)response.StatusCode} to body {number}.");
        }

        Assert.Equal("live", await fixture.Agent.Http.GetStringAsync(new Uri("/health/live", UriKind.Relative), Token));
    }

    private static HttpRequestMessage JsonRequest(string path, Random random)
    {
        string[] pieces = ["{", "}", "[", "]", "\"playbook\"", "\"context\"", "\"person\"", ":", ",", "null", "1e999", "\"\\ud800\"", "true", "\"full-repair\"", "-0", "{\"context\":{", "\"requestedBy\":\"x\"", " "];
        var text = new StringBuilder();
        for (var piece = random.Next(1, 40); piece > 0; piece--)
        {
            text.Append(pieces[random.Next(pieces.Length)]);
        }

        return new(HttpMethod.Post, path) { Content = new StringContent(text.ToString(), Encoding.UTF8, "application/json") };
    }

    private static HttpRequestMessage GrpcRequest(string path, Random random)
    {
        var body = new byte[random.Next(0, 400)];
        random.NextBytes(body);
        if (body.Length > 5 && random.Next(2) == 0)
        {
            // A right frame around nonsense, so that it reaches the parser.
            body[0] = 0;
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1, 4), body.Length - 5);
        }

        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/grpc");
        return new(HttpMethod.Post, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
    }

    private List<(HttpMethod Method, string Path)> Routes() =>
    [
        .. fixture.Agent.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText is { } text && (text.StartsWith("/v1/", StringComparison.Ordinal) || text is "/health/live"))
            .Select(endpoint => (
                new HttpMethod(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET"),
                System.Text.RegularExpressions.Regex.Replace(endpoint.RoutePattern.RawText!, @"\{[^}]*\}", "x"))),
    ];
}
