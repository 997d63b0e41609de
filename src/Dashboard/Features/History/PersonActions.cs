using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Which change a person's action is behind.</summary>
internal static class PersonActions
{
    private static readonly TimeSpan BeforeAnswer = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(45);

    /// <summary>True where an action brought a pool or a service into a state. The audit has the moment of the answer, which may come minutes after the state.</summary>
    public static bool IsBehind(PersonAction action, ChangeKind kind, string subject, DateTimeOffset at) =>
        action.What.StartsWith(kind == ChangeKind.Pool ? "pool." : "service.", StringComparison.Ordinal)
        && string.Equals(action.Subject, subject, StringComparison.OrdinalIgnoreCase)
        && at >= action.At - BeforeAnswer && at <= action.At + SeenWithin;
}
