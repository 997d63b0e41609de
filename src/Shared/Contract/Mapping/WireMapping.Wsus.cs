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
