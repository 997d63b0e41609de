using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Outbound;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>Who trusts whom, and how the agent finds its server, as somebody on the server itself asks it.</summary>
internal sealed class LocalTrustService(
    HubTrust trust, PairingCodes codes, PairedHubs hubs, HubSessions sessions, OutboundLinks links, PendingApprovals approvals, AgentSelf self, SelfExamination examination) : Wire.LocalTrust.LocalTrustBase
{
    public override Task<Wire.OpenPairingResponse> OpenPairing(Wire.OpenPairingRequest request, ServerCallContext context)
    {
        var (code, expiresAt) = trust.OpenPairing();
        return Task.FromResult(new Wire.OpenPairingResponse
        {
            Code = code.ToString(),
            ExpiresAt = Timestamp.FromDateTimeOffset(expiresAt),
            AgentPin = self.Pin,
            Port = self.Port,
            ListenAddress = self.ListenAddress.ToString(),
        });
    }

    public override Task<Wire.TrustState> GetTrust(Wire.GetTrustRequest request, ServerCallContext context) => Task.FromResult(new Wire.TrustState
    {
        AgentPin = self.Pin,
        NextAgentPin = self.NextPin,
        Hubs = { hubs.All.Select(ToWire) },
        MaximumHubs = PairedHubs.Maximum,
        CodeExpiresAt = codes.ExpiresAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
    });

    public override Task<Wire.UnpairHubResponse> UnpairHub(Wire.UnpairHubRequest request, ServerCallContext context) =>
        Task.FromResult(new Wire.UnpairHubResponse { Hub = ToWire(trust.UnpairHere(request.Hub.Trim())) });

    public override Task<Wire.RotateKeyResponse> RotateKey(Wire.RotateKeyRequest request, ServerCallContext context)
    {
        var waiting = trust.RotateKey();
        return Task.FromResult(new Wire.RotateKeyResponse { AgentPin = self.Pin, NextAgentPin = self.NextPin, WaitingFor = { waiting.Select(hub => hub.Name) } });
    }

    public override Task<Wire.ListApprovalsResponse> ListApprovals(Wire.ListApprovalsRequest request, ServerCallContext context) =>
        Task.FromResult(new Wire.ListApprovalsResponse { Approvals = { approvals.All.Select(ToWire) } });

    public override async Task<Wire.DecideApprovalResponse> DecideApproval(Wire.DecideApprovalRequest request, ServerCallContext context) =>
        new() { Message = await approvals.DecideAsync(request.Id.Trim(), request.Approve, request.Person, context.CancellationToken) };

    public override async Task<Wire.ExamineResponse> Examine(Wire.ExamineRequest request, ServerCallContext context)
    {
        var report = await examination.RunAsync(request.ForReport, context.CancellationToken);
        return (report with { Results = [.. report.Results, .. links.All.Select(HubProbes.Describe)] }).ToWire(withReadings: request.ForReport);
    }

    private static Wire.Approval ToWire(PendingApproval pending)
    {
        var approval = pending.ToWaiting().ToWire();
        (approval.Reason, approval.Ticket) = (pending.Asked.Reason, pending.Asked.Ticket);
        return approval;
    }

    private Wire.TrustedHub ToWire(PairedHub hub) => new()
    {
        Id = hub.Id,
        Name = hub.Name,
        Pin = hub.Pin,
        NextPin = hub.NextPin ?? "",
        PairedAt = Timestamp.FromDateTimeOffset(hub.PairedAt),
        PairedFrom = hub.PairedFrom,
        KnowsNextAgentKey = KeyPin.AreSame(hub.KnownSuccessor, self.NextPin),
        OpenRequests = sessions.CountOf(hub.Id),
        Links = { links.All.Where(link => link.HubId == hub.Id).Select(ToWire) },
    };

    private static Wire.OutboundLink ToWire(OutboundLink link) => new()
    {
        Address = HubAddress.Text(link.Address),
        Connected = link.IsConnected,
        Since = Timestamp.FromDateTimeOffset(link.Since),
        Error = link.Error,
        Attempts = link.Attempts,
        NextAttemptAt = link.NextAttemptAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
        Given = link.IsGiven,
        Listed = link.IsListed,
        SameAs = link.SameAs is { } other ? HubAddress.Text(other) : "",
    };
}
