namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>Who asked for what, when, and what came of it.</summary>
public sealed class AuditEntity
{
    public long Id { get; set; }
    public DateTime At { get; set; }
    public required string Who { get; set; }

    /// <summary>For example "server.add", "remediation.start".</summary>
    public required string What { get; set; }

    /// <summary>Not a foreign key: the entry outlives the server.</summary>
    public int? ServerId { get; set; }

    public string ServerName { get; set; } = "";
    public string Detail { get; set; } = "";
    public required string Result { get; set; }
}

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
