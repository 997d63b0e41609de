using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows;

/// <summary>Starts a program of the closed list by its full path, without a shell and without arguments.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcessRunner : IProcessRunner
{
    public string? Find(AllowedProgram program) => PathOf(program) is var path && File.Exists(path) ? path : null;

    public async Task<ProcessResult> RunAsync(AllowedProgram program, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var path = PathOf(program);
        using var process = Start(path);
        var output = new BoundedOutput();
        process.OutputDataReceived += (_, line) => output.Append(line.Data);
        process.ErrorDataReceived += (_, line) => output.Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new EdgeException(
                ReadFailure.TimedOut, $"{path} did not end within {timeLimit.TotalSeconds:0} s and was ended. Its output so far: {output}");
        }

        return new ProcessResult(process.ExitCode, output.ToString());
    }

    private static Process Start(string path)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(path)
            {
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }) ?? throw new EdgeException(ReadFailure.Other, $"{path} could not be started.");
        }
        catch (Win32Exception exception)
        {
            throw WindowsFailures.Translate($"{path} could not be started", exception);
        }
    }

    private static string PathOf(AllowedProgram program) => program switch
    {
        AllowedProgram.IisReset => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.System), "iisreset.exe"),
        _ => throw new ArgumentOutOfRangeException(nameof(program), program, "Not in the list of programs that an agent may start."),
    };
}
