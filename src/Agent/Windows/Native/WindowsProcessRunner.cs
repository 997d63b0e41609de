using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>Starts a program of the closed list by its full path, without a shell and without arguments.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcessRunner(IRegistry registry) : IProcessRunner
{
    public string? Find(AllowedProgram program) => PathOf(program) is var path && File.Exists(path) ? path : null;

    public async Task<ProcessResult> RunAsync(AllowedProgram program, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var path = PathOf(program);
        using var process = Start(path, ReadEncoding());
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
            var ending = TryEnd(process);
            throw new EdgeException(
                ReadFailure.TimedOut,
                string.Create(CultureInfo.InvariantCulture, $"{path} didn't finish within {timeLimit.TotalSeconds:0} s {ending}. Its output so far: {output}"));
        }

        return new ProcessResult(process.ExitCode, output.ToString());
    }

    private static string TryEnd(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            return "and was stopped";
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or AggregateException)
        {
            return $"and couldn't be stopped ({WindowsFailures.Describe(exception)})";
        }
    }

    // A service has no console whose code page could be asked for, and without one .NET would read every umlaut as garbage.
    private Encoding ReadEncoding()
    {
        try
        {
            return ConsoleEncoding.From(registry.Read(ConsoleEncoding.RegistryKey, ConsoleEncoding.RegistryName));
        }
        catch (EdgeException)
        {
            return Encoding.UTF8;
        }
    }

    private static Process Start(string path, Encoding encoding)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(path)
            {
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = encoding,
                StandardErrorEncoding = encoding,
            }) ?? throw new EdgeException(ReadFailure.Other, $"{path} couldn't be started.");
        }
        catch (Win32Exception exception)
        {
            throw WindowsFailures.Translate($"{path} couldn't be started", exception);
        }
    }

    private static string PathOf(AllowedProgram program) => program switch
    {
        AllowedProgram.IisReset => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.System), "iisreset.exe"),
        _ => throw new ArgumentOutOfRangeException(nameof(program), program, "Not in the list of programs that an agent may start."),
    };
}
