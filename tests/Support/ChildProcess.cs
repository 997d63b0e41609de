using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace WsusDashboard.Support;

/// <summary>A program as a process of its own, so that it can be stopped as a service manager stops it, and killed as a machine kills it.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const long Kilobyte = 1024;
    private const string AnonymousPages = "RssAnon:";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The memory that it holds at this moment, in bytes; 0 once it has ended. Its own: pages of files, which the system takes back whenever it likes, are not counted where it tells them apart.</summary>
    public long ReadMemoryBytes()
    {
        _process.Refresh();
        try
        {
            return _process.HasExited ? 0 : !OperatingSystem.IsLinux() ? _process.PrivateMemorySize64
                : Kilobyte * long.Parse(File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith(AnonymousPages, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // It ended in this moment, and left no such line.
            return 0;
        }
    }

    /// <summary>All that it wrote so far, to both streams.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <param name="program">The program's file.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Write(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Write(line.Data);
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Starts an assembly of the product that lies beside the running one, for example "WsusDashboard.Dashboard".</summary>
    public static ChildProcess StartProduct(string assembly, params string[] arguments) =>
        Start("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly + ".dll"), .. arguments]);

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        await using var child = Start(program, arguments);
        await child._process.WaitForExitAsync(cancellationToken);
        return (child._process.ExitCode, child.Output);
    }

    public static async Task<(int ExitCode, string Output)> RunProductAsync(string assembly, params string[] arguments)
    {
        await using var child = StartProduct(assembly, arguments);
        return (await child.EndAsync(), child.Output);
    }

    /// <summary>Waits for its end; the value is its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends it without a chance to tidy up.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Asks it to end, as a service manager and Ctrl+C do.</summary>
    /// <remarks>SIGTERM, because a shell that runs tests in the background hands an ignored SIGINT down to every child.</remarks>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to end, and kills it where it does not: an agent with plug-ins ends them itself when it is asked.</summary>
    public async Task StopAsync()
    {
        if (!HasExited)
        {
            await TerminateAsync();
            using var limit = new CancellationTokenSource(StopLimit);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Write(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
