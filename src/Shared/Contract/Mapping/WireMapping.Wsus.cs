using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.WsusState ToWire(this WsusState state)
    {
        var wire = new Wire.WsusState
        {
            Version = state.Version,
            Port = state.Port,
            UsesTls = state.UsesTls,
            SubscriptionState = (Wire.SubscriptionState)state.SubscriptionState,
            Progress = state.Progress?.ToWire(),
            NextSyncAt = ToTimestamp(state.NextSyncAt),
            SynchronizesAutomatically = state.SynchronizesAutomatically,
            Counts = state.Counts?.ToWire(),
            CountsReadAt = ToTimestamp(state.CountsReadAt),
            CountsSource = (Wire.WsusSource)state.CountsSource,
            HistorySource = (Wire.WsusSource)state.HistorySource,
            CountsProblem = state.CountsProblem,
            Source = state.Source,
            IsReplica = state.IsReplica,
            UsesProxy = state.UsesProxy,
            ProxyName = state.ProxyName,
            DatabaseServer = state.DatabaseServer,
            PublicName = state.PublicName,
            DownstreamServers = { state.DownstreamServers },
            Database = state.Database?.ToWire(),
            DatabaseProblem = state.DatabaseProblem,
        };
        if (state.SubscribedCategories is { } categories)
        {
            wire.SubscribedCategories = categories;
        }

        return wire;
    }

    public static WsusState ToDomain(this Wire.WsusState state) => new()
    {
        Version = state.Version,
        Port = state.Port,
        UsesTls = state.UsesTls,
        SubscriptionState = ToKnown<SubscriptionState>((int)state.SubscriptionState),
        Progress = state.Progress?.ToDomain(),
        NextSyncAt = ToTime(state.NextSyncAt),
        SynchronizesAutomatically = state.SynchronizesAutomatically,
        Counts = state.Counts?.ToDomain(),
        CountsReadAt = ToTime(state.CountsReadAt),
        CountsSource = ToKnown<WsusSource>((int)state.CountsSource),
        HistorySource = ToKnown<WsusSource>((int)state.HistorySource),
        CountsProblem = state.CountsProblem,
        Source = state.Source,
        IsReplica = state.IsReplica,
        UsesProxy = state.UsesProxy,
        ProxyName = state.ProxyName,
        DatabaseServer = state.DatabaseServer,
        PublicName = state.PublicName,
        DownstreamServers = Copy(state.DownstreamServers),
        SubscribedCategories = state.HasSubscribedCategories ? state.SubscribedCategories : null,
        Database = state.Database?.ToDomain(),
        DatabaseProblem = state.DatabaseProblem,
    };

    public static Wire.DatabaseSize ToWire(this DatabaseSize size)
    {
        var wire = new Wire.DatabaseSize { ReadAt = ToTimestamp(size.ReadAt), DataKilobytes = size.DataKilobytes, Edition = size.Edition };
        if (size.LimitKilobytes is { } limit)
        {
            wire.LimitKilobytes = limit;
        }

        if (size.Updates is { } updates)
        {
            wire.Updates = updates;
        }

        if (size.Revisions is { } revisions)
        {
            wire.Revisions = revisions;
        }

        if (size.Events is { } events)
        {
            wire.Events = events;
        }

        if (size.LicenseFiles is { } licenses)
        {
            wire.LicenseFiles = licenses;
        }

        if (size.MissingLicenseFiles is { } missing)
        {
            wire.MissingLicenseFiles = missing;
        }

        return wire;
    }

    public static DatabaseSize ToDomain(this Wire.DatabaseSize size) => new()
    {
        ReadAt = ToTime(size.ReadAt),
        DataKilobytes = size.DataKilobytes,
        Edition = size.Edition,
        LimitKilobytes = size.HasLimitKilobytes ? size.LimitKilobytes : null,
        Updates = size.HasUpdates ? size.Updates : null,
        Revisions = size.HasRevisions ? size.Revisions : null,
        Events = size.HasEvents ? size.Events : null,
        LicenseFiles = size.HasLicenseFiles ? size.LicenseFiles : null,
        MissingLicenseFiles = size.HasMissingLicenseFiles ? size.MissingLicenseFiles : null,
    };

    public static Wire.SyncProgress ToWire(this SyncProgress progress) => new()
    {
        Phase = (Wire.SyncPhase)progress.Phase,
        Processed = progress.Processed,
        Total = progress.Total,
        StartedAt = ToTimestamp(progress.StartedAt),
    };

    public static SyncProgress ToDomain(this Wire.SyncProgress progress) =>
        new(ToKnown<SyncPhase>((int)progress.Phase), progress.Processed, progress.Total, ToTime(progress.StartedAt));

    public static Wire.WsusCounts ToWire(this WsusCounts counts) => new()
    {
        Updates = counts.Updates,
        Declined = counts.Declined,
        Approved = counts.Approved,
        NotApproved = counts.NotApproved,
        Expired = counts.Expired,
        NeedingFiles = counts.NeedingFiles,
        WithClientErrors = counts.WithClientErrors,
        Computers = counts.Computers,
        ComputersNeedingUpdates = counts.ComputersNeedingUpdates,
        ComputersWithErrors = counts.ComputersWithErrors,
    };

    public static WsusCounts ToDomain(this Wire.WsusCounts counts) => new()
    {
        Updates = counts.Updates,
        Declined = counts.Declined,
        Approved = counts.Approved,
        NotApproved = counts.NotApproved,
        Expired = counts.Expired,
        NeedingFiles = counts.NeedingFiles,
        WithClientErrors = counts.WithClientErrors,
        Computers = counts.Computers,
        ComputersNeedingUpdates = counts.ComputersNeedingUpdates,
        ComputersWithErrors = counts.ComputersWithErrors,
    };
}
