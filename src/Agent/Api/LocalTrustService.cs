using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Contract;
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
        Task.FromResult(new Wire.ListApprovalsResponse { Approvals = { approvals.All.Select(ToWire) } });

    public override async Task<Wire.DecideApprovalResponse> DecideApproval(Wire.DecideApprovalRequest request, ServerCallContext context)
    {
        var (verb, id) = (request.Approve ? "approve" : "refuse-approval", request.Id.Trim());
        var asked = new AuditEntry { Verb = verb, Who = request.Person, From = LocalFacts.Here, What = id, Outcome = "asked" };
        facts.Audit.Write(asked);
        try
        {
            var (pending, sentence) = await approvals.DecideAsync(id, request.Approve, request.Person, hubId => hubs.All.Any(hub => hub.Id == hubId), context.CancellationToken);
            facts.Audit.TryWrite(asked with { What = $"{id} {pending.What}, asked for by {pending.Order.Asked.Who} via {pending.Order.Asked.Hub}", Ticket = pending.Order.Asked.Ticket, Outcome = "done", Detail = sentence });
            return new Wire.DecideApprovalResponse { Message = sentence };
        }
        catch (VerbException exception)
        {
            facts.Audit.TryWrite(asked with { Outcome = "failed", Detail = exception.Message });
            throw;
        }
    }

    private static Wire.Approval ToWire(PendingApproval pending)
    {
        var approval = pending.ToWaiting().ToWire();
        (approval.Reason, approval.Ticket) = (pending.Order.Asked.Reason, pending.Order.Asked.Ticket);
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
        KnowsNextAgentKey = KeyPin.AreSame(hub.KnownSuccessor, facts.Keys.Next?.Pin),
        OpenRequests = sessions.CountOf(hub.Id),
    };
}
