using System.Diagnostics;
using System.Globalization;

namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>A program that this benchmark started, and ends again.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly Task<string> _output;

    private ChildProcess(Process process)
    {
        _process = process;
        (_output, _error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public static ChildProcess Start(LaunchPlan plan)
    {
        var start = new ProcessStartInfo(plan.Program, plan.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in plan.Environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start) ?? throw new BenchmarkFailure($"{plan.Program} could not be started."));
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await using var child = Start(new LaunchPlan(program, arguments));
        await child._process.WaitForExitAsync(cancellationToken);
        return (child._process.ExitCode, await child.ReadOutputAsync());
    }

    /// <summary>All that it printed, once it has ended.</summary>
    public async Task<string> ReadOutputAsync() => string.Concat(await _output, await _error).Trim();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Asked first: an agent with plug-ins ends them itself.
            using var ask = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }
}
