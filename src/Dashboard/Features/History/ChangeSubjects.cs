using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Reads the subjects of state changes, and finds who was at work when a state changed.</summary>
internal static class ChangeSubjects
{
    public const string SettingPrefix = "setting:";

    /// <summary>An agent sees a change at most this long after it was made.</summary>
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(45);

    /// <summary>The kind, and the name without it.</summary>
    public static (ChangeKind Kind, string Name) Split(string subject)
    {
        var colon = subject.IndexOf(':', StringComparison.Ordinal);
        var (kind, name) = colon < 0 ? (subject, subject) : (subject[..colon], subject[(colon + 1)..]);
        return (kind switch
        {
            "pool" => ChangeKind.Pool,
            "service" => ChangeKind.Service,
            "setting" => ChangeKind.Setting,
            "finding" => ChangeKind.Finding,
            "sup" => ChangeKind.SoftwareUpdatePoint,
            "client" => ChangeKind.Client,
            "outside" => ChangeKind.Outside,
            StateChangeEntity.HealthSubject => ChangeKind.Health,
            StatusChanges.AgentSubject or "contact" => ChangeKind.Agent,
            _ => ChangeKind.Other,
        }, name);
    }

    /// <summary>Who asked the dashboard for what changed a pool, a service or a setting: the repair that was running, else a single verb on the same thing; null where nobody did.</summary>
    public static string? FindActor(ChangeKind kind, string subject, DateTimeOffset at, IEnumerable<TimelineRepair> repairs, IEnumerable<PersonAction> actions) => kind is not (ChangeKind.Pool or ChangeKind.Service or ChangeKind.Setting)
        ? null
        : repairs.FirstOrDefault(repair => repair.StartedAt <= at && (repair.EndedAt is not { } endedAt || endedAt + SeenWithin >= at))?.RequestedBy
            ?? (kind == ChangeKind.Setting ? null : actions.LastOrDefault(action => PersonActions.IsBehind(action, kind, subject, at))?.Who);
}
