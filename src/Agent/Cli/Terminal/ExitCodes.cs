namespace WsusDashboard.Agent.Cli.Terminal;

/// <summary>Exit codes of the commands.</summary>
public static class ExitCodes
{
    /// <summary>check: healthy. plan: it may be started. repair, undo: succeeded. explain: known.</summary>
    public const int Good = 0;

    /// <summary>check: there are findings. repair, undo: failed or cancelled. explain: not known.</summary>
    public const int Bad = 1;

    /// <summary>Cannot read, cannot reach, refused, declined, or a wrong command line: nothing is known or nothing was done.</summary>
    public const int NotDone = 2;

    /// <summary>install, uninstall: a step failed, and not all before it could be undone.</summary>
    public const int Left = 3;
}
