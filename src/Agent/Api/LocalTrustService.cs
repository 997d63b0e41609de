using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>Who trusts whom, as somebody on the server itself asks it.</summary>
internal sealed class LocalTrustService(TrustDesk desk, PairingDesk codes, PairedHubs hubs, HubSessions sessions, ApprovalDesk approvals, LocalFacts facts) : Wire.LocalTrust.LocalTrustBase
{
    public override Task<Wire.OpenPairingResponse> OpenPairing(Wire.OpenPairingRequest request, ServerCallContext context)
    {
        facts.Audit.Write(new AuditEntry { Verb = "open-pairing", From = LocalFacts.Here, Outcome = "done" });
        var (code, expiresAt) = codes.Open();
        return Task.FromResult(new Wire.OpenPairingResponse
        {
            Code = code.ToString(),
            ExpiresAt = Timestamp.FromDateTimeOffset(expiresAt),
            AgentPin = facts.Keys.Current.Pin,
            Port = facts.ReadPort(),
            ListenAddress = IPAddress.Parse(facts.Options.ListenAddress).ToString(),
        });
    }

    public override Task<Wire.TrustState> GetTrust(Wire.GetTrustRequest request, ServerCallContext context) => Task.FromResult(new Wire.TrustState
    {
        AgentPin = facts.Keys.Current.Pin,
        NextAgentPin = facts.Keys.Next?.Pin ?? "",
        Hubs = { hubs.All.Select(ToWire) },
        MaximumHubs = PairedHubs.Maximum,
        CodeExpiresAt = codes.ExpiresAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
    });

    public override Task<Wire.UnpairHubResponse> UnpairHub(Wire.UnpairHubRequest request, ServerCallContext context) =>
        Task.FromResult(new Wire.UnpairHubResponse { Hub = ToWire(desk.UnpairHere(request.Hub.Trim())) });

    public override Task<Wire.RotateKeyResponse> RotateKey(Wire.RotateKeyRequest request, ServerCallContext context)
    {
        var waiting = desk.RotateKey();
        return Task.FromResult(new Wire.RotateKeyResponse { AgentPin = facts.Keys.Current.Pin, NextAgentPin = facts.Keys.Next?.Pin ?? "", WaitingFor = { waiting.Select(hub => hub.Name) } });
    }

    public override Task<Wire.ListApprovalsResponse> ListApprovals(Wire.ListApprovalsRequest request, ServerCallContext context) =>
        Task.FromResult(new Wire.ListApprovalsResponse { Approvals = { approvals.All.Where(pending => !pending.IsApproved).Select(ToWire) } });

    public override Task<Wire.DecideApprovalResponse> DecideApproval(Wire.DecideApprovalRequest request, ServerCallContext context)
    {
        var decided = approvals.Decide(request.Id.Trim(), request.Approve);
        facts.Audit.Write(decided.Asked with { Verb = request.Approve ? "approve" : "refuse-approval", Who = request.Person, Hub = "", From = LocalFacts.Here, What = decided.Content, Outcome = "done" });
        return Task.FromResult(new Wire.DecideApprovalResponse
        {
            Message = request.Approve
                ? $"Approved: {decided.Asked.Verb}, asked for by {decided.Asked.Who} via {decided.Asked.Hub}. It passes once, until {Shared.Text.Wording.Time(decided.ExpiresAt)}, as soon as it is started there again."
                : $"Refused: {decided.Asked.Verb}, asked for by {decided.Asked.Who} via {decided.Asked.Hub}. Nothing was started.",
        });
    }

    private static Wire.Approval ToWire(PendingApproval pending) => new()
    {
        Id = pending.Id,
        What = pending.Content,
        Person = pending.Asked.Who,
        HubName = pending.Asked.Hub,
        Reason = pending.Asked.Reason,
        Ticket = pending.Asked.Ticket,
        AskedAt = Timestamp.FromDateTimeOffset(pending.AskedAt),
        ExpiresAt = Timestamp.FromDateTimeOffset(pending.ExpiresAt),
    };

    private Wire.TrustedHub ToWire(PairedHub hub) => new()
    {
        Id = hub.Id,
        Name = hub.Name,
        Pin = hub.Pin,
        NextPin = hub.NextPin ?? "",
        PairedAt = Timestamp.FromDateTimeOffset(hub.PairedAt),
        PairedFrom = hub.PairedFrom,
        KnowsNextAgentKey = KeyPin.AreSame(hub.KnownSuccessor, facts.Keys.Next?.Pin),
        OpenRequests = sessions.CountOf(hub.Id),
    };
}
