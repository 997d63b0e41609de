using WsusDashboard.Shared.Trust;
using static WsusDashboard.Shared.Contract.Border.Limit;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Border;

/// <summary>What the fields of the messages of trust.proto may hold.</summary>
internal static class TrustMessages
{
    public static IReadOnlyDictionary<string, Dictionary<string, FieldLimit>> All { get; } = new Dictionary<string, Dictionary<string, FieldLimit>>
    {
        [nameof(Wire.CommandContext)] = new()
        {
            ["person"] = Key(ContractLimits.MaximumRequestedByLength),
            ["hub"] = HubId,
            ["reason"] = Key(ContractLimits.MaximumReasonLength),
            ["ticket"] = Key(ContractLimits.MaximumTicketLength),
            ["idempotency_key"] = Key(ContractLimits.MaximumIdempotencyKeyLength),
            ["issued_at"] = new TimeLimit(TimeReach.Calendar, Beyond.Refuse),
            ["expires_at"] = new TimeLimit(TimeReach.Calendar, Beyond.Refuse),
        },
        [nameof(Wire.PairRequest)] = new() { ["hello"] = Core, ["proof"] = Nonce },
        [nameof(Wire.PairHello)] = new() { ["hub_id"] = HubId, ["hub_name"] = Key(ContractLimits.MaximumRequestedByLength), ["nonce"] = Nonce },
        [nameof(Wire.PairResponse)] = new() { ["nonce"] = Nonce, ["result"] = Core },
        [nameof(Wire.PairResult)] = new() { ["proof"] = Nonce, ["agent_id"] = Key(32), ["computer_name"] = Key(LongestName) },
        [nameof(Wire.Succession)] = new() { ["next_key"] = KeyBytes, ["by_current"] = KeyBytes, ["by_next"] = KeyBytes },
        [nameof(Wire.AnnounceHubKeyRequest)] = new() { ["succession"] = Core },
        [nameof(Wire.GetSuccessorResponse)] = new() { ["succession"] = Core },
        [nameof(Wire.ConfirmSuccessorRequest)] = new() { ["next_pin"] = Pin },
        [nameof(Wire.AnnounceAddressesRequest)] = new() { ["list"] = Core, ["speaker"] = Key(HubAddress.MaximumLength) },
        [nameof(Wire.AddressList)] = new()
        {
            ["hub_id"] = HubId,
            ["revision"] = Sequence,
            ["addresses"] = new ListLimit(OutboundProtocol.MaximumAddresses, Key(HubAddress.MaximumLength), Beyond.Refuse),
            ["key"] = KeyBytes,
            ["signature"] = KeyBytes,
        },
        [nameof(Wire.UnpairRequest)] = new() { ["reason"] = Key(ContractLimits.MaximumReasonLength) },
        [nameof(Wire.OpenPairingResponse)] = new() { ["code"] = Words(64), ["expires_at"] = Planned, ["agent_pin"] = Pin, ["port"] = Port, ["listen_address"] = Address },
        [nameof(Wire.TrustState)] = new() { ["agent_pin"] = Pin, ["next_agent_pin"] = Pin, ["hubs"] = List(100, Part), ["maximum_hubs"] = Count, ["code_expires_at"] = Planned },
        [nameof(Wire.TrustedHub)] = new()
        {
            ["id"] = HubId,
            ["name"] = Name,
            ["pin"] = Pin,
            ["next_pin"] = Pin,
            ["paired_at"] = Past,
            ["paired_from"] = Address,
            ["open_requests"] = Count,
            ["links"] = List(2 * OutboundProtocol.MaximumAddresses, Part),
        },
        [nameof(Wire.OutboundLink)] = new() { ["address"] = Address, ["since"] = Past, ["error"] = Sentence, ["attempts"] = Count, ["next_attempt_at"] = Planned, ["same_as"] = Address },
        [nameof(Wire.UnpairHubRequest)] = new() { ["hub"] = Key(LongestName) },
        [nameof(Wire.UnpairHubResponse)] = new() { ["hub"] = Part },
        [nameof(Wire.RotateKeyResponse)] = new() { ["agent_pin"] = Pin, ["next_agent_pin"] = Pin, ["waiting_for"] = List(100, Name) },
        [nameof(Wire.ListApprovalsResponse)] = new() { ["approvals"] = List(ContractLimits.MaximumWaiting, Part) },
        [nameof(Wire.Approval)] = new()
        {
            ["id"] = Id,
            ["what"] = Sentence,
            ["person"] = Name,
            ["hub_name"] = Name,
            ["reason"] = Words(ContractLimits.MaximumReasonLength),
            ["ticket"] = Words(ContractLimits.MaximumTicketLength),
            ["asked_at"] = PastNeeded,
            ["expires_at"] = PlannedNeeded,
            ["repair_id"] = Id,
        },
        [nameof(Wire.DecideApprovalRequest)] = new() { ["id"] = Id, ["person"] = Key(ContractLimits.MaximumRequestedByLength) },
        [nameof(Wire.DecideApprovalResponse)] = new() { ["message"] = Sentence },
        [nameof(Wire.ExamineResponse)] = new()
        {
            ["computer_name"] = Name,
            ["agent_version"] = Name,
            ["account"] = Name,
            ["at"] = Past,
            ["duration"] = Span,
            ["edges"] = List(200, Part),
            ["readings"] = Lines(ContractLimits.MaximumMessageBytes),
        },
        [nameof(Wire.ExaminedEdge)] = new() { ["area"] = Name, ["edge"] = Name, ["summary"] = Lines(4_000), ["advice"] = Lines(4_000), ["duration"] = Span },
    };
}
