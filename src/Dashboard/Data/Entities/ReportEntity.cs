namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>Why a report was made.</summary>
public enum ReportKind
{
    /// <summary>By the schedule, of the last whole week.</summary>
    Weekly = 0,

    /// <summary>By the schedule, of the week that begins with a Patch Tuesday.</summary>
    PatchTuesday = 1,

    /// <summary>Somebody asked for it.</summary>
    Requested = 2,
}

/// <summary>A report as it was made: what it says stays, whatever happens to the servers afterwards.</summary>
public sealed class ReportEntity
{
    public long Id { get; set; }

    public ReportKind Kind { get; set; }

    /// <summary>The site it is about; null = the whole fleet.</summary>
    public string? Site { get; set; }

    /// <summary>First day of the period.</summary>
    public DateOnly First { get; set; }

    /// <summary>Last day of the period.</summary>
    public DateOnly Last { get; set; }

    public DateTime MadeAt { get; set; }

    /// <summary>Name of who asked for it, as it was then; empty where the schedule did.</summary>
    public string MadeBy { get; set; } = "";

    /// <summary>All of it in one sentence.</summary>
    public required string Sentence { get; set; }

    /// <summary>Of <see cref="Content"/> in UTF-8; lower-case hexadecimal.</summary>
    public required string Sha256 { get; set; }

    /// <summary>All that it says: JSON, as <c>ReportContent</c> has it.</summary>
    public required string Content { get; set; }
}
