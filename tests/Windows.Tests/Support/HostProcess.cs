using System.Diagnostics;

namespace WsusDashboard.Windows.Tests.Support;

/// <summary>Runs a program of this machine to its end.</summary>
internal static class HostProcess
{
    /// <summary>Exit code and output, both streams in one.</summary>
    /// <remarks>The output goes through a file: what a program leaves running behind it inherits a pipe, and would hold it open for ever.</remarks>
    public static async Task<Outcome> RunAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string?> environment, TimeSpan limit, CancellationToken cancellationToken)
    {
        var output = Path.GetTempFileName();
        try
        {
            using var process = Start(["/bin/sh", "-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", output, .. command], environment);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(limit);
            try
            {
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{string.Join(' ', command)} did not end within {limit.TotalSeconds:0} s. Its output: {await File.ReadAllTextAsync(output, CancellationToken.None)}");
            }

            return new Outcome(process.ExitCode, await File.ReadAllTextAsync(output, cancellationToken));
        }
        finally
        {
            File.Delete(output);
        }
    }

    /// <summary>Starts a program and leaves it running; its standard input stays open until it is closed.</summary>
    public static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string?> environment, bool holdsInput = false)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false, RedirectStandardInput = holdsInput };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} could not be started.");
    }
}

/// <summary>How a program ended.</summary>
internal sealed record Outcome(int ExitCode, string Output)
{
    /// <summary>The output, where the program ended well.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}: {Output}");
        return Output;
    }
}
