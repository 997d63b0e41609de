namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>What was asked for and what came of it: one note a server an action.</summary>
public sealed record AuditNote
{
    /// <summary>For example "server.add", "repair.start", "person.roles".</summary>
    public required string What { get; init; }

    /// <summary>Null where it is about no server.</summary>
    public int? ServerId { get; init; }

    public string ServerName { get; init; } = "";

    /// <summary>Empty where it is about no server; then only admins of the whole fleet read it.</summary>
    public string Site { get; init; } = "";

    /// <summary>What it was about, for a person: a service's name, a playbook, an account.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What was before; empty where nothing was replaced.</summary>
    public string Before { get; init; } = "";

    public string After { get; init; } = "";

    /// <summary>"done", or the message of the failure.</summary>
    public required string Outcome { get; init; }

    /// <summary>Reason or ticket as the person gave it.</summary>
    public string Ticket { get; init; } = "";

    /// <summary>Number of the entry that was written before the command was sent; null where there is none.</summary>
    public long? Intent { get; init; }
}
