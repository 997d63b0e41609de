namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>How fine samples are.</summary>
public enum SampleGrain
{
    /// <summary>As the agent took them; a chunk holds one hour.</summary>
    Minute = 1,

    /// <summary>Rolled up; a chunk holds one UTC day.</summary>
    Hour = 2,

    /// <summary>Rolled up; a chunk holds one UTC month.</summary>
    Day = 3,
}

/// <summary>
/// Samples of one server and one grain, packed: an hour of minutes, a day of hours or a month of days. As rows of their own, two weeks of minutes of a
/// thousand servers would be 20 million.
/// </summary>
public sealed class SampleChunkEntity
{
    public int ServerId { get; set; }

    public SampleGrain Grain { get; set; }

    /// <summary>UTC start of the chunk, in hours from 1970.</summary>
    public int StartHour { get; set; }

    /// <summary>1 = a chunk of minutes that has samples which are not rolled up yet; else 0.</summary>
    public int RollupDue { get; set; }

    /// <summary>As <see cref="Packing.PackedSamples"/> writes it.</summary>
    public required byte[] Data { get; set; }
}
