using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using WsusDashboard.Benchmarks.Fleet.Hubs;

namespace WsusDashboard.Benchmarks.Fleet.Circuits;

/// <summary>A client of the live stream, as another program would be: it takes every message and looks when its changes were made.</summary>
internal sealed class OutsideClient : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly CancellationTokenSource _ended = new();
    private Task _reading = Task.CompletedTask;

    private OutsideClient(HubConnection connection) => _connection = connection;

    public static async Task<OutsideClient> OpenAsync(HubProcess hub, ChangeMarker marker, Latencies latencies, CancellationToken cancellationToken)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(hub.Address, "hubs/fleet"), options => options.AccessTokenProvider = () => Task.FromResult<string?>(hub.Token))
            .Build();
        await connection.StartAsync(cancellationToken);
        var client = new OutsideClient(connection);
        client._reading = client.ReadAsync(marker, latencies);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
        _ended.Dispose();
    }

    private async Task ReadAsync(ChangeMarker marker, Latencies latencies)
    {
        // A server comes again when something else of it changes: its number counts once.
        var seen = new Dictionary<int, long>();
        await foreach (var message in _connection.StreamAsync<JsonElement>("Watch", (string?)null, _ended.Token))
        {
            var isSnapshot = message.GetProperty("isSnapshot").GetBoolean();
            foreach (var server in message.GetProperty("changed").EnumerateArray())
            {
                if (Number(server) is { } number && seen.GetValueOrDefault(server.GetProperty("id").GetInt32()) != number)
                {
                    seen[server.GetProperty("id").GetInt32()] = number;
                    if (!isSnapshot && marker.AgeMilliseconds(number) is { } age)
                    {
                        latencies.Add(age);
                    }
                }
            }
        }
    }

    private static long? Number(JsonElement server) =>
        server.GetProperty("updates").TryGetProperty("wsus", out var updates) && updates.ValueKind == JsonValueKind.Number ? updates.GetInt64() : null;
}
