using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Host.Layout;

/// <summary>A page that the menu and the command palette offer.</summary>
/// <param name="Title">Its name in the menu.</param>
/// <param name="Href">Its address.</param>
/// <param name="Needs">Offered to whoever may do this somewhere.</param>
/// <param name="IsMain">True: it stands in the bar of a wide window; false: under "More".</param>
/// <param name="Words">Other words that someone may look for it by.</param>
/// <param name="IsApart">True: the page is no page of the circuit; the browser loads it.</param>
internal sealed record MenuEntry(string Title, string Href, Permission Needs, bool IsMain = false, string Words = "", bool IsApart = false)
{
    /// <summary>In the order of the menu. A page of its own stands here once; bar, drawer and palette follow.</summary>
    private static readonly MenuEntry[] Pages =
    [
        new("Fleet", Links.Fleet, Permission.View, IsMain: true, Words: "home servers overview"),
        new("Problems", Links.Problems, Permission.View, IsMain: true, Words: "causes faults"),
        new("Syncs", Links.Syncs, Permission.View, IsMain: true, Words: "synchronizations history failures charts"),
        new("Changes", Links.Changes, Permission.View, IsMain: true, Words: "what changed news last night"),
        new("Repairs", Links.Repairs, Permission.View, IsMain: true, Words: "runs undo"),
        new("Patch Tuesday", Links.PatchTuesday, Permission.View, IsMain: true, Words: "updates release month"),
        new("Posture", Links.Posture, Permission.View, IsMain: true, Words: "vulnerabilities cve security end of support life certificates tls exposure"),
        new("Reports", Links.Reports, Permission.View, Words: "weekly monthly pdf evidence mail summary"),
        new("Baselines", Links.Baselines, Permission.View, Words: "recommended settings pool"),
        new("Views and tags", Links.Views, Permission.View, Words: "saved filters labels"),
        new("Error numbers", Links.ErrorNumbers, Permission.View, Words: "explain codes hresult"),
        new("Disputed causes", Links.Disputes, Permission.View, Words: "wrong cause"),
        new("Enrolment", Links.Enrolment, Permission.ManageServers, Words: "token admit register agents"),
        new("Add server", Links.AddServer, Permission.ManageServers, Words: "pair new"),
        new("People", Links.People, Permission.ManagePeople, Words: "roles invite users"),
        new("Alerts", Links.Alerts, Permission.ManageDashboard, Words: "notifications mail teams webhook routes channels maintenance windows silence"),
        new("Audit", Links.Audit, Permission.ReadAudit, Words: "who did what log"),
        new("Jobs", Links.Jobs, Permission.ManageDashboard, Words: "hangfire background", IsApart: true),
        new("Dashboards", Links.Cluster, Permission.ManageDashboard, Words: "cluster drain"),
    ];

    /// <summary>What the caller may open. Several dashboards have a page only where there can be several.</summary>
    public static IReadOnlyList<MenuEntry> For(Caller caller, IOwnership ownership) =>
        [.. Pages.Where(entry => caller.May(entry.Needs) && (entry.Href != Links.Cluster || ownership.IsShared))];
}
