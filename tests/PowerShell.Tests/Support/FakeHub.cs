using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.PowerShell.Tests.Support;

/// <summary>Answers as a dashboard does: the records are the product's own, written with its own JSON options.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Token = "wsd-the-token-of-these-tests-0123456789";

    private readonly Dictionary<string, Func<Request, IResult>> _answers = [];
    private LoopbackServer _server = null!;
    private bool _isDisposed;

    /// <summary>What was asked, in order, after the token was checked.</summary>
    public ConcurrentQueue<Request> Requests { get; } = new();

    public string Address => _server.Address;

    public static async Task<FakeHub> StartAsync(Action<ListenOptions>? listen = null)
    {
        var hub = new FakeHub();
        hub._server = await LoopbackServer.StartAsync(
            application => application.Run(hub.AnswerAsync),
            services => services.ConfigureHttpJsonOptions(options => JsonEnums.Configure(options.SerializerOptions)),
            listen);
        return hub.On("GET /servers", request => Page(request, Rows.Servers));
    }

    /// <summary>A page of rows, as the dashboard pages.</summary>
    public static IResult Page<T>(Request request, IReadOnlyList<T> rows)
    {
        var (page, size) = (int.Parse(request.Query("page") ?? "1", null), int.Parse(request.Query("pageSize") ?? "50", null));
        Assert.InRange(size, 1, 200);
        return Results.Ok(new Paged<T>([.. rows.Skip((page - 1) * size).Take(size)], rows.Count, page, size));
    }

    public static IResult Problem(int status, string detail) => Results.Problem(statusCode: status, title: "No", detail: detail);

    /// <param name="route">For example "GET /servers", below /api/v1.</param>
    public FakeHub On(string route, Func<Request, IResult> answer)
    {
        _answers[route] = answer;
        return this;
    }

    public FakeHub On(string route, object answer) => On(route, _ => Results.Ok(answer));

    /// <summary>Ends it; once more does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await _server.DisposeAsync();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var path = context.Request.Path.Value!;
        var request = new Request($"{context.Request.Method} {(path.StartsWith("/api/v1", StringComparison.Ordinal) ? path["/api/v1".Length..] : path)}", context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()), await reader.ReadToEndAsync(context.RequestAborted), context.Request.Headers.IfMatch.ToString());
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await Problem(401, $"Not valid: {context.Request.Headers.Authorization}").ExecuteAsync(context);
            return;
        }

        Requests.Enqueue(request);
        var answer = _answers.TryGetValue(request.Route, out var known) ? known(request) : Problem(404, $"There is no {request.Route}.");
        await answer.ExecuteAsync(context);
    }

    /// <param name="Route">Method and path below /api/v1.</param>
    internal sealed record Request(string Route, IReadOnlyDictionary<string, string> Asked, string Body, string IfMatch)
    {
        public string? Query(string name) => Asked.GetValueOrDefault(name);
    }
}
