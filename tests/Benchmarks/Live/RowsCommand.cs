using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Benchmarks.Live;

/// <summary>What repainting one changed row of the fleet's grid costs, in each of the tables that it could be made of.</summary>
internal static class RowsCommand
{
    private const int WarmUps = 100;

    private static readonly Option<int> Rows = new("--rows") { Description = "Visible rows.", DefaultValueFactory = _ => FleetQuery.MaximumPageSize };
    private static readonly Option<int> Changes = new("--changes") { Description = "Changes to measure, one row each.", DefaultValueFactory = _ => 500 };

    private static readonly (string Name, Type Grid, int? Servers)[] Grids =
    [
        ("a plain table around keyed rows (as before)", typeof(PlainTable), null),
        ("MudSimpleTable around keyed rows (the grid)", typeof(SimpleTable), null),
        ("MudDataGrid, all cells templates", typeof(DataGrid), null),
        ("the map of 5,000 servers of 60 sites", typeof(MapFace), 5_000),
    ];

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var command = new RootCommand("Measures the repaint of one changed row among those of one page.") { Rows, Changes };
        command.SetAction((parsed, token) => MeasureAllAsync(parsed.GetValue(Rows), parsed.GetValue(Changes), output, token));
        return await command.Parse(arguments).InvokeAsync(new() { Output = output.Results, Error = output.Progress, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    private static async Task<int> MeasureAllAsync(int rows, int changes, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        await using var fleet = await ChangingFleet.StartAsync(rows, cancellationToken);
        var live = fleet.Services.GetRequiredService<LiveFleet>();
        while (live.GetAll().Any(server => server.Assessment is null))
        {
            await Task.Delay(100, cancellationToken);
        }

        await output.Results.WriteLineAsync($"One of {rows} rows changes its health and its number of updates, {changes} times; {Environment.ProcessorCount} cores.");
        await output.Results.WriteLineAsync();
        await output.Results.WriteLineAsync("| grid | first rendering | its batch | one row, median | p95 | its batch | components rendered |");
        await output.Results.WriteLineAsync("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        var servers = live.GetAll();
        foreach (var (name, grid, count) in Grids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await output.Results.WriteLineAsync(await MeasureAsync(fleet, name, grid, count is { } many ? Multiply(servers, many) : [.. servers], changes));
        }

        return 0;
    }

    private static List<LiveServer> Multiply(IReadOnlyCollection<LiveServer> servers, int count)
    {
        List<LiveServer> known = [.. servers];
        return [.. Enumerable.Range(0, count).Select(number => known[number % known.Count] with { Id = number + 1, Name = $"S{number % 60:00}-WSUS{number:0000}", Site = $"S{number % 60:00}" })];
    }

    private static async Task<string> MeasureAsync(ChangingFleet fleet, string name, Type type, List<LiveServer> servers, int changes)
    {
        var clock = Stopwatch.StartNew();
        await using var page = await GridRenderer.OpenAsync(fleet.Services, type, servers);
        var (first, firstBytes) = (clock.Elapsed, page.TakeBatches().Bytes);
        var (times, bytes, components) = (new List<double>(), new List<double>(), new List<double>());
        for (var change = 0; change < WarmUps + changes; change++)
        {
            var index = change % servers.Count;
            servers[index] = servers[index] with { Status = servers[index].Status with { Updates = 1_000_000 + change, Health = servers[index].Status.Health == Health.Critical ? Health.Warning : Health.Critical }, Revision = servers[index].Revision + 1 };
            page.TakeBatches();
            var at = Stopwatch.GetTimestamp();
            await page.ShowAsync(servers, servers[index]);
            var taken = Stopwatch.GetElapsedTime(at).TotalMicroseconds;
            var batch = page.TakeBatches();
            if (batch.Components == 0)
            {
                throw new BenchmarkFailure($"{name}: the changed row wasn't rendered.");
            }

            if (change >= WarmUps)
            {
                times.Add(taken);
                bytes.Add(batch.Bytes);
                components.Add(batch.Components);
            }
        }

        times.Sort();
        bytes.Sort();
        components.Sort();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {first.TotalMilliseconds:0} ms | {firstBytes:N0} bytes | {times[times.Count / 2]:N0} µs | {times[(int)((times.Count - 1) * 0.95)]:N0} µs | {bytes[bytes.Count / 2]:N0} bytes | {components[components.Count / 2]:N0} |");
    }
}
