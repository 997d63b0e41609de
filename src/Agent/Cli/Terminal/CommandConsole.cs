namespace WsusDashboard.Agent.Cli.Terminal;

/// <summary>What a command reads from and writes to; tests bring their own.</summary>
public sealed record CommandConsole
{
    public const string ProgramName = "WsusDashboard.Agent";

    public required TextReader In { get; init; }

    /// <summary>Whatever is written there is escaped for a terminal.</summary>
    public required TextWriter Out { get; init => field = TerminalText.Over(value); }

    /// <summary>As <see cref="Out"/>.</summary>
    public required TextWriter Error { get; init => field = TerminalText.Over(value); }

    /// <summary>True where a person sits at the other end and can be asked.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>Ends with the next Ctrl+C.</summary>
    public required Func<CancellationToken, Task> WaitForInterruptAsync { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Who runs the command; the journal of the agent keeps it.</summary>
    public string UserName { get; init; } = Environment.UserName;
}
