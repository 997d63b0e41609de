using Grpc.Core;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>The verbs of the contract. Each maps, calls, maps back; what a verb does stands elsewhere.</summary>
internal sealed class AgentService(AgentInfoReader info, WatchStream watch, AgentStore store) : Wire.Agent.AgentBase
{
    public override Task<Wire.AgentInfo> GetInfo(Wire.GetInfoRequest request, ServerCallContext context) =>
        Task.FromResult(info.ReadInfo().ToWire());

    public override Task<Wire.Snapshot> GetSnapshot(Wire.GetSnapshotRequest request, ServerCallContext context) =>
        Task.FromResult(info.ReadSnapshot().ToWire());

    public override async Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchMessage> responseStream, ServerCallContext context)
    {
        await foreach (var message in watch.ReadAsync(request.AfterSequence, request.SequenceEpoch, context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(message, context.CancellationToken).ConfigureAwait(false);
        }
    }

    public override Task<Wire.ListSyncRunsResponse> ListSyncRuns(Wire.ListSyncRunsRequest request, ServerCallContext context)
    {
        var pageSize = request.PageSize == 0 ? ContractLimits.DefaultSyncRunPageSize : request.PageSize;
        var page = store.ListSyncRuns(pageSize, request.PageToken, request.Since?.ToDateTimeOffset());
        return Task.FromResult(new Wire.ListSyncRunsResponse { Runs = { page.Runs.Select(run => run.ToWire()) }, NextPageToken = page.NextPageToken });
    }
}
