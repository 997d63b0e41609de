namespace WsusDashboard.Shared.Contract;

/// <summary>Limits that both ends of the contract hold; the comments of the proto files name the same numbers. Which field has which: <see cref="Border.FieldLimits"/>.</summary>
public static class ContractLimits
{
    /// <summary>Longest text of one log line, in bytes of UTF-8; what is longer is cut.</summary>
    public const int MaximumLogLineBytes = 8 * 1024;

    /// <summary>Longest raw output of a step that is kept, in bytes of UTF-8.</summary>
    public const int MaximumStepOutputBytes = 8 * 1024;

    /// <summary>Sync runs of one page where a request names no size.</summary>
    public const int DefaultSyncRunPageSize = 50;

    /// <summary>Most sync runs of one page.</summary>
    public const int MaximumSyncRunPageSize = 500;

    /// <summary>Lines at the end of a log where a request names no number.</summary>
    public const int DefaultLogTailLines = 200;

    /// <summary>Most lines at the end of a log.</summary>
    public const int MaximumLogTailLines = 2000;

    /// <summary>Most Windows events that a snapshot holds.</summary>
    public const int MaximumRecentEvents = 200;

    /// <summary>Most samples of one message.</summary>
    public const int MaximumSamplesOfMessage = 500;

    /// <summary>Longest name of the person who asks, in characters.</summary>
    public const int MaximumRequestedByLength = 200;

    /// <summary>Longest reason, in characters.</summary>
    public const int MaximumReasonLength = 500;

    /// <summary>Longest ticket, in characters.</summary>
    public const int MaximumTicketLength = 100;

    /// <summary>Longest idempotency key, in characters.</summary>
    public const int MaximumIdempotencyKeyLength = 100;

    /// <summary>Highest count, sequence number or size that a message may hold: a million of them can be added up.</summary>
    public const long HighestNumber = 1_000_000_000_000;

    /// <summary>Most commands that wait for a person on a server.</summary>
    public const int MaximumWaiting = 100;

    /// <summary>Most repairs of one server that may be open (running, or waiting for approval) as far as a hub takes them.</summary>
    public const int MaximumOpenRuns = 40;

    /// <summary>Largest repair or plan, in bytes of its message.</summary>
    public const int MaximumRunBytes = 512 * 1024;

    /// <summary>Largest evidence about a synchronization, in bytes of its message.</summary>
    public const int MaximumEvidenceBytes = 1024 * 1024;

    /// <summary>Largest section of a snapshot, in bytes of its message.</summary>
    public const int MaximumSectionBytes = 2 * 1024 * 1024;

    /// <summary>Largest message of the contract that an end accepts, in bytes.</summary>
    public const int MaximumMessageBytes = 8 * 1024 * 1024;

    /// <summary>The longest silence of a watched agent; a hub that hears nothing for three of these takes the link for dead.</summary>
    public static TimeSpan HeartbeatInterval { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Windows events older than this are not in a snapshot.</summary>
    public static TimeSpan MaximumRecentEventAge { get; } = TimeSpan.FromDays(7);

    /// <summary>How long an agent keeps the samples of its server for a hub that is away.</summary>
    public static TimeSpan SampleRetention { get; } = TimeSpan.FromDays(8);
}
