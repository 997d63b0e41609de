namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>How entries name a repair: "repair 0197…". Written and read back by this alone.</summary>
internal static class AuditedRepair
{
    /// <summary>What the outcome of a start begins with.</summary>
    public const string Mark = "repair ";

    public static string Of(string id) => Mark + id;

    /// <summary>The id in an outcome that begins with the mark: "repair 0197…", or "repair 0197…, waiting for approval on the server".</summary>
    public static string IdOf(string outcome) => outcome[Mark.Length..].Split(',')[0];
}
