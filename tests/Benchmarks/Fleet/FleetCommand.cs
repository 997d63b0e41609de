using System.CommandLine;
using System.Globalization;
using WsusDashboard.Benchmarks.Fleet.Browsers;

namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>What a whole fleet costs the dashboard, and how soon a change on a server is seen: real processes, the real contract over TLS.</summary>
internal static class FleetCommand
{
    private const string Sqlite = "sqlite";
    private const string PostgreSql = "postgresql";

    private static readonly Option<int[]> Servers = new("--servers") { Description = "Servers; several numbers measure several times.", DefaultValueFactory = _ => [200, 1_000, 5_000], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Hubs = new("--hubs") { Description = "Dashboards. On PostgreSQL they share one database and the fleet, and the last is killed at the end; on SQLite each has a database and an equal part of the servers.", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> Outbound = new("--outbound") { Description = "The agents open the connections, as they do where they enrolled." };
    private static readonly Option<string[]> Databases = new("--database") { Description = "sqlite, postgresql or both.", DefaultValueFactory = _ => [Sqlite], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int[]> Pages = new("--pages") { Description = "Open fleet pages; several numbers measure one after the other.", DefaultValueFactory = _ => [1, 20], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Runs = new("--runs") { Description = "Runs, each with new processes and databases; medians are printed.", DefaultValueFactory = _ => 3 };
    private static readonly Option<int> WarmUp = new("--warm-up") { Description = "Seconds before each window.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> Seconds = new("--seconds") { Description = "Seconds of each window.", DefaultValueFactory = _ => 20 };
    private static readonly Option<bool> NoTrouble = new("--steady-only") { Description = "Leave out the windows with bad servers and with syncs." };
    private static readonly Option<bool> Page = new("--page") { Description = "Also measure the fleet page in Chromium." };

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        Databases.AcceptOnlyFromAmong(Sqlite, PostgreSql);
        var command = new RootCommand("Measures real dashboards over a swarm of agents in another process: each server changes once in five seconds, over TLS.") { Servers, Hubs, Outbound, Databases, Pages, Runs, WarmUp, Seconds, NoTrouble, Page };
        command.SetAction(async (parsed, token) =>
        {
            foreach (var database in parsed.GetValue(Databases)!)
            {
                foreach (var servers in parsed.GetValue(Servers)!)
                {
                    var options = new FleetOptions
                    {
                        Servers = servers,
                        Hubs = parsed.GetValue(Hubs),
                        IsOutbound = parsed.GetValue(Outbound),
                        IsPostgreSql = database == PostgreSql,
                        Pages = parsed.GetValue(Pages)!,
                        Runs = parsed.GetValue(Runs),
                        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(WarmUp)),
                        Window = TimeSpan.FromSeconds(parsed.GetValue(Seconds)),
                        WithTrouble = !parsed.GetValue(NoTrouble),
                        WithBrowser = parsed.GetValue(Page),
                    };
                    await MeasureAsync(options, output, token);
                }
            }

            return 0;
        });
        return await command.Parse(arguments).InvokeAsync(new() { Output = output.Results, Error = output.Progress, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    /// <summary>All runs of one fleet; the medians are written as tables.</summary>
    public static async Task<FleetResult> MeasureAsync(FleetOptions options, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var (starts, windows, browsers, growths, takeovers) = (new List<StartMeasure>(), new List<WindowMeasure>(), new List<BrowserMeasure>(), new List<double>(), new List<double>());
        var load = Machine.Load();
        for (var number = 1; number <= options.Runs; number++)
        {
            await output.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{options.Servers:N0} servers, {options.Database}, run {number} of {options.Runs}: load {Machine.Load():0.0}"));
            await using var run = await FleetRun.PrepareAsync(options, cancellationToken);
            await MeasureAsync(run, options, starts, windows, browsers, output.Progress, cancellationToken);
            growths.Add(run.DatabaseMegaBytesPerDay);
            if (options.IsShared)
            {
                takeovers.Add((await run.KillOneAsync(cancellationToken)).TotalSeconds);
            }
        }

        var result = new FleetResult(
            options,
            load,
            growths.Median(),
            [.. starts.GroupBy(start => start.Name).Select(group => StartMeasure.Median([.. group]))],
            [.. windows.GroupBy(window => (window.Condition, window.Pages)).Select(group => WindowMeasure.Median([.. group]))],
            [.. browsers.GroupBy(browser => browser.Name).Select(group => BrowserMeasure.Median([.. group]))],
            takeovers.Count > 0 ? takeovers.Median() : null);
        await FleetTables.WriteAsync(output.Results, result);
        return result;
    }

    private static async Task MeasureAsync(
        FleetRun run, FleetOptions options, List<StartMeasure> starts, List<WindowMeasure> windows, List<BrowserMeasure> browsers, TextWriter progress, CancellationToken cancellationToken)
    {
        starts.Add(await run.StartAsync(FleetRun.FirstStart, cancellationToken));

        // The history is on disk before the dashboards end, so that the second start begins with it.
        await Task.Delay(options.WarmUp, cancellationToken);
        await run.StopAsync();
        starts.Add(await run.StartAsync(FleetRun.Restart, cancellationToken));
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  links up after {starts[^2].SecondsToLinks:0.0} s, and {starts[^1].SecondsToLinks:0.0} s after a restart"));
        await run.SignInAsync(cancellationToken);
        foreach (var pages in options.Pages)
        {
            await run.OpenPagesAsync(pages, cancellationToken);
            await WindowAsync(FleetRun.Steady);
        }

        if (options.WithBrowser)
        {
            browsers.AddRange(await BrowserRun.MeasureAsync(run.Hub, run.Marker, options.Window, cancellationToken));
        }

        if (options.WithTrouble)
        {
            await WindowAsync(FleetRun.Syncing);
            await WindowAsync(FleetRun.Trouble);
        }

        async Task WindowAsync(string condition)
        {
            windows.Add(await run.MeasureAsync(condition, cancellationToken));
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {condition}, {windows[^1].Pages} pages: {windows[^1].HubProcessor:P0} of a core, {windows[^1].ResidentMegaBytes:0} MB, row {windows[^1].Row} ms"));
        }
    }
}

/// <summary>The medians of one fleet.</summary>
/// <param name="Options">What was measured.</param>
/// <param name="Load">Programs that wanted a processor before the first run, on the average of a minute.</param>
/// <param name="DatabaseMegaBytesPerDay">Growth of all databases.</param>
/// <param name="Starts">First start and restart.</param>
/// <param name="Windows">One a condition and number of pages.</param>
/// <param name="Browsers">Empty without Chromium.</param>
/// <param name="SecondsToTakeover">From the kill of one of several dashboards until every server is watched again; null where there is only one.</param>
internal sealed record FleetResult(FleetOptions Options, double Load, double DatabaseMegaBytesPerDay, IReadOnlyList<StartMeasure> Starts, IReadOnlyList<WindowMeasure> Windows, IReadOnlyList<BrowserMeasure> Browsers, double? SecondsToTakeover);
