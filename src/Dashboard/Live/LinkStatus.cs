namespace WsusDashboard.Dashboard.Live;

/// <summary>State of the link to one agent.</summary>
public enum LinkState
{
    /// <summary>Being connected, or silent for less than the grace time: what is known stays as it was and is marked as old.</summary>
    Connecting = 0,

    /// <summary>The agent answers.</summary>
    Up = 1,

    /// <summary>No answer for longer than the grace time.</summary>
    Down = 2,

    /// <summary>It answers, but not as an agent that this dashboard understands; the error says how.</summary>
    Incompatible = 3,

    /// <summary>The dashboard and the agent do not trust each other (yet, or any more): nothing is asked; the error says what to do.</summary>
    NotPaired = 4,

    /// <summary>Another key answers than the one that was paired: nothing is asked; the error says what to do.</summary>
    KeyChanged = 5,

    /// <summary>The agent broke the contract, or said more than it may: nothing is asked of it and nothing taken for a time; the error says what it was.</summary>
    Quarantined = 6,
}

/// <summary>The link to one agent.</summary>
/// <param name="State">State now.</param>
/// <param name="Since">UTC time since which the state is this one; for Down the time of the last answer, where there was one.</param>
/// <param name="Error">What the last attempt ran into, for a person; null while all is well.</param>
/// <param name="Attempts">Attempts that have failed since the link was last up.</param>
/// <param name="LastMessageAt">UTC time of the agent's last word.</param>
public sealed record LinkStatus(LinkState State, DateTimeOffset? Since, string? Error, int Attempts, DateTimeOffset? LastMessageAt)
{
    /// <summary>True where nothing is heard from the server now, and that is no matter of seconds.</summary>
    public bool IsLost => State is LinkState.Down or LinkState.Incompatible or LinkState.NotPaired or LinkState.KeyChanged or LinkState.Quarantined;

    public static LinkStatus NotStarted { get; } = new(LinkState.Connecting, null, null, 0, null);
}
