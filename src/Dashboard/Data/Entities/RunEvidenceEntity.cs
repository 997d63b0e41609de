namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>What an agent found around the end of a synchronization that did not succeed: log lines, events, the server as it was then.</summary>
public sealed class RunEvidenceEntity
{
    public int ServerId { get; set; }

    /// <summary>The agent's id of the run.</summary>
    public required string RunId { get; set; }

    /// <summary>UTC time at which it was gathered.</summary>
    public DateTime At { get; set; }

    /// <summary>The contract's RunEvidence message.</summary>
    public required byte[] Message { get; set; }
}
