using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>What the repair sheet shows: a plan for a server, or a run.</summary>
/// <param name="ServerId">The server.</param>
/// <param name="ServerName">Its name.</param>
/// <param name="Playbook">Id of the playbook that is planned; null where none cures the server's cause, so that a person chooses, and where a run is shown.</param>
/// <param name="RepairId">The run; null where a plan is shown.</param>
public sealed record RepairSubject(int ServerId, string ServerName, string? Playbook, string? RepairId);

/// <summary>Opens the one repair sheet of the layout from any page. What it shows is in the address, so that Back closes it and a link opens it. One circuit, the renderer's thread only.</summary>
public sealed class RepairSheetState(NavigationManager navigation, VisibleServers live)
{
    /// <summary>True where the page before this one, in the browser's history, is the one that the sheet was opened from: closing it goes back there.</summary>
    public bool IsOpenedFromPage { get; private set; }

    /// <summary>What the address names; null where that is no sheet, or no server that may be seen.</summary>
    public RepairSubject? Subject
    {
        get
        {
            var address = new Uri(navigation.Uri);
            var parts = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (parts is not ["servers", var number, "repair"] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var serverId) || live.Find(serverId) is not { } server)
            {
                return null;
            }

            var fields = QueryHelpers.ParseQuery(address.Query);
            return fields.GetValueOrDefault("repair").ToString() is { Length: > 0 and <= 200 } repairId
                ? new(serverId, server.Name, null, repairId)
                : new(serverId, server.Name, PlaybookCatalog.Find(fields.GetValueOrDefault("playbook").ToString())?.Id ?? server.Offer.Playbook, null);
        }
    }

    public void OpenPlan(int serverId, string serverName, string? playbook) => Open(Links.RepairSheet(serverId, playbook));

    public void OpenRun(int serverId, string serverName, string repairId) => Open(Links.RepairSheet(serverId, repairId: repairId));

    /// <summary>Shows a run in place of what the sheet shows: Back still leads to the page below.</summary>
    public void ReplaceByRun(int serverId, string repairId) => navigation.NavigateTo(Links.RepairSheet(serverId, repairId: repairId), replace: true);

    /// <summary>To be said when the address is no longer the sheet's.</summary>
    public void Left() => IsOpenedFromPage = false;

    private void Open(string address)
    {
        IsOpenedFromPage = true;
        navigation.NavigateTo(address);
    }
}
