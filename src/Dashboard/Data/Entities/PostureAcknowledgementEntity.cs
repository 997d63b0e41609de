using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>Someone's word that a finding about a server's posture is accepted until a moment. It ends by itself: a row whose end has passed counts for nothing.</summary>
public sealed class PostureAcknowledgementEntity
{
    public int ServerId { get; set; }

    /// <summary>Id of the finding, at most 60 characters.</summary>
    public required string FindingId { get; set; }

    /// <summary>How severe the finding was then. Once it is more severe, that is no longer what was accepted.</summary>
    public PostureSeverity Severity { get; set; }

    /// <summary>UTC; not more than a year after <see cref="At"/>.</summary>
    public DateTime Until { get; set; }

    /// <summary>In the person's words, 1 to 500 characters.</summary>
    public required string Reason { get; set; }

    public DateTime At { get; set; }

    /// <summary>Name of who accepted it, as it was then.</summary>
    public required string Who { get; set; }
}
