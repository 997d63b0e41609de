namespace WsusDashboard.Shared.Rules.Findings;

/// <summary>How far the evidence goes.</summary>
public enum CauseConfidence
{
    /// <summary>Something speaks for it, not enough to name it.</summary>
    Possible = 0,

    /// <summary>Several things speak for it and nothing of weight against.</summary>
    Likely = 1,

    /// <summary>The evidence itself names it.</summary>
    Certain = 2,
}

/// <summary>One cause as it is seen in one case.</summary>
public sealed record RankedCause
{
    /// <summary>One of <see cref="FindingIds"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The cause in a few plain words.</summary>
    public required string Name { get; init; }

    /// <summary>One or two plain sentences.</summary>
    public required string Explanation { get; init; }

    /// <summary>What comes after "because", without a full stop; null for what is no cause.</summary>
    public string? Because { get; init; }

    public CauseConfidence Confidence { get; init; }

    /// <summary>What speaks for it is positive, what speaks against it negative; 100 and more names it.</summary>
    public int Score { get; init; }

    /// <summary>What spoke for it and against it, the heaviest first.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Where the knowledge comes from.</summary>
    public required string Source { get; init; }

    /// <summary>What helps.</summary>
    public required string Helps { get; init; }

    /// <summary>Id of the playbook that helps; null where none does.</summary>
    public string? Playbook { get; init; }

    /// <summary>What to look at next, to be sure.</summary>
    public required string LookNext { get; init; }

    /// <summary>UTC time at which the settings that decide on it were changed after the synchronization: what helps may be done already. Null where they were not.</summary>
    public DateTimeOffset? SettingsChangedAt { get; init; }
}
