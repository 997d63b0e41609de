using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

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
            Settings = state.Settings?.ToWire(),
            Components = { state.Components.Select(ToWire) },
            Note = state.Note,
            WsusConfiguration = state.WsusConfiguration?.ToWire(),
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
        Settings = state.Settings?.ToDomain(),
        Components = Map(state.Components, ToDomain),
        Note = state.Note,
        HasSyncSchedule = state.HasHasSyncSchedule ? state.HasSyncSchedule : null,
        WsusConfiguration = state.WsusConfiguration?.ToDomain(),
    };

    public static Wire.WsusConfiguration ToWire(this WsusConfiguration configuration) => new()
    {
        State = configuration.State,
        At = ToTimestamp(configuration.At),
        Problem = configuration.Problem,
        UnknownCategories = { configuration.UnknownCategories },
    };

    public static WsusConfiguration ToDomain(this Wire.WsusConfiguration configuration) => new()
    {
        State = configuration.State,
        At = ToTime(configuration.At),
        Problem = configuration.Problem,
        UnknownCategories = Copy(configuration.UnknownCategories),
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

    public static Wire.SiteSyncSettings ToWire(this SiteSyncSettings settings)
    {
        var wire = new Wire.SiteSyncSettings();
        if (settings.Port is { } port)
        {
            wire.Port = port;
        }

        if (settings.TlsPort is { } tlsPort)
        {
            wire.TlsPort = tlsPort;
        }

        if (settings.UsesTls is { } usesTls)
        {
            wire.UsesTls = usesTls;
        }

        if (settings.ExpiredUpdates is { } expired)
        {
            wire.ExpiredUpdates = expired;
        }

        if (settings.SubscribedCategories is { } subscribed)
        {
            wire.SubscribedCategories = subscribed;
        }

        return wire;
    }

    public static SiteSyncSettings ToDomain(this Wire.SiteSyncSettings settings) => new()
    {
        Port = settings.HasPort ? settings.Port : null,
        TlsPort = settings.HasTlsPort ? settings.TlsPort : null,
        UsesTls = settings.HasUsesTls ? settings.UsesTls : null,
        ExpiredUpdates = settings.HasExpiredUpdates ? settings.ExpiredUpdates : null,
        SubscribedCategories = settings.HasSubscribedCategories ? settings.SubscribedCategories : null,
    };

    public static Wire.SupSyncStatus ToWire(this SupSyncStatus status)
    {
        var wire = new Wire.SupSyncStatus
        {
            ServerName = status.ServerName,
            SiteCode = status.SiteCode,
            Source = status.Source,
            LastSyncState = status.LastSyncState,
            LastSyncStateAt = ToTimestamp(status.LastSyncStateAt),
            LastSyncErrorCode = status.LastSyncErrorCode,
            LastSuccessfulSyncAt = ToTimestamp(status.LastSuccessfulSyncAt),
            CatalogVersion = status.CatalogVersion,
            AreTimesUncertain = status.AreTimesUncertain,
        };
        if (status.ReplicationLinkStatus is { } link)
        {
            wire.ReplicationLinkStatus = link;
        }

        return wire;
    }

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
        ReplicationLinkStatus = status.HasReplicationLinkStatus ? status.ReplicationLinkStatus : null,
        AreTimesUncertain = status.AreTimesUncertain,
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
