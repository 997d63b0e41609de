namespace WsusDashboard.Agent.Cli.Terminal;

/// <summary>What a command reads from and writes to; tests bring their own.</summary>
public sealed record CommandConsole
{
    public const string ProgramName = "WsusDashboard.Agent";

    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>True where a person sits at the other end and can be asked.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>Ends with the next Ctrl+C.</summary>
    public required Func<CancellationToken, Task> WaitForInterruptAsync { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Who runs the command; the journal of the agent keeps it.</summary>
    public string UserName { get; init; } = Environment.UserName;
}
