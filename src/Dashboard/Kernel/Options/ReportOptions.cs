using System.ComponentModel.DataAnnotations;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class ReportOptions
{
    /// <summary>Whether a report of each week (Monday to Sunday) is made, for the fleet and for each site.</summary>
    public bool Weekly { get; set; } = true;

    /// <summary>Whether a report of the week after each Patch Tuesday is made, for the fleet and for each site.</summary>
    public bool PatchTuesday { get; set; } = true;

    /// <summary>The hour from which on a period's report is made, on the day after the period.</summary>
    [Range(0, 23)]
    public int Hour { get; set; } = 5;

    /// <summary>Whose days and hours these are: an IANA name, for example Europe/Zurich.</summary>
    public string TimeZone { get; set; } = "UTC";
}
