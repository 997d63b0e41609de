using System.ComponentModel.DataAnnotations;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class RetentionOptions
{
    /// <summary>How long syncs are kept.</summary>
    [Range(90, 3650)]
    public int SyncDays { get; set; } = 1095;

    /// <summary>How long changes of state and health are kept.</summary>
    [Range(7, 3650)]
    public int StateChangeDays { get; set; } = 1095;

    /// <summary>How long problems are kept after they were resolved, with their lives.</summary>
    [Range(7, 3650)]
    public int ProblemDays { get; set; } = 1095;

    /// <summary>How long Windows events (recycles, stopped pools) are kept.</summary>
    [Range(7, 3650)]
    public int EventDays { get; set; } = 400;

    /// <summary>How long samples of one minute are kept.</summary>
    [Range(1, 90)]
    public int MinuteSampleDays { get; set; } = 14;

    /// <summary>How long samples rolled up to an hour are kept.</summary>
    [Range(7, 3650)]
    public int HourSampleDays { get; set; } = 400;

    /// <summary>How long samples rolled up to a day are kept.</summary>
    [Range(90, 3650)]
    public int DaySampleDays { get; set; } = 1095;

    /// <summary>How long reports are kept.</summary>
    [Range(30, 3650)]
    public int ReportDays { get; set; } = 1095;

    /// <summary>How long repairs and the audit are kept.</summary>
    [Range(90, 3650)]
    public int AuditDays { get; set; } = 1095;
}
