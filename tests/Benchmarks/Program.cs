using WsusDashboard.Benchmarks;
using WsusDashboard.Benchmarks.Footprint;
using WsusDashboard.Benchmarks.History;
using WsusDashboard.Benchmarks.Live;
using WsusDashboard.Benchmarks.Logs;

// Each command measures one of the targets in README.md; "bench" runs the classes of BenchmarkDotNet.
BenchmarkCommand[] commands =
[
    new("footprint", "memory, processor, wire, start-up and disk of an idle agent, beside two known agents (Linux)", FootprintCommand.RunAsync),
    new("logs", "speed and memory of reading a gigabyte of logs, both line formats: logs [megabytes [real logs…]]", LogsCommand.RunAsync),
    new("history", "size of years of history, and the time of every chart over it, in SQLite and in PostgreSQL", HistoryCommand.RunAsync),
    new("live", "CPU, allocations, SQL and time to the rendered row of open fleet pages over servers that change once a second", LiveCommand.RunAsync),
    new("bench", "BenchmarkDotNet classes: bench --list flat, bench --filter '*Name*'", ClassBenchmarks.RunAsync),
];

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

return await BenchmarkCommand.RunAsync(commands, args, new BenchmarkOutput(Console.Out, Console.Error), interrupted.Token);
