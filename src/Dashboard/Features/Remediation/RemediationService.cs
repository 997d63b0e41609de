using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Remediation;

/// <summary>Repairs: plan, start, follow, cancel, undo. The run belongs to the agent; this is the asking side and the copy.</summary>
public sealed class RemediationService
{
    public const int MaximumReasonLength = 500;

    /// <summary>Asks the agent for a plan; nothing is changed. Failures: NotFound, Invalid, Unreachable, TimedOut, Refused, Conflict, Unavailable.</summary>
    /// <param name="serverId">The server.</param>
    /// <param name="playbook">Id of the playbook.</param>
    /// <param name="baseline">Id of the baseline; null = the server's own.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<Outcome<Plan>> PlanAsync(int serverId, string playbook, string? baseline, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Starts a plan that was shown, by its fingerprint. Asked twice for the same plan (a click repeated after a lost answer), it starts once.</summary>
    public Task<Outcome<RemediationRun>> StartAsync(int serverId, Plan plan, string? reason, string requestedBy, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The run as last known; works while the agent does not answer. Null where there is no such run.</summary>
    public Task<RemediationDetail?> GetAsync(string runId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Newest first.</summary>
    public Task<Paged<RemediationRow>> ListAsync(RemediationQuery query, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Asks the agent to stop after the step that runs now.</summary>
    public Task<Outcome<RemediationRun>> CancelAsync(string runId, string requestedBy, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Starts a run that restores the settings that this run saved. The answer is the new run.</summary>
    public Task<Outcome<RemediationRun>> UndoAsync(string runId, string? reason, string requestedBy, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The run now and after each change (the latest wins), until it is final or the reader goes.</summary>
    public IAsyncEnumerable<RemediationDetail> WatchAsync(string runId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The repairs that go on now, on all servers; follow them with LiveState.Subscribe(server => server.ActiveRun is not null).</summary>
    public IReadOnlyList<ActiveRun> GetActive() => throw new NotImplementedException();
}
