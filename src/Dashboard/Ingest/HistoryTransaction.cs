using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>One transaction of the history: events, the cursors that cover them, status columns and changes of health; all of it or nothing.</summary>
/// <param name="context">The database.</param>
/// <param name="states">The servers that this dashboard owns.</param>
/// <param name="getCursor">How far the events of a server are stored.</param>
/// <param name="now">UTC.</param>
/// <param name="ownership">Whose servers they are; null = nobody else's.</param>
/// <param name="getTerm">The term under which a server's state was loaded.</param>
internal sealed class HistoryTransaction(
    DashboardContext context, IReadOnlyDictionary<int, ServerState> states, Func<int, LinkCursor> getCursor, DateTimeOffset now, IOwnership? ownership = null, Func<int, long>? getTerm = null)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(15);

    /// <summary>How exactly the time of a Windows event is compared.</summary>
    private static readonly TimeSpan EventTolerance = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<int, LinkCursor> _cursors = [];
    private readonly HashSet<int> _interrupted = [];
    private readonly List<Action> _afterCommit = [];
    private Dictionary<int, ServerEntity> _servers = [];
    private Dictionary<int, LinkCursorEntity> _storedCursors = [];

    /// <summary>The cursors as stored.</summary>
    public IReadOnlyDictionary<int, LinkCursor> Cursors => _cursors;

    /// <summary>Servers whose events had a hole that is not the agent's.</summary>
    public IReadOnlySet<int> Interrupted => _interrupted;

    /// <summary>Repairs that went on as far as the history knew, and have ended.</summary>
    public List<EndedRun> EndedRuns { get; } = [];

    /// <summary>False where nothing had to be written.</summary>
    /// <exception cref="OwnershipLostException">Another dashboard has taken one of the servers: nothing was written.</exception>
    public async Task<bool> StoreAsync(HistoryBatch batch, CancellationToken cancellationToken)
    {
        // Servers that were removed meanwhile are passed over with all that belongs to them.
        var ids = batch.Items.Select(item => item.ServerId).Concat(batch.Statuses.Where(IsStatusChanged)).Distinct().ToList();
        if (ids.Count == 0)
        {
            return false;
        }

        _servers = await context.Servers.Where(server => ids.Contains(server.Id)).ToDictionaryAsync(server => server.Id, cancellationToken);
        _storedCursors = await context.LinkCursors.Where(cursor => ids.Contains(cursor.ServerId)).ToDictionaryAsync(cursor => cursor.ServerId, cancellationToken);
        foreach (var group in batch.Items.Where(item => _servers.ContainsKey(item.ServerId)).GroupBy(item => item.ServerId))
        {
            await StoreServerAsync(group.Key, [.. group], cancellationToken);
        }

        foreach (var serverId in batch.Statuses)
        {
            StoreStatus(serverId);
        }

        await (ownership ?? SoleOwnership.Instance).WriteAsync(context, TermsOf(ids), token => SyncRollup.SaveAsync(context, token), cancellationToken);
        foreach (var action in _afterCommit)
        {
            action();
        }

        return true;
    }

    private Dictionary<int, long> TermsOf(IEnumerable<int> serverIds) =>
        getTerm is null ? [] : serverIds.GroupBy(Partitions.Of).ToDictionary(servers => servers.Key, servers => servers.Min(getTerm));

    private async Task StoreServerAsync(int serverId, List<HistoryItem> items, CancellationToken cancellationToken)
    {
        var events = TakeInOrder(serverId, items.OfType<EventItem>());
        var syncs = new SyncRunStore(context, serverId);
        await syncs.StoreAsync(
            [.. events.Select(item => item.Event.SyncRun).OfType<Shared.Syncs.SyncRun>()],
            [.. items.OfType<CauseItem>()],
            cancellationToken);
        foreach (var agentEvent in events.Select(item => item.Event).Where(agentEvent => agentEvent.StateChange is not null))
        {
            AddChange(serverId, agentEvent.At.UtcDateTime, agentEvent.StateChange!);
        }

        await AddWindowsEventsAsync(serverId, [.. events.Select(item => item.Event.WindowsEvent).OfType<WindowsEvent>()], cancellationToken);
        foreach (var found in events.Where(item => item.Event.Evidence is not null).GroupBy(item => item.Event.Evidence!.RunId).Select(group => group.Last().Event))
        {
            await StoreEvidenceAsync(serverId, found.Evidence!, found.At.UtcDateTime, cancellationToken);
        }

        var runs = events.Where(item => item.Event.Repair is not null).Select(item => (Run: item.Event.Repair!, ReadAt: now))
            .Concat(items.OfType<RunItem>().Select(item => (item.Run, item.ReadAt)))
            .ToList();
        await syncs.JudgeAsync(await StoreRepairsAsync(serverId, runs, cancellationToken), cancellationToken);
        await StoreOutsideAsync(serverId, [.. items.OfType<OutsideItem>()], cancellationToken);
        StoreCursor(serverId, events);
    }

    /// <summary>The events that follow on what is stored: none twice, none after a hole.</summary>
    private List<EventItem> TakeInOrder(int serverId, IEnumerable<EventItem> items)
    {
        var before = getCursor(serverId);
        var cursor = before;
        if (_storedCursors.GetValueOrDefault(serverId) is { } stored && (stored.Epoch, stored.Sequence) != (before.Epoch, before.Sequence))
        {
            // They were stored, and the answer to that was lost with the connection.
            cursor = new(stored.Epoch, stored.Sequence);
            _cursors[serverId] = cursor;
        }

        var taken = new List<EventItem>();
        foreach (var item in items)
        {
            var known = item.Epoch == cursor.Epoch ? cursor.Sequence : 0;
            var sequence = item.Event.Sequence;
            if (sequence <= known)
            {
                if (item.Event.Repair is { IsOpen: false } ended && (item.Epoch != before.Epoch || sequence > before.Sequence))
                {
                    EndedRuns.Add(new(serverId, _servers[serverId].Name, _servers[serverId].Site, ended));
                }

                continue;
            }

            if (sequence > known + 1)
            {
                if (known > 0 && !item.IsFirstOfWatch)
                {
                    _interrupted.Add(serverId);
                    break;
                }

                if (known > 0)
                {
                    AddChange(serverId, now.UtcDateTime, new("history", "", "incomplete", string.Create(CultureInfo.InvariantCulture, $"The agent no longer has events {known + 1} to {sequence - 1}.")));
                }
            }

            cursor = new(item.Epoch, sequence);
            taken.Add(item);
        }

        if (taken.Count > 0)
        {
            _cursors[serverId] = cursor;
        }

        return taken;
    }

    private void AddChange(int serverId, DateTime at, StateChange change) => context.StateChanges.Add(new()
    {
        ServerId = serverId,
        At = at,
        Subject = change.Subject,
        From = change.From,
        To = change.To,
        Detail = change.Detail,
    });

    /// <summary>Those that are not stored yet: an agent whose store was lost reads the logs of its server again, and tells what it told before under new numbers.</summary>
    private async Task AddWindowsEventsAsync(int serverId, List<WindowsEvent> told, CancellationToken cancellationToken)
    {
        if (told.Count == 0)
        {
            return;
        }

        var (from, to) = (told.Min(item => item.At).UtcDateTime - EventTolerance, told.Max(item => item.At).UtcDateTime);
        var stored = await context.ServerEvents.Where(entity => entity.ServerId == serverId && entity.At >= from && entity.At <= to)
            .Select(entity => new { entity.LogName, entity.RecordId, entity.At })
            .ToListAsync(cancellationToken);
        var known = stored.Select(entity => KeyOf(entity.LogName, entity.RecordId, entity.At)).ToHashSet();
        foreach (var windowsEvent in told.Where(item => known.Add(KeyOf(item.LogName, item.RecordId, item.At.UtcDateTime))))
        {
            AddEvent(serverId, windowsEvent);
        }

        // A log that was cleared numbers its records anew, so the time belongs to the key; databases keep it less exactly than Windows.
        static (string, long, long) KeyOf(string logName, long recordId, DateTime at) => (logName, recordId, at.Ticks / EventTolerance.Ticks);
    }

    private void AddEvent(int serverId, WindowsEvent windowsEvent) => context.ServerEvents.Add(new()
    {
        ServerId = serverId,
        At = windowsEvent.At.UtcDateTime,
        LogName = windowsEvent.LogName,
        RecordId = windowsEvent.RecordId,
        Provider = windowsEvent.Provider,
        EventId = windowsEvent.EventId,
        Level = windowsEvent.Level,
        Message = windowsEvent.Message.Length <= ServerEventEntity.MaximumMessageLength ? windowsEvent.Message : windowsEvent.Message[..ServerEventEntity.MaximumMessageLength],
    });

    private async Task StoreEvidenceAsync(int serverId, RunEvidence evidence, DateTime at, CancellationToken cancellationToken)
    {
        var message = evidence.ToWire().ToByteArray();
        if (await context.RunEvidence.FindAsync([serverId, evidence.RunId], cancellationToken) is { } known)
        {
            (known.At, known.Message) = (at, message);
        }
        else
        {
            context.RunEvidence.Add(new() { ServerId = serverId, RunId = evidence.RunId, At = at, Message = message });
        }
    }

    private async Task StoreOutsideAsync(int serverId, IReadOnlyList<OutsideItem> items, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
        {
            return;
        }

        foreach (var (at, change) in items.SelectMany(item => item.Changes.Select(change => (item.At, change))))
        {
            AddChange(serverId, at.UtcDateTime, change);
        }

        var (savedAt, message) = (items[^1].At.UtcDateTime, items[^1].Section.ToWire().ToByteArray());
        if (await context.OutsideProbes.FindAsync([serverId], cancellationToken) is { } known)
        {
            (known.SavedAt, known.Message) = (savedAt, message);
        }
        else
        {
            context.OutsideProbes.Add(new() { ServerId = serverId, SavedAt = savedAt, Message = message });
        }
    }

    /// <summary>The cursor, and what was taken today: a dashboard that starts again goes on counting where this one was.</summary>
    private void StoreCursor(int serverId, List<EventItem> taken)
    {
        if (!_cursors.TryGetValue(serverId, out var cursor))
        {
            return;
        }

        if (!_storedCursors.TryGetValue(serverId, out var entity))
        {
            entity = new() { ServerId = serverId, Epoch = "" };
            context.LinkCursors.Add(entity);
        }

        (entity.Epoch, entity.Sequence) = (cursor.Epoch, cursor.Sequence);
        if (DateOnly.FromDateTime(now.UtcDateTime) is var today && entity.Day != today)
        {
            (entity.Day, entity.EventsOfDay, entity.EventBytesOfDay) = (today, 0, 0);
        }

        entity.EventsOfDay += taken.Count;
        entity.EventBytesOfDay += taken.Sum(item => (long)item.MessageBytes);
    }

    /// <returns>All that were told of, as they are stored.</returns>
    private async Task<List<RepairEntity>> StoreRepairsAsync(int serverId, List<(Repair Run, DateTimeOffset ReadAt)> runs, CancellationToken cancellationToken)
    {
        var stored = new List<RepairEntity>();
        foreach (var group in runs.GroupBy(entry => entry.Run.Id))
        {
            var (run, readAt) = group.MaxBy(entry => entry.Run.Revision);
            var entity = await context.Repairs.FindAsync([serverId, run.Id], cancellationToken);
            if (entity is null)
            {
                entity = new() { ServerId = serverId, RepairId = run.Id, Playbook = run.Playbook, Run = "" };
                context.Repairs.Add(entity);
            }
            else if (entity.Revision > run.Revision)
            {
                stored.Add(entity);
                continue;
            }

            // What ended before this dashboard had heard of it belongs to another time, unless it was just now; its start may be in this very batch.
            var wasOpen = entity.Run.Length == 0
                ? run.EndedAt > now - FreshFor || group.Any(entry => entry.Run.IsOpen)
                : entity.State is RepairState.Running or RepairState.WaitingForApproval;
            if (wasOpen && !run.IsOpen && _servers.TryGetValue(serverId, out var server))
            {
                EndedRuns.Add(new(serverId, server.Name, server.Site, run));
            }

            Copy(run, readAt, entity);
            stored.Add(entity);
        }

        return stored;
    }

    private static void Copy(Repair run, DateTimeOffset readAt, RepairEntity entity)
    {
        entity.Playbook = run.Playbook;
        entity.Baseline = run.Baseline;
        entity.State = run.State;
        entity.RequestedBy = run.RequestedBy;
        entity.Reason = run.Reason;
        entity.StartedAt = run.StartedAt.UtcDateTime;
        entity.EndedAt = run.EndedAt?.UtcDateTime;
        entity.Revision = run.Revision;
        entity.Sentence = run.Sentence;
        entity.CanUndo = run.CanUndo;
        entity.UndoOf = run.UndoOf;
        entity.UndoneBy = run.UndoneBy;
        entity.ReadAt = readAt.UtcDateTime;
        entity.Run = JsonSerializer.Serialize(run, JsonColumn.Json);
    }

    private bool IsStatusChanged(int serverId) =>
        states.TryGetValue(serverId, out var state) && (!state.CurrentStatus.IsSameForHistory(state.WrittenStatus) || state.Snapshot is { } snapshot && IsOther(Describe(snapshot), state.WrittenAgent));

    private static bool IsOther(Shared.Snapshots.AgentInfo agent, Shared.Snapshots.AgentInfo? written) =>
        written is null || agent.AgentId != written.AgentId || agent.ComputerName != written.ComputerName || agent.AgentVersion != written.AgentVersion
        || agent.OperatingSystem != written.OperatingSystem || !agent.Roles.SequenceEqual(written.Roles);

    /// <summary>Windows names its own edition; what the agent's runtime calls the system is known before anything was read.</summary>
    private static Shared.Snapshots.AgentInfo Describe(Shared.Snapshots.Snapshot snapshot) =>
        snapshot.Host.Value?.OperatingSystem is { Length: > 0 } edition ? snapshot.Agent with { OperatingSystem = edition } : snapshot.Agent;

    /// <summary>When the server came to be so; but what is known again after a silence became so before it, and a change is never older than the one before.</summary>
    private DateTime HealthChangedAt(ServerStatus before, ServerStatus after) =>
        after.HealthSince is { } since && before.Health != Shared.Rules.Findings.Health.Unreachable && !(since < before.HealthSince) ? since : now.UtcDateTime;

    private void StoreStatus(int serverId)
    {
        if (!states.TryGetValue(serverId, out var state) || !_servers.TryGetValue(serverId, out var entity))
        {
            return;
        }

        var status = state.CurrentStatus;
        foreach (var change in StatusChanges.Between(entity.Status, status))
        {
            AddChange(serverId, change.Subject is StateChangeEntity.HealthSubject or StatusChanges.AgentSubject ? HealthChangedAt(entity.Status, status) : now.UtcDateTime, change);
        }

        entity.Status = status;
        var snapshot = state.Snapshot;
        if (snapshot is not null)
        {
            entity.AgentId = snapshot.Agent.AgentId;
            entity.ComputerName = snapshot.Agent.ComputerName;
            entity.OperatingSystem = Describe(snapshot).OperatingSystem;
            entity.AgentVersion = snapshot.Agent.AgentVersion;
            entity.Roles = string.Join(',', snapshot.Agent.Roles);
            entity.WsusVersion = snapshot.Wsus.Value?.Version is { Length: > 0 } version ? version : entity.WsusVersion;
            entity.SearchText = ServerEntity.SearchTextOf(entity.Name, entity.Site, entity.Address, entity.ComputerName);
        }

        _afterCommit.Add(() =>
        {
            state.WrittenStatus = status;
            state.WrittenAgent = snapshot is null ? null : Describe(snapshot);
        });
    }
}

/// <summary>A repair that has ended.</summary>
internal sealed record EndedRun(int ServerId, string ServerName, string Site, Repair Run);
