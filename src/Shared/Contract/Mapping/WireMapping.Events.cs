using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.SyncRun ToWire(this SyncRun run)
    {
        var wire = new Wire.SyncRun
        {
            Id = run.Id,
            Source = (Wire.SyncSource)run.Source,
            Trigger = (Wire.SyncTrigger)run.Trigger,
            StartedAt = ToTimestamp(run.StartedAt),
            EndedAt = ToTimestamp(run.EndedAt),
            Result = (Wire.SyncResult)run.Result,
            ErrorCode = run.ErrorCode,
            ErrorText = run.ErrorText,
        };
        if (run.UpdatesChanged is { } changed)
        {
            wire.UpdatesChanged = changed;
        }

        return wire;
    }

    public static SyncRun ToDomain(this Wire.SyncRun run) => new()
    {
        Id = run.Id,
        Source = ToKnown<SyncSource>((int)run.Source),
        Trigger = ToKnown<SyncTrigger>((int)run.Trigger),
        StartedAt = ToTimeOrDefault(run.StartedAt),
        EndedAt = ToTime(run.EndedAt),
        Result = ToKnown<SyncResult>((int)run.Result),
        ErrorCode = run.ErrorCode,
        ErrorText = run.ErrorText,
        UpdatesChanged = run.HasUpdatesChanged ? run.UpdatesChanged : null,
    };

    /// <summary>The contract carries one payload an event: the first of run, state change, repair, Windows event, evidence that is there.</summary>
    public static Wire.AgentEvent ToWire(this AgentEvent agentEvent)
    {
        var wire = new Wire.AgentEvent { Sequence = agentEvent.Sequence, At = ToTimestamp(agentEvent.At) };
        if (agentEvent.SyncRun is { } run)
        {
            wire.SyncRun = run.ToWire();
        }
        else if (agentEvent.StateChange is { } change)
        {
            wire.StateChange = change.ToWire();
        }
        else if (agentEvent.Repair is { } repair)
        {
            wire.Repair = repair.ToWire();
        }
        else if (agentEvent.WindowsEvent is { } windowsEvent)
        {
            wire.WindowsEvent = windowsEvent.ToWire();
        }
        else if (agentEvent.Evidence is { } evidence)
        {
            wire.Evidence = evidence.ToWire();
        }

        return wire;
    }

    /// <summary>An event whose payload this build does not know keeps its number, so that a hub can pass it over and go on.</summary>
    public static AgentEvent ToDomain(this Wire.AgentEvent agentEvent) => new()
    {
        Sequence = agentEvent.Sequence,
        At = ToTimeOrDefault(agentEvent.At),
        SyncRun = agentEvent.SyncRun?.ToDomain(),
        StateChange = agentEvent.StateChange?.ToDomain(),
        Repair = agentEvent.Repair?.ToDomain(),
        WindowsEvent = agentEvent.WindowsEvent?.ToDomain(),
        Evidence = agentEvent.Evidence?.ToDomain(),
    };

    public static Wire.StateChange ToWire(this StateChange change) => new()
    {
        Subject = change.Subject,
        From = change.From,
        To = change.To,
        Detail = change.Detail,
    };

    public static StateChange ToDomain(this Wire.StateChange change) => new(change.Subject, change.From, change.To, change.Detail);
}
