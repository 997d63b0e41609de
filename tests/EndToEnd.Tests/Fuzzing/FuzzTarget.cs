using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace WsusDashboard.EndToEnd.Tests.Fuzzing;

/// <summary>One route of a program under attack, with one of its methods.</summary>
internal sealed record FuzzRoute(HttpMethod Method, RoutePattern Pattern)
{
    /// <summary>True where the route takes messages of gRPC, not JSON.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>True where the answer goes on until the caller leaves.</summary>
    public bool IsStream => Pattern.RawText is { } text && (text.Contains("watch", StringComparison.OrdinalIgnoreCase) || text.Contains("log", StringComparison.OrdinalIgnoreCase));

    /// <summary>True where the route exists to take a body: what is sent there is read, what is sent to a page is not.</summary>
    public bool TakesBody => IsGrpc || (Method != HttpMethod.Get && !IsPage);

    /// <summary>True for a page, which costs a hundred times what an answer of the API does.</summary>
    public bool IsPage { get; init; }

    public override string ToString() => $"{Method} {Pattern.RawText}";
}

/// <summary>A program under attack: where it listens, what it has, and who may do everything there.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Routes">Every route that its own routing knows.</param>
/// <param name="Token">What a caller with all rights shows.</param>
/// <param name="KnownSegments">Path segments that exist, so that some requests reach what lies behind "not found".</param>
/// <param name="CreateHandler">How it is reached.</param>
internal sealed record FuzzTarget(Uri Address, IReadOnlyList<FuzzRoute> Routes, string Token, IReadOnlyList<string> KnownSegments, Func<SocketsHttpHandler> CreateHandler)
{
    private static readonly string[] AllMethods = ["GET", "POST", "PUT", "DELETE"];

    /// <summary>Reads the routes from the program's own routing, so that a new one is attacked without a change here.</summary>
    public static FuzzTarget Of(Uri address, IServiceProvider services, string token, IReadOnlyList<string> knownSegments, Func<SocketsHttpHandler> createHandler)
    {
        var endpoints = services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();
        return new(address, [.. endpoints.SelectMany(RoutesOf).DistinctBy(route => route.ToString())], token, knownSegments, createHandler);
    }

    private const int TurnsOfBodies = 6;

    public AuthenticationHeaderValue Authorization { get; } = new("Bearer", Token);

    /// <summary>Whose turn it is, again and again: every route, and those that read a body several times.</summary>
    public IReadOnlyList<int> Turns =>
        [.. Enumerable.Range(0, TurnsOfBodies).SelectMany(turn => Routes.Index().Where(route => turn == 0 || route.Item.TakesBody).Select(route => route.Index))];

    private static IEnumerable<FuzzRoute> RoutesOf(RouteEndpoint endpoint)
    {
        var isGrpc = endpoint.Metadata.Any(item => item.GetType().Name == "GrpcMethodMetadata") && endpoint.RoutePattern.RawText?.StartsWith("/wsus.", StringComparison.Ordinal) == true;
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? named : AllMethods;
        return isGrpc
            ? [new(HttpMethod.Post, endpoint.RoutePattern) { IsGrpc = true }]
            : methods.Where(method => method != "OPTIONS").Select(method => new FuzzRoute(new(method), endpoint.RoutePattern) { IsPage = endpoint.Metadata.Any(item => item.GetType().Name == "ComponentTypeMetadata") });
    }
}
