using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Benchmarks.History;

/// <summary>Size on disk of years of history, and the time of every chart over it, in both databases.</summary>
internal static class HistoryCommand
{
    private const double MegaByte = 1024 * 1024;

    private static readonly Option<int> Runs = Number("--runs", 3_000_000, "Number of syncs of all servers.");
    private static readonly Option<int> Servers = Number("--servers", 1_000, "Number of servers.");
    private static readonly Option<int> Days = Number("--days", 1_095, "Days of syncs.");
    private static readonly Option<int> SampleDays = Number("--sample-days", 365, "Days of samples.");
    private static readonly Option<int> Turns = Number("--turns", 9, "How often to run each query; the table shows medians.");
    private static readonly Option<string> Only = new("--only") { Description = "sqlite or postgresql; without it, both.", DefaultValueFactory = _ => "" };

    private static readonly Option<bool> Prune = new("--prune") { Description = "Afterwards deletes thirty days as the nightly job does, while syncs are stored, and measures how long those wait." };

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var command = new RootCommand("Creates years of history in SQLite and in PostgreSQL and measures every chart over it.") { Runs, Servers, Days, SampleDays, Turns, Only, Prune };
        command.SetAction((parsed, token) => MeasureAsync(
            new(parsed.GetValue(Runs), parsed.GetValue(Servers), parsed.GetValue(Days), parsed.GetValue(SampleDays), parsed.GetValue(Turns), parsed.GetValue(Only)!, parsed.GetValue(Prune)), output, token));
        return await command.Parse(arguments).InvokeAsync(new() { Output = output.Results, Error = output.Progress, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    private static Option<int> Number(string name, int standard, string description) => new(name) { Description = description, DefaultValueFactory = _ => standard };

    private static async Task<int> MeasureAsync(HistoryOptions options, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        List<HistoryResult> results = [];
        if (options.Only is "" or "sqlite")
        {
            using var database = HistoryDatabase.OnSqlite();
            results.Add(await MeasureAsync(database, options, output.Progress, cancellationToken));
        }

        if (options.Only is "" or "postgresql")
        {
            if (PostgresCluster.FindObstacle() is { } obstacle)
            {
                throw new BenchmarkFailure(obstacle);
            }

            using var database = HistoryDatabase.OnPostgreSql();
            results.Add(await MeasureAsync(database, options, output.Progress, cancellationToken));
        }

        await WriteAsync(output.Results, options, results);
        return 0;
    }

    private static async Task<HistoryResult> MeasureAsync(HistoryDatabase database, HistoryOptions options, TextWriter progress, CancellationToken cancellationToken)
    {
        var sizes = new List<(string Part, double MegaBytes)>();
        var clock = Stopwatch.StartNew();
        var maker = new HistoryMaker(options);
        await using (var context = database.CreateDbContext())
        {
            context.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
            await context.Database.MigrateAsync(cancellationToken);
            await using (var security = ((IDbContextFactory<SecurityContext>)database).CreateDbContext())
            {
                await security.Database.MigrateAsync(cancellationToken);
            }

            await maker.MakeServersAsync(context, cancellationToken);
            await context.Database.OpenConnectionAsync(cancellationToken);
            var connection = context.Database.GetDbConnection();
            await StepAsync("runs and their roll-up", () => maker.MakeRunsAsync(connection, cancellationToken));
            await StepAsync("samples", () => maker.MakeSamplesAsync(connection, cancellationToken));
            await StepAsync("changes, events and repairs", () => maker.MakeChangesAsync(connection, cancellationToken));
        }

        await database.SettleAsync(cancellationToken);
        var times = new List<(string Chart, double Fresh, double Cold, double Warm)>();
        foreach (var chart in new HistoryCharts(database, options).All())
        {
            // The code is warm after this, the database's connection is not: nothing but its pages in the system's cache is kept from one turn to the next.
            await chart.AskAsync(cancellationToken);
            var fresh = await MedianAsync(
                chart,
                options.Turns,
                () =>
                {
                    HistoryDatabase.CloseConnections();
                    return Task.CompletedTask;
                },
                cancellationToken);
            var cold = await MedianAsync(chart, options.Turns, () => database.ForgetConnectionsAsync(cancellationToken), cancellationToken);
            var warm = await MedianAsync(chart, options.Turns, () => Task.CompletedTask, cancellationToken);
            times.Add((chart.Name, fresh, cold, warm));
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{database.Name}: {chart.Name}: new connection {fresh:0} ms, cold {cold:0} ms, warm {warm:0} ms"));
        }

        var pruning = options.Prune ? await new HistoryPruning(database, options).MeasureAsync(cancellationToken) : null;
        return new(database.Name, sizes, times, pruning);

        async Task StepAsync(string part, Func<Task> makeAsync)
        {
            var before = await database.SizeAsync(cancellationToken);
            await makeAsync();
            sizes.Add((part, (await database.SizeAsync(cancellationToken) - before) / MegaByte));
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{database.Name}: {part} created after {clock.Elapsed.TotalSeconds:0} s: {sizes[^1].MegaBytes:0} MB"));
        }
    }

    private static async Task<double> MedianAsync(HistoryChart chart, int turns, Func<Task> prepareAsync, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var turn = 0; turn < turns; turn++)
        {
            await prepareAsync();
            var clock = Stopwatch.StartNew();
            await chart.AskAsync(cancellationToken);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private static async Task WriteAsync(TextWriter output, HistoryOptions options, List<HistoryResult> results)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{options.Servers:N0} servers, {options.Runs:N0} syncs in {options.Days} days, samples of {options.SampleDays} days; {Environment.ProcessorCount} cores. Medians of {options.Turns} runs."));
        await output.WriteLineAsync();
        await RowAsync("on disk", results, result => result.Database);
        await RowAsync("---", results, _ => "---:");
        for (var part = 0; part < results[0].Sizes.Count; part++)
        {
            var index = part;
            await RowAsync(results[0].Sizes[part].Part, results, result => string.Create(CultureInfo.InvariantCulture, $"{result.Sizes[index].MegaBytes:N0} MB"));
        }

        await RowAsync("all", results, result => string.Create(CultureInfo.InvariantCulture, $"{result.Sizes.Sum(size => size.MegaBytes):N0} MB"));
        await output.WriteLineAsync();
        await RowAsync("question", results, result => $"{result.Database}, new connection | cold | warm");
        await RowAsync("---", results, _ => "---: | ---: | ---:");
        for (var chart = 0; chart < results[0].Times.Count; chart++)
        {
            var index = chart;
            await RowAsync(results[0].Times[chart].Chart, results, result => string.Create(CultureInfo.InvariantCulture, $"{result.Times[index].Fresh:0} ms | {result.Times[index].Cold:0} ms | {result.Times[index].Warm:0} ms"));
        }

        if (options.Prune)
        {
            await output.WriteLineAsync();
            await output.WriteLineAsync("| storing a sync | p50 / p95 / p99, ms | longest, ms | syncs |");
            await output.WriteLineAsync("| --- | ---: | ---: | ---: |");
            foreach (var (database, pruning) in results.Select(result => (result.Database, result.Pruning!)))
            {
                await StoringRowAsync($"{database}, alone", pruning.Without, pruning.LongestWithout);
                await StoringRowAsync($"{database}, beside the deletion", pruning.Beside, pruning.LongestBeside);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {database}: {pruning.Said} {pruning.Took.TotalSeconds:0.0} s | | | |"));
            }
        }

        Task StoringRowAsync(string what, Fleet.Percentiles times, double longest) =>
            output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {what} | {times.Half:0.0} / {times.P95:0.0} / {times.P99:0.0} | {longest:0} | {times.Count:N0} |"));

        Task RowAsync(string first, List<HistoryResult> columns, Func<HistoryResult, string> cell) => output.WriteLineAsync($"| {first} | {string.Join(" | ", columns.Select(cell))} |");
    }

    private sealed record HistoryResult(string Database, List<(string Part, double MegaBytes)> Sizes, List<(string Chart, double Fresh, double Cold, double Warm)> Times, PruningResult? Pruning);
}
