using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Words of synchronizations.</summary>
public static class SyncLabels
{
    /// <summary>The results that a list can be narrowed to.</summary>
    public static IReadOnlyList<(string Value, string Word)> Results { get; } =
    [
        ("", "All results"),
        .. new[] { SyncResult.Failed, SyncResult.Cancelled, SyncResult.Succeeded, SyncResult.Running, SyncResult.Unknown }.Select(result => (result.ToString(), StateDisplay.Of(result).Word)),
    ];

    /// <summary>The sites that a page can be narrowed to.</summary>
    public static IEnumerable<(string Value, string Word)> Sites(IReadOnlyList<string>? names) => (names ?? []).Select(name => (name, name)).Prepend(("", "All sites"));

    public static string Source(SyncSource source) => source switch
    {
        SyncSource.Wsus => "WSUS",
        SyncSource.ConfigMgr => "Configuration Manager",
        _ => "unknown source",
    };

    /// <summary>What a repair has to do with a synchronization; null where none has.</summary>
    public static string? Repair(RepairTrace trace) => trace switch
    {
        RepairTrace.Started => "started by a repair",
        RepairTrace.Interrupted => "interrupted by a repair",
        _ => null,
    };

    /// <summary>What the source says of the start. WSUS tells only its own schedule from everything else: a person, a script, Configuration Manager.</summary>
    public static string Trigger(SyncTrigger trigger) => trigger switch
    {
        SyncTrigger.Scheduled => "on schedule",
        SyncTrigger.Manual => "on request",
        SyncTrigger.ParentSite => "by the parent site",
        _ => "start not recorded",
    };

    /// <summary>What started a synchronization, as far as both views tell it and no further.</summary>
    public static string StartedBy(PairedSync sync) => sync switch
    {
        { Row.RepairTrace: RepairTrace.Started } => "a repair",
        { Wsus.Trigger: SyncTrigger.Scheduled } => "WSUS, on schedule",
        { ConfigMgr: { } managed } => managed.Trigger switch
        {
            SyncTrigger.Scheduled => "Configuration Manager, on schedule",
            SyncTrigger.Manual => "Configuration Manager, on request",
            SyncTrigger.ParentSite => "Configuration Manager, for the parent site",
            _ => "Configuration Manager",
        },
        { Wsus.Trigger: SyncTrigger.Manual } => "on request",
        _ => "not recorded",
    };

    /// <summary>What that leaves open; null where nothing.</summary>
    public static string? StartedByNote(PairedSync sync) => sync is { Row.RepairTrace: not RepairTrace.Started, ConfigMgr: null, Wsus.Trigger: SyncTrigger.Manual }
        ? "WSUS records only that it wasn't its own schedule: someone in the console, a script, or another program asked for it."
        : null;
}
