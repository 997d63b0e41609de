using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract;

public static partial class WireMapping
{
    public static Wire.ConfigMgrState ToWire(this ConfigMgrState state)
    {
        var wire = new Wire.ConfigMgrState
        {
            SiteCode = state.SiteCode,
            ProviderComputer = state.ProviderComputer,
            SoftwareUpdatePoints = { state.SoftwareUpdatePoints.Select(ToWire) },
            SyncLog = state.SyncLog?.ToWire(),
            Progress = state.Progress?.ToWire(),
            Components = { state.Components.Select(ToWire) },
            Note = state.Note,
        };
        if (state.HasSyncSchedule is { } hasSchedule)
        {
            wire.HasSyncSchedule = hasSchedule;
        }

        if (state.SoftwareUpdateCount is { } count)
        {
            wire.SoftwareUpdateCount = count;
        }

        return wire;
    }

    public static ConfigMgrState ToDomain(this Wire.ConfigMgrState state) => new()
    {
        SiteCode = state.SiteCode,
        ProviderComputer = state.ProviderComputer,
        SoftwareUpdatePoints = Map(state.SoftwareUpdatePoints, ToDomain),
        SoftwareUpdateCount = state.HasSoftwareUpdateCount ? state.SoftwareUpdateCount : null,
        SyncLog = state.SyncLog?.ToDomain(),
        Progress = state.Progress?.ToDomain(),
        Components = Map(state.Components, ToDomain),
        Note = state.Note,
        HasSyncSchedule = state.HasHasSyncSchedule ? state.HasSyncSchedule : null,
    };

    public static Wire.SiteComponent ToWire(this SiteComponent component) => new()
    {
        Name = component.Name,
        Computer = component.Computer,
        Health = (Wire.ComponentHealth)component.Health,
        IsStarted = component.IsStarted,
        Errors = component.Errors,
        Warnings = component.Warnings,
    };

    public static SiteComponent ToDomain(this Wire.SiteComponent component) => new()
    {
        Name = component.Name,
        Computer = component.Computer,
        Health = ToKnown<ComponentHealth>((int)component.Health),
        IsStarted = component.IsStarted,
        Errors = component.Errors,
        Warnings = component.Warnings,
    };

    public static Wire.SupSyncStatus ToWire(this SupSyncStatus status) => new()
    {
        ServerName = status.ServerName,
        SiteCode = status.SiteCode,
        Source = status.Source,
        LastSyncState = status.LastSyncState,
        LastSyncStateAt = ToTimestamp(status.LastSyncStateAt),
        LastSyncErrorCode = status.LastSyncErrorCode,
        LastSuccessfulSyncAt = ToTimestamp(status.LastSuccessfulSyncAt),
        CatalogVersion = status.CatalogVersion,
    };

    public static SupSyncStatus ToDomain(this Wire.SupSyncStatus status) => new()
    {
        ServerName = status.ServerName,
        SiteCode = status.SiteCode,
        Source = status.Source,
        LastSyncState = status.LastSyncState,
        LastSyncStateAt = ToTime(status.LastSyncStateAt),
        LastSyncErrorCode = status.LastSyncErrorCode,
        LastSuccessfulSyncAt = ToTime(status.LastSuccessfulSyncAt),
        CatalogVersion = status.CatalogVersion,
    };

    public static Wire.LogReadState ToWire(this LogReadState state)
    {
        var wire = new Wire.LogReadState
        {
            Path = state.Path,
            Position = state.Position,
            LinesRead = state.LinesRead,
            LinesSkipped = state.LinesSkipped,
        };
        if (state.Problem is not null)
        {
            wire.Problem = state.Problem;
        }

        return wire;
    }

    public static LogReadState ToDomain(this Wire.LogReadState state) => new()
    {
        Path = state.Path,
        Position = state.Position,
        LinesRead = state.LinesRead,
        LinesSkipped = state.LinesSkipped,
        Problem = state.HasProblem ? state.Problem : null,
    };

    public static Wire.ConfigMgrSyncProgress ToWire(this ConfigMgrSyncProgress progress) => new()
    {
        Phase = progress.Phase,
        Processed = progress.Processed,
        Total = progress.Total,
        At = ToTimestamp(progress.At),
    };

    public static ConfigMgrSyncProgress ToDomain(this Wire.ConfigMgrSyncProgress progress) =>
        new(progress.Phase, progress.Processed, progress.Total, ToTimeOrDefault(progress.At));
}
