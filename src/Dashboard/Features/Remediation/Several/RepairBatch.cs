using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Remediation.Several;

/// <summary>How far one server of a batch is.</summary>
public enum BatchItemState
{
    /// <summary>Its agent is asked for a plan.</summary>
    Planning = 0,

    /// <summary>It has a plan that can be started.</summary>
    Planned = 1,

    /// <summary>It has no plan, or one that its agent refuses to start; it stays as it is.</summary>
    LeftOut = 2,

    /// <summary>It is to be repaired, and others are first.</summary>
    Waiting = 3,

    /// <summary>Its repair goes on.</summary>
    Running = 4,

    /// <summary>Its repair succeeded.</summary>
    Succeeded = 5,

    /// <summary>Its repair failed, was stopped, or was not accepted.</summary>
    Failed = 6,

    /// <summary>Somebody stopped the batch before its turn; nothing was done.</summary>
    Stopped = 7,
}

/// <summary>One server of a batch. Immutable: a change makes a new one.</summary>
public sealed record RepairBatchItem
{
    public required int ServerId { get; init; }
    public required string ServerName { get; init; }
    public string Site { get; init; } = "";
    public BatchItemState State { get; init; }

    /// <summary>Null until the agent has answered, and where it did not.</summary>
    public Plan? Plan { get; init; }

    /// <summary>Why it is left out or failed; empty else.</summary>
    public string Message { get; init; } = "";

    /// <summary>Null until its repair has started.</summary>
    public string? RunId { get; init; }
}

/// <summary>
/// A repair of several servers: planned, shown, confirmed, started one after another. It is kept in memory: what has started belongs to the agents and goes on
/// whatever happens here; what has not started is not started after a restart of the dashboard. Threading: items are replaced under a lock, readers take the list.
/// </summary>
public sealed class RepairBatch
{
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<RepairBatchItem> _items;
    private volatile bool _isStopRequested;
    private DateTimeOffset? _plannedAt;
    private bool _isStarted;

    internal RepairBatch(string id, CallerIdentity owner, string playbook, string? baseline, IReadOnlyList<RepairBatchItem> items) =>
        (Id, Owner, Playbook, Baseline, _items) = (id, owner, playbook, baseline, items);

    /// <summary>Raised after a change, on whatever thread made it.</summary>
    public event Action? Changed;

    public string Id { get; }

    public string Playbook { get; }

    /// <summary>Null = each server's own.</summary>
    public string? Baseline { get; }

    public IReadOnlyList<RepairBatchItem> Items => _items;

    public bool IsStarted => _isStarted;

    public bool IsStopRequested => _isStopRequested;

    /// <summary>Servers that a start would repair.</summary>
    public int Startable => Items.Count(item => item.State == BatchItemState.Planned);

    public bool IsPlanning => Items.Any(item => item.State == BatchItemState.Planning);

    public bool HasEnded => _isStarted && !Items.Any(item => item.State is BatchItemState.Waiting or BatchItemState.Running);

    internal CallerIdentity Owner { get; }

    /// <summary>When the last plan came; null before.</summary>
    internal DateTimeOffset? PlannedAt => _plannedAt;

    /// <summary>True for the one who may begin it: of several who try at once, one. The servers that can be repaired wait from then on.</summary>
    internal bool TryStart()
    {
        lock (_lock)
        {
            if (_isStarted || IsPlanning)
            {
                return false;
            }

            _isStarted = true;
            _items = [.. _items.Select(item => item.State == BatchItemState.Planned ? item with { State = BatchItemState.Waiting } : item)];
        }

        Changed?.Invoke();
        return true;
    }

    internal void Planned(DateTimeOffset at) => _plannedAt = at;

    /// <summary>Those that have not started stay as they are; those that run go on.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _isStopRequested = true;
            _items = [.. _items.Select(item => item.State == BatchItemState.Waiting ? item with { State = BatchItemState.Stopped } : item)];
        }

        Changed?.Invoke();
    }

    /// <summary>False where the item is not in this state any more.</summary>
    internal bool Change(int serverId, BatchItemState from, Func<RepairBatchItem, RepairBatchItem> change)
    {
        lock (_lock)
        {
            if (!_items.Any(item => item.ServerId == serverId && item.State == from))
            {
                return false;
            }

            _items = [.. _items.Select(item => item.ServerId == serverId ? change(item) : item)];
        }

        Changed?.Invoke();
        return true;
    }
}
