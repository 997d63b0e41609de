using WsusDashboard.Dashboard.Features.Remediation;
using WsusDashboard.Dashboard.Features.Syncs;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>All that the page of one server shows, read at once.</summary>
public sealed record ServerModel(ServerDetail Detail, SyncHistory History, Paged<SyncRow> Syncs, Paged<RemediationRow> Repairs);
