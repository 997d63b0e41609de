using WsusDashboard.Benchmarks;
using WsusDashboard.Benchmarks.Diagnosis;
using WsusDashboard.Benchmarks.Fleet;
using WsusDashboard.Benchmarks.Fleet.Swarm;
using WsusDashboard.Benchmarks.Footprint;
using WsusDashboard.Benchmarks.Handshakes;
using WsusDashboard.Benchmarks.History;
using WsusDashboard.Benchmarks.Live;
using WsusDashboard.Benchmarks.Logs;

// Each command measures one of the targets in README.md.
BenchmarkCommand[] commands =
[
    new("diagnosis", "how often the first named cause of a failed sync is right, on public cases and our own, and how long an assessment takes: diagnosis [--list-work]", DiagnosisCommand.RunAsync),
    new("footprint", "memory, CPU, network traffic, start-up time and disk use of an idle agent, compared with two well-known agents (Linux)", FootprintCommand.RunAsync),
    new("logs", "speed and memory of reading a gigabyte of logs, both line formats: logs [megabytes [real logs…]]", LogsCommand.RunAsync),
    new("handshakes", "time until an agent has answered over a new TLS connection with a key on both sides: handshakes [count]", HandshakesCommand.RunAsync),
    new("history", "size of years of history, and the time every chart over it takes, in SQLite and in PostgreSQL", HistoryCommand.RunAsync),
    new("live", "CPU, allocations, SQL and time to the rendered row, for open fleet pages while servers change once a second", LiveCommand.RunAsync),
    new("rows", "time and bytes to repaint one changed row of the fleet's grid, in three kinds of table", RowsCommand.RunAsync),
    new("fleet", "real dashboards over a swarm of agents: CPU, memory, network traffic, time from a change to its row, client and pixel", FleetCommand.RunAsync),
    new(SwarmCommand.Name, "the agents of \"fleet\", which starts them itself", SwarmCommand.RunAsync),
];

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

return await BenchmarkCommand.RunAsync(commands, args, new BenchmarkOutput(Console.Out, Console.Error), interrupted.Token);
