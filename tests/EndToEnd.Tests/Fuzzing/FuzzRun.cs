using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing.Patterns;

namespace WsusDashboard.EndToEnd.Tests.Fuzzing;

/// <summary>Sends hostile requests to every route in turn and counts what comes back.</summary>
internal sealed class FuzzRun(FuzzTarget target) : IDisposable
{
    private const int Callers = 8;
    private const int MostFailuresKept = 20;

    // gRPC says its own kind of "500" in a trailer: unknown and internal.
    private static readonly string[] GrpcFaults = ["2", "13"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, EnableMultipleHttp2Connections = true }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly ConcurrentDictionary<string, long> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();

    /// <summary>How often each status was answered, "grpc 3" for one of gRPC.</summary>
    public IReadOnlyDictionary<string, long> Answers => _answers;

    /// <summary>Requests that were answered as a fault of the program, or not at all; the first few.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Sends this many requests, eight at a time. The same seed sends the same.</summary>
    public Task SendAsync(int requests, int seed, CancellationToken cancellationToken)
    {
        var callers = Enumerable.Range(0, Callers).Select(caller => CallAsync(requests / Callers, caller, new HostileInput(seed * Callers + caller), cancellationToken));
        return Task.WhenAll(callers);
    }

    public void Dispose() => _http.Dispose();

    private async Task CallAsync(int requests, int caller, HostileInput input, CancellationToken cancellationToken)
    {
        for (var index = 0; index < requests; index++)
        {
            var route = target.Routes[(index + caller) % target.Routes.Count];
            var path = PathOf(route.Pattern, input) + input.Query();
            using var request = Request(route, path, input);
            var status = await SendAsync(route, request, cancellationToken);
            _answers.AddOrUpdate(status, 1, (_, count) => count + 1);
            if ((status.StartsWith('5') || status.StartsWith('!') || GrpcFaults.Any(fault => status == "grpc " + fault)) && _failures.Count < MostFailuresKept)
            {
                _failures.Enqueue($"{status} · {route} · {path}");
            }
        }
    }

    private HttpRequestMessage Request(FuzzRoute route, string path, HostileInput input)
    {
        var request = new HttpRequestMessage(route.Method, new Uri(target.Address.GetLeftPart(UriPartial.Authority) + path));
        switch (input.Next(6))
        {
            case 0:
                break;
            case 1:
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer a-wrong-token-of-nobody");
                break;
            default:
                request.Headers.Authorization = target.Authorization;
                break;
        }

        if (route.IsGrpc)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            request.Content = Content(input.GrpcFrame(), "application/grpc");
        }
        else if (route.Method != HttpMethod.Get || input.Next(20) == 0)
        {
            request.Content = Content(input.Json(), input.Next(15) == 0 ? "text/plain" : "application/json");
        }

        return request;
    }

    private async Task<string> SendAsync(FuzzRoute route, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!route.IsStream)
            {
                await response.Content.CopyToAsync(Stream.Null, cancellationToken);
            }

            return route.IsGrpc && response.StatusCode == HttpStatusCode.OK && GrpcStatus(response) is { } grpc
                ? "grpc " + grpc
                : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException exception) when (IsRefusalInMidBody(exception))
        {
            // A body over the limit is not read to its end: the connection may be gone before the answer was read.
            return "closed";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return "! " + exception.Message;
        }
    }

    private static bool IsRefusalInMidBody(HttpRequestException exception) => exception.InnerException is IOException && exception.Message.Contains("sending", StringComparison.Ordinal);

    private static string? GrpcStatus(HttpResponseMessage response) =>
        (response.TrailingHeaders.TryGetValues("grpc-status", out var trailing) ? trailing : response.Headers.TryGetValues("grpc-status", out var leading) ? leading : null)?.FirstOrDefault();

    private static ByteArrayContent Content(byte[] body, string mediaType) => new(body) { Headers = { ContentType = new(mediaType) } };

    private string PathOf(RoutePattern pattern, HostileInput input)
    {
        var segments = pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            _ => input.Segment(target.KnownSegments),
        })));
        return "/" + string.Join('/', segments);
    }
}
