using Grpc.Core;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>The verbs of the contract. Each maps, calls, maps back; what a verb does stands elsewhere, and so does what its failures look like.</summary>
internal sealed class AgentService(
    AgentInfoReader info,
    WatchStream watch,
    AgentStore store,
    LogStream logs,
    RemediationService remediation,
    DirectCalls direct,
    IHostApplicationLifetime lifetime) : Wire.Agent.AgentBase
{
    public override Task<Wire.AgentInfo> GetInfo(Wire.GetInfoRequest request, ServerCallContext context) =>
        Task.FromResult(info.ReadInfo().ToWire());

    public override Task<Wire.Snapshot> GetSnapshot(Wire.GetSnapshotRequest request, ServerCallContext context) =>
        Task.FromResult(info.ReadSnapshot().ToWire());

    public override async Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchMessage> responseStream, ServerCallContext context)
    {
        ReadRequests.Check(request);
        using var ending = UntilTheAgentStops(context);
        await foreach (var message in watch.ReadAsync(request.AfterSequence, request.SequenceEpoch, request.WithSamples ? request.SamplesAfter : null, ending.Token))
        {
            await responseStream.WriteAsync(message, ending.Token);
        }
    }

    public override Task<Wire.ListSyncRunsResponse> ListSyncRuns(Wire.ListSyncRunsRequest request, ServerCallContext context)
    {
        var query = ReadRequests.Check(request);
        var page = store.ListSyncRuns(query.PageSize, query.PageToken, query.Since);
        return Task.FromResult(new Wire.ListSyncRunsResponse { Runs = { page.Runs.Select(run => run.ToWire()) }, NextPageToken = page.NextPageToken });
    }

    public override async Task ReadLog(Wire.ReadLogRequest request, IServerStreamWriter<Wire.LogLine> responseStream, ServerCallContext context)
    {
        var query = ReadRequests.Check(request);
        using var ending = UntilTheAgentStops(context);
        await foreach (var line in logs.ReadAsync(query, ending.Token))
        {
            await responseStream.WriteAsync(line, ending.Token);
        }
    }

    public override async Task<Wire.Plan> PlanRemediation(Wire.PlanRemediationRequest request, ServerCallContext context) =>
        (await remediation.PlanAsync(request.Playbook, request.Baseline, context.CancellationToken)).ToWire();

    public override async Task<Wire.RemediationRun> StartRemediation(Wire.StartRemediationRequest request, ServerCallContext context)
    {
        var start = new StartRequest
        {
            Playbook = request.Playbook,
            Baseline = request.Baseline,
            Fingerprint = request.Fingerprint,
            RequestedBy = request.RequestedBy,
            Reason = request.Reason,
            Ticket = request.Context?.Ticket ?? "",
            IdempotencyKey = request.IdempotencyKey,
            Approval = OrderOf(context),
        };
        return (await remediation.StartAsync(start, context.CancellationToken)).ToWire();
    }

    public override Task<Wire.RemediationRun> GetRemediation(Wire.GetRemediationRequest request, ServerCallContext context) =>
        Task.FromResult(remediation.Get(request.Id).ToWire());

    public override async Task<Wire.RemediationRun> CancelRemediation(Wire.CancelRemediationRequest request, ServerCallContext context) =>
        (await remediation.CancelAsync(request.Id, request.RequestedBy, context.CancellationToken)).ToWire();

    public override async Task<Wire.RemediationRun> UndoRemediation(Wire.UndoRemediationRequest request, ServerCallContext context)
    {
        var undo = new UndoRequest
        {
            RunId = request.Id,
            RequestedBy = request.RequestedBy,
            Reason = request.Reason,
            Ticket = request.Context?.Ticket ?? "",
            IdempotencyKey = request.IdempotencyKey,
            Approval = OrderOf(context),
        };
        return (await remediation.UndoAsync(undo, context.CancellationToken)).ToWire();
    }

    public override Task<Wire.ServiceStatus> ControlService(Wire.ControlServiceRequest request, ServerCallContext context) => direct.ControlServiceAsync(request, context.CancellationToken);

    public override Task<Wire.AppPool> ControlPool(Wire.ControlPoolRequest request, ServerCallContext context) => direct.ControlPoolAsync(request, context.CancellationToken);

    public override Task<Wire.StartSyncResponse> StartSync(Wire.StartSyncRequest request, ServerCallContext context) => direct.StartSyncAsync(request, context.CancellationToken);

    public override Task<Wire.StopSyncResponse> StopSync(Wire.StopSyncRequest request, ServerCallContext context) => direct.StopSyncAsync(request, context.CancellationToken);

    /// <summary>Null where the command begins at once.</summary>
    private static ApprovalOrder? OrderOf(ServerCallContext context) => context.UserState.TryGetValue(ApprovalOrder.Key, out var order) ? (ApprovalOrder)order : null;

    /// <summary>The server lets calls end by themselves when it stops, and these never would.</summary>
    private CancellationTokenSource UntilTheAgentStops(ServerCallContext context) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
}
