namespace WsusDashboard.Shared.Snapshots;

/// <summary>What is known of one section of a snapshot.</summary>
public enum SectionStatus
{
    /// <summary>Not read yet since the agent started.</summary>
    Pending = 0,

    /// <summary>Read; <see cref="Section{T}.Value"/> is what was found at <see cref="Section{T}.ReadAt"/>.</summary>
    Ok = 1,

    /// <summary>The role or component does not exist on this server: a state, not an error.</summary>
    NotInstalled = 2,

    /// <summary>Could not be read; <see cref="Section{T}.Value"/> keeps the last known values, if any.</summary>
    Unreadable = 3,
}

/// <summary>Why a section could not be read, in terms a person can act on.</summary>
public enum ReadFailure
{
    /// <summary>No failure.</summary>
    None = 0,

    /// <summary>The source refused this account (HTTP 401 or 403, Windows access denied).</summary>
    AccessDenied = 1,

    /// <summary>The service behind it is not available (HTTP 503, pool stopped, connection refused).</summary>
    Unavailable = 2,

    /// <summary>It answered with an error of its own (HTTP 500, SOAP fault, WMI error).</summary>
    Fault = 3,

    /// <summary>It answered something that cannot be understood (HTML, half a reply, damaged file).</summary>
    Malformed = 4,

    /// <summary>It did not answer within the deadline.</summary>
    TimedOut = 5,

    /// <summary>The file, key or class is not there.</summary>
    NotFound = 6,

    /// <summary>Only possible on Windows, and this is another system.</summary>
    OnlyOnWindows = 7,

    /// <summary>Anything else; the text says what.</summary>
    Other = 8,
}

/// <summary>One section of a snapshot: its value, its age and, where it could not be read, why.</summary>
/// <typeparam name="T">The section's value.</typeparam>
public sealed record Section<T>
    where T : class
{
    private static readonly TimeSpan ShortestStaleAge = TimeSpan.FromSeconds(10);

    /// <summary>The section's name: iis, services, wsus, configmgr, events, host, client or posture.</summary>
    public required string Name { get; init; }

    /// <summary>Rises by at least one with every change of this section; 0 before the first read. Never falls while the agent runs.</summary>
    public long Revision { get; init; }

    public SectionStatus Status { get; init; }

    /// <summary>UTC time at which <see cref="Value"/> was read; null before the first successful read.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>UTC time of the last attempt, successful or not.</summary>
    public DateTimeOffset? AttemptedAt { get; init; }

    /// <summary>UTC time of the first of the failures that have not been followed by a success.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>How long the last attempt took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The time between two reads at present; a value older than two intervals is stale.</summary>
    public TimeSpan Interval { get; init; }

    public ReadFailure Failure { get; init; }

    /// <summary>What happened, for a person; null while all is well.</summary>
    public string? Error { get; init; }

    /// <summary>Why the section is read less often than it is set to, for a person: reading takes long, or the server is busy. Empty where it is not.</summary>
    public string Slowed { get; init; } = "";

    /// <summary>The last value read; kept while reads fail, null where nothing was ever read.</summary>
    public T? Value { get; init; }

    /// <summary>True when the value is older than two intervals at <paramref name="now"/>; up to ten seconds are never stale, because a busy server is read every second and one slow answer is no news.</summary>
    public bool IsStale(DateTimeOffset now) =>
        ReadAt is { } readAt && Interval > TimeSpan.Zero && now - readAt > (Interval * 2 < ShortestStaleAge ? ShortestStaleAge : Interval * 2);
}
