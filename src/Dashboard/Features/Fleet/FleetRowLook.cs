namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>Whether a person would see a difference between two rows of the same server: lists are compared by content, the time of the last word is not.</summary>
public static class FleetRowLook
{
    public static bool LooksLike(this FleetRow row, FleetRow other) =>
        row.Strip.SequenceEqual(other.Strip)
        && row.Findings.SequenceEqual(other.Findings)
        && row.Link.State == other.Link.State
        && row with { Strip = other.Strip, Findings = other.Findings, StatusReadAt = other.StatusReadAt, Link = other.Link } == other;
}
