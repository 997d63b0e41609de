using System.ComponentModel.DataAnnotations;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class JobOptions
{
    /// <summary>The hour (UTC) when old data is deleted; the backup follows half an hour later.</summary>
    [Range(0, 23)]
    public int NightlyHour { get; set; } = 1;

    /// <summary>How many backups are kept.</summary>
    [Range(1, 365)]
    public int BackupsKept { get; set; } = 7;

    /// <summary>A folder on another computer that gets a whole backup every night, as --backup makes it, without the keys; BackupsKept of them stay. Empty = none.</summary>
    public string BackupFolder { get; set; } = "";

    /// <summary>How long a server may stay silent before the stale-server check names it.</summary>
    [Range(1, 720)]
    public int StaleServerHours { get; set; } = 24;
}
