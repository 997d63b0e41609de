namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>Measures of one server in one minute.</summary>
public sealed class SampleEntity
{
    public int ServerId { get; set; }

    /// <summary>UTC, whole minute.</summary>
    public DateTime At { get; set; }

    public long? WorkerKilobytes { get; set; }

    /// <summary>Private memory limit of the pool; 0 = no limit.</summary>
    public long? LimitKilobytes { get; set; }

    public long? QueuedRequests { get; set; }
    public long? RejectedRequests { get; set; }
    public long? Updates { get; set; }
    public long? ConfigMgrUpdates { get; set; }
    public long? AgentMemoryKilobytes { get; set; }
}

/// <summary>The span that a roll-up covers.</summary>
public enum SampleGrain
{
    Hour = 1,
    Day = 2,
}

/// <summary>Samples of an hour or a day, rolled up.</summary>
public sealed class SampleRollupEntity
{
    public int ServerId { get; set; }
    public SampleGrain Grain { get; set; }

    /// <summary>UTC start of the span.</summary>
    public DateTime At { get; set; }

    public int Samples { get; set; }
    public long? WorkerKilobytesMinimum { get; set; }
    public long? WorkerKilobytesMean { get; set; }
    public long? WorkerKilobytesMaximum { get; set; }
    public long? LimitKilobytes { get; set; }
    public long? QueuedRequestsMaximum { get; set; }
    public long? RejectedRequestsMaximum { get; set; }
    public long? UpdatesMaximum { get; set; }
    public long? ConfigMgrUpdatesMaximum { get; set; }
}
