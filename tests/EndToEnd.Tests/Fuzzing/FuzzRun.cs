using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing.Patterns;

namespace WsusDashboard.EndToEnd.Tests.Fuzzing;

/// <summary>Sends hostile requests to every route in turn and counts what comes back. It stops soon after the first fault, with what it takes to send it again.</summary>
internal sealed class FuzzRun(FuzzTarget target) : IDisposable
{
    private const int Callers = 32;
    private const int MostFailuresKept = 20;
    private const int LongestShownBody = 4_000;

    /// <summary>The smallest limit of a body in bytes, of the agent and of the dashboard's API: what is longer may be refused before it was read.</summary>
    private const int LargestBodyRead = 64 * 1024;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    // gRPC says its own kind of "500" in a trailer: unknown and internal.
    private static readonly string[] GrpcFaults = ["2", "13"];

    private readonly HttpClient _http = new(CreateHandler(target)) { Timeout = AnswerLimit };
    private readonly ConcurrentDictionary<string, long> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly IReadOnlyList<int> _turns = target.Turns;
    private readonly long[] _ticks = new long[target.Routes.Count];
    private readonly long[] _sent = new long[target.Routes.Count];

    /// <summary>How often each status was answered, "grpc 3" for one of gRPC.</summary>
    public IReadOnlyDictionary<string, long> Answers => _answers;

    /// <summary>Requests that were answered as a fault of the program, or not at all; the first few.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>The fewest requests that any route has had.</summary>
    public long FewestOfARoute => _sent.Min();

    /// <summary>Where the time went: the slowest routes.</summary>
    public IEnumerable<string> Slowest => target.Routes.Index()
        .Where(route => _sent[route.Index] > 0)
        .OrderByDescending(route => _ticks[route.Index])
        .Take(8)
        .Select(route => string.Create(CultureInfo.InvariantCulture, $"{route.Item}: {_sent[route.Index]} × {TimeSpan.FromTicks(_ticks[route.Index] / _sent[route.Index]).TotalMilliseconds:0.0} ms"));

    /// <summary>Sends this many requests, many at a time. The same seed sends the same.</summary>
    public Task SendAsync(int requests, int seed, CancellationToken cancellationToken)
    {
        var callers = Enumerable.Range(0, Callers).Select(caller => CallAsync((requests / Callers) + (caller < requests % Callers ? 1 : 0), caller, seed, cancellationToken));
        return Task.WhenAll(callers);
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(FuzzTarget target)
    {
        var handler = target.CreateHandler();
        (handler.AllowAutoRedirect, handler.UseCookies, handler.EnableMultipleHttp2Connections, handler.MaxConnectionsPerServer) = (false, false, true, Callers);
        return handler;
    }

    private async Task CallAsync(int requests, int caller, int seed, CancellationToken cancellationToken)
    {
        var input = new HostileInput((seed * Callers) + caller);
        var turn = _turns.Count * caller / Callers;
        for (var index = 0; index < requests && _failures.IsEmpty; index++)
        {
            var number = _turns[(index + turn) % _turns.Count];
            var route = target.Routes[number];
            var path = PathOf(route, input) + input.Query();
            using var request = Request(route, path, input);
            var startedAt = Stopwatch.GetTimestamp();
            var status = await SendAsync(route, request, cancellationToken);
            Interlocked.Add(ref _ticks[number], Stopwatch.GetElapsedTime(startedAt).Ticks);
            Interlocked.Increment(ref _sent[number]);
            _answers.AddOrUpdate(status, 1, (_, count) => count + 1);
            if (IsFault(status) && _failures.Count < MostFailuresKept)
            {
                _failures.Enqueue($"{status} · {route} · {path} · seed {seed}, caller {caller}, request {index} · {request.Headers.Authorization?.Parameter?.Length ?? 0} characters of token · {await ShowAsync(request.Content)}");
            }
        }
    }

    private static bool IsFault(string status) => status[0] is '5' or '!' || GrpcFaults.Any(fault => status == "grpc " + fault);

    private static async Task<string> ShowAsync(HttpContent? content)
    {
        if (content is null)
        {
            return "no body";
        }

        try
        {
            var body = await content.ReadAsByteArrayAsync();
            return $"{body.Length} bytes as base64: {Convert.ToBase64String(body.AsSpan(0, Math.Min(body.Length, LongestShownBody)))}";
        }
        catch (Exception exception) when (exception is ObjectDisposedException or InvalidOperationException)
        {
            return "a body that is gone";
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
        catch (HttpRequestException exception) when (IsRefusalInMidBody(request, exception))
        {
            // A body that is not read to its end takes the connection with it: it may be gone before the answer was read, or in the middle of it.
            return "closed";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return "! " + exception.Message;
        }
    }

    private static bool IsRefusalInMidBody(HttpRequestMessage request, HttpRequestException exception) =>
        exception.InnerException is IOException && (exception.Message.Contains("sending", StringComparison.Ordinal) || request.Content?.Headers.ContentLength > LargestBodyRead);

    private static string? GrpcStatus(HttpResponseMessage response) =>
        (response.TrailingHeaders.TryGetValues("grpc-status", out var trailing) ? trailing : response.Headers.TryGetValues("grpc-status", out var leading) ? leading : null)?.FirstOrDefault();

    private static ByteArrayContent Content(byte[] body, string mediaType) => new(body) { Headers = { ContentType = new(mediaType) } };

    /// <summary>What exists is not deleted: behind a server that is gone, every route is "not found".</summary>
    private string PathOf(FuzzRoute route, HostileInput input)
    {
        var known = route.Method == HttpMethod.Delete ? [] : target.KnownSegments;
        var segments = route.Pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            _ => input.Segment(known),
        })));
        return "/" + string.Join('/', segments);
    }
}
