using System.CommandLine;

namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>What the agent costs on a server, beside two agents that people know.</summary>
internal static class FootprintCommand
{
    private static readonly Option<int> Rounds = Number("--rounds", 3, 1, 50, "Fresh starts of every program; the table shows medians.");
    private static readonly Option<int> Settle = Number("--settle", 30, 0, 3600, "Seconds after the start that don't count.");
    private static readonly Option<int> Seconds = Number("--seconds", 60, 15, 86400, "Seconds to measure in each round.");
    private static readonly Option<string> Only = new("--only") { Description = "Measure only programs whose name contains this.", DefaultValueFactory = _ => "" };

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var command = new RootCommand("Measures resident memory, CPU, network traffic, start-up time and disk use of the idle agent. Linux only.") { Rounds, Settle, Seconds, Only };
        command.SetAction((parsed, token) => MeasureAsync(
            new FootprintOptions(parsed.GetValue(Rounds), parsed.GetValue(Settle), parsed.GetValue(Seconds), parsed.GetValue(Only)!), output, token));
        return await command.Parse(arguments).InvokeAsync(new() { Output = output.Results, Error = output.Progress, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    private static async Task<int> MeasureAsync(FootprintOptions options, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchmarkFailure("The footprint can only be measured on Linux, because memory and processor time are read from /proc.");
        }

        var folder = Directory.CreateTempSubdirectory("wsusdashboard-footprint-");
        try
        {
            List<Subject> subjects = [];
            List<string> passedOver = [];
            foreach (var subject in AllSubjects(folder.FullName).Where(subject => subject.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
            {
                if (await subject.PrepareAsync(output.Progress, cancellationToken) is { } reason)
                {
                    await output.Progress.WriteLineAsync(reason);
                    passedOver.Add(reason);
                }
                else
                {
                    subjects.Add(subject);
                }
            }

            if (subjects.Count == 0)
            {
                throw new BenchmarkFailure("There is nothing to measure here.");
            }

            var before = LoadAverage();
            var results = await new FootprintRun(options, output.Progress, folder.FullName).MeasureAsync(subjects, cancellationToken);
            await FootprintTable.WriteAsync(output.Results, results, passedOver, options, $"{before} before, {LoadAverage()} after");
            return passedOver.Count == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Subject[] AllSubjects(string folder) => [new AgentSubject(folder), ScrapedSubject.NodeExporter(), ScrapedSubject.Netdata()];

    private static string LoadAverage() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    private static Option<int> Number(string name, int standard, int least, int most, string description)
    {
        var option = new Option<int>(name) { Description = $"{description} {least} to {most}.", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError($"{name} is {value}; allowed are {least} to {most}.");
            }
        });
        return option;
    }
}
