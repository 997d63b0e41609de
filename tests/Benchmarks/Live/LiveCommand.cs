using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace WsusDashboard.Benchmarks.Live;

/// <summary>What open fleet pages cost while every server changes once a second, and how soon a change is rendered.</summary>
internal static class LiveCommand
{
    private const double MegaByte = 1024 * 1024;

    private static readonly Option<int[]> Servers = new("--servers") { Description = "Servers in memory. Several numbers run several measurements.", DefaultValueFactory = _ => [200, 1_000], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Pages = new("--pages") { Description = "Number of open fleet pages.", DefaultValueFactory = _ => 20 };
    private static readonly Option<int> WarmUp = new("--warm-up") { Description = "Warm-up before the measurement, in seconds.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> Seconds = new("--seconds") { Description = "Length of the measurement, in seconds.", DefaultValueFactory = _ => 20 };

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var command = new RootCommand("Measures open fleet pages while servers change once a second, with a SQLite database in a temporary folder.") { Servers, Pages, WarmUp, Seconds };
        command.SetAction((parsed, token) => MeasureAllAsync(
            parsed.GetValue(Servers)!, parsed.GetValue(Pages), TimeSpan.FromSeconds(parsed.GetValue(WarmUp)), TimeSpan.FromSeconds(parsed.GetValue(Seconds)), output, token));
        return await command.Parse(arguments).InvokeAsync(new() { Output = output.Results, Error = output.Progress, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    private static async Task<int> MeasureAllAsync(int[] fleets, int pages, TimeSpan warmUp, TimeSpan length, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        await output.Results.WriteLineAsync($"Every server changes once a second; {Environment.ProcessorCount} cores; {length.TotalSeconds:0} s after {warmUp.TotalSeconds:0} s of warm-up.");
        await output.Results.WriteLineAsync();
        await output.Results.WriteLineAsync("| servers | open pages | CPU, of one core | allocated a second | change → rendered, median | p95 | rendered a second | SQL statements a second | of which reads |");
        await output.Results.WriteLineAsync("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var servers in fleets)
        {
            // Without a page: what taking in and storing the changes costs by itself.
            foreach (var opened in new[] { 0, pages }.Distinct())
            {
                await output.Progress.WriteLineAsync($"{servers} servers, {opened} pages");
                await output.Results.WriteLineAsync(await MeasureAsync(servers, opened, warmUp, length, cancellationToken));
            }
        }

        return 0;
    }

    private static async Task<string> MeasureAsync(int servers, int pages, TimeSpan warmUp, TimeSpan length, CancellationToken cancellationToken)
    {
        await using var fleet = await ChangingFleet.StartAsync(servers, cancellationToken);
        using var statements = SqlStatements.Count();
        var views = new List<OpenPage>();
        try
        {
            for (var page = 0; page < pages; page++)
            {
                views.Add(await OpenPage.OpenAsync(fleet, page));
            }

            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var changing = fleet.ChangeAsync(ended.Token);
            await Task.Delay(warmUp, cancellationToken);

            views.ForEach(view => view.TakeLatencies());
            statements.Take();
            var (processor, allocated, clock) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
            await Task.Delay(length, cancellationToken);
            var seconds = clock.Elapsed.TotalSeconds;
            var share = (Environment.CpuUsage.TotalTime - processor).TotalSeconds / seconds;
            var bytes = (GC.GetTotalAllocatedBytes() - allocated) / seconds;
            var (all, reads) = statements.Take();
            List<double> latencies = [.. views.SelectMany(view => view.TakeLatencies()).Order()];
            await ended.CancelAsync();
            await changing;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {servers:N0} | {pages} | {share:P0} | {bytes / MegaByte:0} MB | {At(latencies, 0.5)} | {At(latencies, 0.95)} | {latencies.Count / seconds:N0} | {all / seconds:0.0} | {reads / seconds:0.0} |");
        }
        finally
        {
            foreach (var view in views)
            {
                await view.DisposeAsync();
            }
        }
    }

    private static string At(List<double> ordered, double share) =>
        ordered.Count == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{ordered[(int)((ordered.Count - 1) * share)]:0} ms");
}
