using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using WsusDashboard.Agent.Tests.Support;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>An agent whose every text came from somebody hostile: reasons and names of hubs, lines of logs, what its server says.</summary>
internal static class HostileAgent
{
    /// <summary>The playbook whose plan is refused, with a hostile reason.</summary>
    public const string RefusedPlaybook = "pool-only";

    /// <summary>Asked for by this id, everything is refused.</summary>
    public const string RefusedId = "refuse-me";

    public static Task<LocalServer> StartAsync(string dataDirectory) => LocalServer.StartAsync(
        dataDirectory,
        application =>
        {
            application.MapGrpcService<Verbs>();
            application.MapGrpcService<LocalVerbs>();
        },
        _ => { });

    private static RpcException Refusal() => new(new Status(StatusCode.PermissionDenied, HostileText.Text));

    private static Wire.Repair Run()
    {
        var run = HostileText.Message<Wire.Repair>();
        (run.State, run.CanUndo, run.UndoOf) = (Wire.RepairState.Failed, true, "");
        foreach (var step in run.Steps)
        {
            step.State = Wire.StepState.Failed;
        }

        return run;
    }

    private sealed class Verbs : Wire.Agent.AgentBase
    {
        public override Task<Wire.Snapshot> GetSnapshot(Wire.GetSnapshotRequest request, ServerCallContext context) => Task.FromResult(HostileText.Message<Wire.Snapshot>());

        public override Task<Wire.ListSyncRunsResponse> ListSyncRuns(Wire.ListSyncRunsRequest request, ServerCallContext context) => Task.FromResult(HostileText.Message<Wire.ListSyncRunsResponse>());

        public override Task<Wire.Plan> PlanRepair(Wire.PlanRepairRequest request, ServerCallContext context)
        {
            var plan = HostileText.Message<Wire.Plan>();
            plan.Refusal = request.Playbook == RefusedPlaybook ? HostileText.Text : "";
            return Task.FromResult(plan);
        }

        public override Task<Wire.Repair> StartRepair(Wire.StartRepairRequest request, ServerCallContext context) => Task.FromResult(Run());

        public override Task<Wire.Repair> GetRepair(Wire.GetRepairRequest request, ServerCallContext context) => request.Id == RefusedId ? throw Refusal() : Task.FromResult(Run());

        public override Task<Wire.Repair> KeepSettings(Wire.KeepSettingsRequest request, ServerCallContext context) => Task.FromResult(Run());

        public override Task<Wire.Repair> UndoRepair(Wire.UndoRepairRequest request, ServerCallContext context) => Task.FromResult(Run());
    }

    private sealed class LocalVerbs : Wire.LocalTrust.LocalTrustBase
    {
        public override Task<Wire.OpenPairingResponse> OpenPairing(Wire.OpenPairingRequest request, ServerCallContext context)
        {
            var opened = HostileText.Message<Wire.OpenPairingResponse>();
            opened.ListenAddress = "0.0.0.0";
            return Task.FromResult(opened);
        }

        public override Task<Wire.TrustState> GetTrust(Wire.GetTrustRequest request, ServerCallContext context) => Task.FromResult(HostileText.Message<Wire.TrustState>());

        public override Task<Wire.UnpairHubResponse> UnpairHub(Wire.UnpairHubRequest request, ServerCallContext context) => Task.FromResult(HostileText.Message<Wire.UnpairHubResponse>());

        public override Task<Wire.RotateKeyResponse> RotateKey(Wire.RotateKeyRequest request, ServerCallContext context) => Task.FromResult(HostileText.Message<Wire.RotateKeyResponse>());

        public override Task<Wire.ListApprovalsResponse> ListApprovals(Wire.ListApprovalsRequest request, ServerCallContext context) => Task.FromResult(HostileText.Message<Wire.ListApprovalsResponse>());

        public override Task<Wire.DecideApprovalResponse> DecideApproval(Wire.DecideApprovalRequest request, ServerCallContext context) =>
            request.Id == RefusedId ? throw Refusal() : Task.FromResult(HostileText.Message<Wire.DecideApprovalResponse>());

        public override Task<Wire.ExamineResponse> Examine(Wire.ExamineRequest request, ServerCallContext context) => Task.FromResult(HostileText.Message<Wire.ExamineResponse>());
    }
}
