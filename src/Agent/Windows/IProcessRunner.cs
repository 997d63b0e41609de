namespace WsusDashboard.Agent.Windows;

/// <summary>The programs that an agent may start. The list is closed, and no argument comes from outside.</summary>
public enum AllowedProgram
{
    /// <summary>%SystemRoot%\System32\iisreset.exe without arguments: stops and starts the web services of this server.</summary>
    IisReset = 1,
}

/// <summary>Starts one of a closed list of programs.</summary>
public interface IProcessRunner
{
    /// <summary>Where the program is, or null where this server has none; starts nothing.</summary>
    /// <exception cref="EdgeException">It cannot be looked for.</exception>
    string? Find(AllowedProgram program);

    /// <summary>Runs the program to its end.</summary>
    /// <exception cref="EdgeException">It could not be started, or it did not end within <paramref name="timeLimit"/> (TimedOut; it is killed).</exception>
    Task<ProcessResult> RunAsync(AllowedProgram program, TimeSpan timeLimit, CancellationToken cancellationToken);
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">0 = success.</param>
/// <param name="Output">Standard output and error, at most 8 KB.</param>
public sealed record ProcessResult(int ExitCode, string Output);
