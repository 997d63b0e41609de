namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>One execution of a job.</summary>
public sealed class JobRunEntity
{
    public long Id { get; set; }
    public required string Name { get; set; }
    public DateTime StartedAt { get; set; }
    public DateTime EndedAt { get; set; }
    public bool Succeeded { get; set; }
    public string Message { get; set; } = "";
}
