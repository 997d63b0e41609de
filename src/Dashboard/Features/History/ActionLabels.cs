using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>What people did, in words, and where to look where nobody is known.</summary>
internal static class ActionLabels
{
    /// <summary>Where Windows itself may tell who changed a setting.</summary>
    public const string WhoChangedASetting = "If the log Microsoft-Windows-IIS-Configuration/Operational was on, it names who changed the IIS settings. Otherwise, check the System log for that time.";

    public static string Of(PersonAction action) => $"{action.Who} {Verb(action)}{(action.Reason.Length > 0 ? $" ({action.Reason})" : "")}";

    private static string Verb(PersonAction action) => action.What switch
    {
        "sync.start" => "started a sync",
        PersonAction.StopSync => "stopped the sync",
        PersonAction.Repair => $"started a repair: {action.Subject}",
        _ when action.What.EndsWith(".start", StringComparison.Ordinal) => $"started {action.Subject}",
        _ when action.What.EndsWith(".stop", StringComparison.Ordinal) => $"stopped {action.Subject}",
        _ when action.What.EndsWith(".restart", StringComparison.Ordinal) => $"restarted {action.Subject}",
        _ when action.What.EndsWith(".recycle", StringComparison.Ordinal) => $"recycled {action.Subject}",
        _ => $"used {action.What} {action.Subject}".TrimEnd(),
    };
}
