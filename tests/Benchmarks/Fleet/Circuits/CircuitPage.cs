using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WsusDashboard.Benchmarks.Fleet.Hubs;

namespace WsusDashboard.Benchmarks.Fleet.Circuits;

/// <summary>
/// An open page without a browser: the page is read over HTTP, its circuit is opened as blazor.web.js opens it, every render batch is taken, looked at and
/// acknowledged, and calls of JavaScript are answered. The dashboard does all the work that it does for a browser.
/// </summary>
internal sealed partial class CircuitPage : IAsyncDisposable
{
    private const string TimeZone = "Europe/Zurich";
    private static readonly TimeSpan OpenLimit = TimeSpan.FromMinutes(1);

    private readonly HubConnection _connection;
    private readonly ChangeMarker _marker;
    private readonly Latencies _latencies;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;
    private long _batches;

    private CircuitPage(HubConnection connection, ChangeMarker marker, Latencies latencies) => (_connection, _marker, _latencies) = (connection, marker, latencies);

    /// <summary>Of render batches.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public long Batches => Interlocked.Read(ref _batches);

    /// <param name="hub">A dashboard that its browser is signed in to.</param>
    /// <param name="path">Address of the page, for example "?page=2".</param>
    /// <param name="marker">Finds the changes in what is rendered.</param>
    /// <param name="latencies">Takes how old each change was when its row came.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<CircuitPage> OpenAsync(HubProcess hub, string path, ChangeMarker marker, Latencies latencies, CancellationToken cancellationToken)
    {
        var location = new Uri(hub.Address, path);
        var html = await hub.Browser.GetStringAsync(location, cancellationToken);
        var builder = new HubConnectionBuilder().WithUrl(new Uri(hub.Address, "_blazor"), options => options.Cookies = hub.Cookies);
        builder.Services.RemoveAll<IHubProtocol>().AddSingleton<IHubProtocol, BlazorPackProtocol>();
        var page = new CircuitPage(builder.Build(), marker, latencies);
        await page.StartAsync(hub.Address, location, html, cancellationToken);
        return page;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task StartAsync(Uri site, Uri location, string html, CancellationToken cancellationToken)
    {
        _connection.On<long, byte[]>("JS.RenderBatch", TakeBatchAsync);
        _connection.On<long, string, string, int, long, int>("JS.BeginInvokeJS", (task, name, _, resultType, _, _) => AnswerAsync(task, name, resultType));
        _connection.On<int, string>("JS.AttachComponent", (_, _) => { });
        _connection.On<long>("JS.EndUpdateRootComponents", _ => { });
        _connection.On<string, bool, string>("JS.EndInvokeDotNet", (_, _, _) => { });
        _connection.On<string>("JS.Error", error => _opened.TrySetException(new BenchmarkFailure($"A circuit ended: {error}")));
        _connection.Closed += exception =>
        {
            _opened.TrySetException(exception ?? new IOException("The circuit's connection was closed."));
            return Task.CompletedTask;
        };
        await _connection.StartAsync(cancellationToken);
        var state = State().Match(html) is { Success: true } found ? found.Groups["state"].Value : "";
        var circuit = await _connection.InvokeAsync<string?>("StartCircuit", site.ToString(), location.ToString(), "[]", state, cancellationToken);
        if (circuit is null)
        {
            throw new BenchmarkFailure($"The dashboard refused a circuit for {location}.");
        }

        await _connection.SendAsync("UpdateRootComponents", ReadComponents(html), state, cancellationToken);
        await _opened.Task.WaitAsync(OpenLimit, cancellationToken);
    }

    private async Task TakeBatchAsync(long id, byte[] batch)
    {
        foreach (var text in RenderBatchTexts.Read(batch))
        {
            if (_marker.AgeMilliseconds(text) is { } age)
            {
                _latencies.Add(age);
            }
        }

        Interlocked.Add(ref _bytes, batch.Length);
        Interlocked.Increment(ref _batches);
        _opened.TrySetResult();
        await _connection.SendAsync("OnRenderCompleted", id, (string?)null);
    }

    /// <summary>A module is an object with a number, the browser's time zone is a text, and all else answers nothing.</summary>
    private async Task AnswerAsync(long task, string name, int resultType)
    {
        if (task != 0)
        {
            JsonNode? result = resultType == 1 ? new JsonObject { ["__jsObjectId"] = 1 } : name == "start" ? JsonValue.Create(TimeZone) : null;
            await _connection.SendAsync("EndInvokeJSFromDotNet", task, true, new JsonArray(task, true, result).ToJsonString());
        }
    }

    /// <summary>What stands in the page's comments about its interactive components, as blazor.web.js hands it back.</summary>
    private static string ReadComponents(string html)
    {
        var operations = new JsonArray();
        foreach (Match comment in Component().Matches(html))
        {
            // The comment that closes a component names it again, with nothing else.
            if (JsonNode.Parse(comment.Groups["json"].Value) is JsonObject marker && marker.ContainsKey("type"))
            {
                operations.Add(new JsonObject { ["type"] = "add", ["ssrComponentId"] = operations.Count + 1, ["marker"] = marker });
            }
        }

        return operations.Count > 0
            ? new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString()
            : throw new BenchmarkFailure("The page has no interactive component: is nobody signed in?");
    }

    [GeneratedRegex(@"<!--Blazor:(?<json>\{.*?\})-->", RegexOptions.NonBacktracking)]
    private static partial Regex Component();

    [GeneratedRegex(@"<!--Blazor-Server-Component-State:(?<state>[a-zA-Z0-9+/=]+)-->", RegexOptions.NonBacktracking)]
    private static partial Regex State();
}
