namespace WsusDashboard.Benchmarks;

/// <summary>Where a measurement writes: results on standard output, what it does meanwhile on standard error, so that the results can be redirected.</summary>
internal sealed record BenchmarkOutput(TextWriter Results, TextWriter Progress);

/// <summary>One measurement that a person starts by its name.</summary>
/// <param name="Name">The first word of the command line.</param>
/// <param name="Summary">One line for the list of commands.</param>
/// <param name="Run">Measures with the other words of the command line, and returns the exit code.</param>
internal sealed record BenchmarkCommand(string Name, string Summary, Func<string[], BenchmarkOutput, CancellationToken, Task<int>> Run)
{
    private const int WrongCommandLine = 2;

    /// <summary>Runs the command that the first word names; without one that is known, lists them.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<BenchmarkCommand> commands, string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var wanted = arguments.FirstOrDefault();
        if (commands.FirstOrDefault(command => command.Name == wanted) is not { } found)
        {
            await ListAsync(commands, wanted, output.Progress);
            return WrongCommandLine;
        }

        try
        {
            return await found.Run(arguments[1..], output, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await output.Progress.WriteLineAsync("Stopped by Ctrl+C.");
            return 1;
        }
        catch (BenchmarkFailure failure)
        {
            await output.Progress.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    private static async Task ListAsync(IReadOnlyList<BenchmarkCommand> commands, string? wanted, TextWriter output)
    {
        await output.WriteLineAsync(wanted is null ? "Choose a benchmark:" : $"\"{wanted}\" isn't a benchmark. Choose one of these:");
        foreach (var command in commands)
        {
            await output.WriteLineAsync($"  {command.Name,-12}{command.Summary}");
        }

        await output.WriteLineAsync("For example: dotnet run -c Release --project tests/Benchmarks -- live");
    }
}

/// <summary>A measurement cannot be made; the message is for a person.</summary>
internal sealed class BenchmarkFailure(string message, Exception? inner = null) : Exception(message, inner);
