using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>A REST API as a script uses it: plain JSON, no types of the product.</summary>
public sealed class RestClient : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    /// <summary>That of a dashboard.</summary>
    public RestClient(Uri address, string? token = null) =>
        _http = new() { BaseAddress = address, Timeout = AnswerLimit, DefaultRequestHeaders = { Authorization = token is null ? null : new("Bearer", token) } };

    /// <summary>That of an agent, over the local channel of its server.</summary>
    public RestClient(SimulatedServer server) =>
        _http = new(LocalChannel.CreateHandler(server.Files.AgentData)) { BaseAddress = LocalChannel.Address, Timeout = AnswerLimit };

    public Task<JsonElement> GetAsync(string path) => _http.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    public async Task<(HttpStatusCode Status, JsonElement Body, Uri? Location)> PostAsync(string path, object? body = null)
    {
        using var response = await _http.PostAsJsonAsync(path, body ?? new { }, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text), response.Headers.Location);
    }

    /// <summary>The answer as it is, also where it is a refusal.</summary>
    public async Task<(HttpStatusCode Status, string Text)> ReadAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<HttpStatusCode> DeleteAsync(string path)
    {
        using var response = await _http.DeleteAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>The server with this name, once the dashboard knows its state.</summary>
    public async Task<JsonElement> ServerAsync(string name)
    {
        var page = await Eventually.Async(() => GetAsync($"/api/v1/servers?pageSize=200&search={Uri.EscapeDataString(name)}"),
            answer => answer.GetProperty("items").EnumerateArray().Any(item => item.Text("name") == name && item.Text("health") != "unknown"));
        return page.GetProperty("items").EnumerateArray().Single(item => item.Text("name") == name);
    }

    /// <summary>The repair at this address, once it has ended.</summary>
    public Task<JsonElement> EndOfRunAsync(string path) =>
        Eventually.Async(async () => (await GetAsync(path)).GetProperty("repair"), run => run.Text("state") is "succeeded" or "failed" or "cancelled" or "rolledBack" or "notProven", limit: TimeSpan.FromMinutes(5));

    public void Dispose() => _http.Dispose();
}

/// <summary>Short forms for reading JSON.</summary>
internal static class JsonReading
{
    /// <summary>The text of a property, "" where it is null.</summary>
    public static string Text(this JsonElement element, params string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return "";
            }
        }

        return element.ValueKind == JsonValueKind.Null ? "" : element.ToString();
    }

    /// <summary>The number of a property, or null.</summary>
    public static long? Number(this JsonElement element, params string[] path) =>
        long.TryParse(element.Text(path), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
