using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Live;

/// <summary>A repair that goes on, short.</summary>
/// <param name="ServerId">Its server.</param>
/// <param name="ServerName">Its server's name.</param>
/// <param name="RepairId">The agent's id of the repair.</param>
/// <param name="Playbook">Id of the playbook.</param>
/// <param name="StepNumber">The step that runs, from 1.</param>
/// <param name="StepCount">Steps in all.</param>
/// <param name="StepTitle">Title of the step that runs.</param>
/// <param name="StartedAt">UTC.</param>
public sealed record ActiveRepair(int ServerId, string ServerName, string RepairId, string Playbook, int StepNumber, int StepCount, string StepTitle, DateTimeOffset StartedAt)
{
    /// <summary>True where nothing of it has begun: a person on the server approves it first.</summary>
    public bool IsWaiting { get; init; }

    public static ActiveRepair From(int serverId, string serverName, Repair run)
    {
        var step = run.CurrentStep;
        return new(serverId, serverName, run.Id, run.Playbook, step?.Number ?? 1, run.Steps.Count, run.State == RepairState.WaitingForApproval ? "Waiting for approval on the server" : step?.Title ?? "", run.StartedAt)
        {
            IsWaiting = run.State == RepairState.WaitingForApproval,
        };
    }
}
