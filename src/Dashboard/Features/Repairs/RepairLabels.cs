using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>Names of playbooks, baselines and settings as a person reads them; what this build does not know keeps its id.</summary>
public static class RepairLabels
{
    public static string Playbook(string id) => PlaybookCatalog.Find(id)?.Name ?? id;

    public static string Baseline(string id) => BaselineCatalog.Find(id)?.Name ?? id;

    public static string Setting(string key) => SettingText.Label(key);

    public static string Value(string key, string invariantText) => SettingText.Describe(key, invariantText);

    /// <summary>"Queue length 1000 → 30000".</summary>
    public static string Change(SettingChange change) => $"{Setting(change.Setting)}: {Value(change.Setting, change.Before)} → {Value(change.Setting, change.After)}";

    /// <summary>The same, back again.</summary>
    public static string ChangeBack(SettingChange change) => $"{Setting(change.Setting)}: {Value(change.Setting, change.After)} → {Value(change.Setting, change.Before)}";

    /// <summary>"Full repair", or "Undo" for a run that restores.</summary>
    public static string Title(string playbook, string undoOf) => undoOf.Length > 0 ? "Undo" : Playbook(playbook);

    /// <summary>How sure it is that something is the cause.</summary>
    public static string HowSure(string causeId, CauseConfidence confidence) => causeId == FindingIds.UnknownCause ? "unknown" : confidence switch
    {
        CauseConfidence.Certain => "certain",
        CauseConfidence.Likely => "likely",
        _ => "possible",
    };

    /// <summary>The question before new settings are kept whatever their trial says.</summary>
    public static ConfirmRequest KeepQuestion(string serverName, Repair run) => new()
    {
        Title = $"Keep the new settings on {serverName}?",
        Consequence = $"They stay even if clients then get worse answers than before, and the repair continues. You can still undo it later. The agent on {serverName} requires a reason.",
        Touches = [.. run.Changes.Select(Change)],
        Verb = $"Keep {Wording.Count(run.Changes.Count, "setting")} on {serverName}",
        AsksReason = true,
    };

    /// <summary>The question before an undo: it names the server and each setting.</summary>
    public static ConfirmRequest UndoQuestion(string serverName, Repair run) => new()
    {
        Title = $"Undo this repair on {serverName}?",
        Consequence = "These settings get back the values they had before the repair. Nothing else changes, and whatever is running keeps running.",
        Touches = [.. run.Changes.Select(ChangeBack)],
        Verb = $"Restore {Wording.Count(run.Changes.Count, "setting")} on {serverName}",
        AsksReason = true,
    };
}
