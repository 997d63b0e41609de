using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>How pages say it.</summary>
internal static class DisputeLabels
{
    /// <summary>"Pool over memory limit" for an id; the id itself where another version named it.</summary>
    public static string Cause(string id) => id == NewCauseDispute.SomethingElse ? "something else" : CauseCatalog.NameOf(id) ?? id;

    /// <summary>What a person can choose, by name.</summary>
    public static IReadOnlyList<(string Id, string Name)> Choices { get; } =
    [
        .. NewCauseDispute.ActualCauses.Where(id => id != NewCauseDispute.SomethingElse).Select(id => (id, Name: Cause(id))).OrderBy(choice => choice.Name, StringComparer.OrdinalIgnoreCase),
        (NewCauseDispute.SomethingElse, "Something else"),
    ];

    public static string Named(CauseDispute dispute) => $"{Cause(dispute.Cause)} ({CauseLabels.Confidence(dispute.Cause, dispute.Confidence)})";

    /// <summary>What the button that opens the form says.</summary>
    public static string Verb(string causeId) => causeId == FindingIds.UnknownCause ? "I know the cause" : "This isn't the cause";
}
