using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>What people did, in words, and where to look where nobody is known.</summary>
internal static class ActionLabels
{
    /// <summary>Where Windows itself may tell who changed a setting.</summary>
    public const string WhoChangedASetting = "The log Microsoft-Windows-IIS-Configuration/Operational names who changed settings of IIS where it was switched on before; else the System log at that time is the place to look.";

    public static string Of(PersonAction action) => $"{action.Who} {Verb(action)}{(action.Reason.Length > 0 ? $" ({action.Reason})" : "")}";

    private static string Verb(PersonAction action) => action.What switch
    {
        "sync.start" => "started a synchronization",
        PersonAction.StopSync => "stopped the synchronization",
        PersonAction.Repair => $"began a repair: {action.Subject}",
        _ when action.What.EndsWith(".start", StringComparison.Ordinal) => $"started {action.Subject}",
        _ when action.What.EndsWith(".stop", StringComparison.Ordinal) => $"stopped {action.Subject}",
        _ when action.What.EndsWith(".restart", StringComparison.Ordinal) => $"restarted {action.Subject}",
        _ when action.What.EndsWith(".recycle", StringComparison.Ordinal) => $"recycled {action.Subject}",
        _ => $"used {action.What} {action.Subject}".TrimEnd(),
    };
}
