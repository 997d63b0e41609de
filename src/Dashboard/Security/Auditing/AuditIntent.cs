using System.Globalization;

namespace WsusDashboard.Dashboard.Security.Auditing;

/// <summary>
/// A command to a server is two entries: the intent, before it is sent, and the outcome, which ends its detail with the number of its intent. Both stand in
/// the texts that the chain proves, so that whoever cuts the tie breaks the chain.
/// </summary>
internal static class AuditIntent
{
    /// <summary>Before the name of the command: "intent.repair.start".</summary>
    public const string Prefix = "intent.";

    /// <summary>Before the key that the agent knows the command by.</summary>
    public const string KeyMark = "key ";

    private const string Mark = ", intent ";
    private const string Outcome = "about to be sent";

    /// <summary>The entry before the command is sent.</summary>
    /// <param name="note">What the outcome will say, as far as it is known.</param>
    /// <param name="key">The key that the agent knows the command by; empty where it has none.</param>
    public static AuditNote Of(AuditNote note, string key) => note with { What = Prefix + note.What, After = key.Length > 0 ? KeyMark + key : "", Outcome = Outcome };

    /// <summary>The detail of an outcome, no longer than this.</summary>
    public static string Refer(string detail, long intent, int maximumLength)
    {
        var reference = string.Create(CultureInfo.InvariantCulture, $"{Mark}{intent}");
        return (detail.Length + reference.Length <= maximumLength ? detail : detail[..(maximumLength - reference.Length)]) + reference;
    }

    /// <summary>The number of the intent whose outcome this detail tells; null where it tells none.</summary>
    public static long? ReferenceOf(string detail) =>
        detail.LastIndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at && long.TryParse(detail.AsSpan(at + Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var intent) ? intent : null;

    /// <summary>The detail as it was before it referred to an intent.</summary>
    public static string WithoutReference(string detail) => ReferenceOf(detail) is null ? detail : detail[..detail.LastIndexOf(Mark, StringComparison.Ordinal)];

    /// <summary>Text of somebody that looks like a reference is none: it must not close an intent.</summary>
    public static string Defuse(string detail) => ReferenceOf(detail) is null ? detail : detail + ".";
}
