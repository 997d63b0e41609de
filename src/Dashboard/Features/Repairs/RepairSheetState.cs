namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>What the repair sheet shows: a plan for a server, or a run.</summary>
/// <param name="ServerId">The server.</param>
/// <param name="ServerName">Its name.</param>
/// <param name="Playbook">Id of the playbook that is planned; null where none cures the server's cause, so that a person chooses, and where a run is shown.</param>
/// <param name="RepairId">The run; null where a plan is shown.</param>
public sealed record RepairSubject(int ServerId, string ServerName, string? Playbook, string? RepairId);

/// <summary>Opens the one repair sheet of the layout from any page. One circuit, the renderer's thread only.</summary>
public sealed class RepairSheetState
{
    public RepairSubject? Subject { get; private set; }

    public event Action? Changed;

    public void OpenPlan(int serverId, string serverName, string? playbook) => Show(new RepairSubject(serverId, serverName, playbook, null));

    public void OpenRun(int serverId, string serverName, string repairId) => Show(new RepairSubject(serverId, serverName, null, repairId));

    public void Close() => Show(null);

    private void Show(RepairSubject? subject)
    {
        Subject = subject;
        Changed?.Invoke();
    }
}
