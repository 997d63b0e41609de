using static WsusDashboard.Shared.Contract.Border.Limit;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Border;

/// <summary>What the fields of the messages of agent.proto may hold.</summary>
internal static class AgentMessages
{
    public static IReadOnlyDictionary<string, Dictionary<string, FieldLimit>> All { get; } = new Dictionary<string, Dictionary<string, FieldLimit>>
    {
        [nameof(Wire.WatchRequest)] = new() { ["after_sequence"] = Sequence, ["sequence_epoch"] = Id, ["samples_after"] = Sequence },
        [nameof(Wire.WatchMessage)] = new() { ["snapshot"] = Core, ["section"] = Core, ["event"] = Core, ["heartbeat"] = Core, ["samples"] = Core, ["info"] = Core },
        [nameof(Wire.Samples)] = new() { ["samples"] = new ListLimit(ContractLimits.MaximumSamplesOfMessage, Part, Beyond.Refuse) },
        [nameof(Wire.Sample)] = new()
        {
            ["minute"] = PastNeeded,
            ["worker_kilobytes"] = Count,
            ["limit_kilobytes"] = Count,
            ["queued_requests"] = Count,
            ["rejected_requests"] = Count,
            ["updates"] = Count,
            ["config_mgr_updates"] = Count,
            ["agent_memory_kilobytes"] = Count,
            ["client"] = List(5, Part),
        },
        [nameof(Wire.EndpointSample)] = new() { ["milliseconds"] = Count },
        [nameof(Wire.Heartbeat)] = new() { ["at"] = Past, ["last_sequence"] = Sequence, ["reads"] = List(20, Part) },
        [nameof(Wire.SectionRead)] = new() { ["name"] = Verb, ["read_at"] = Past, ["attempted_at"] = Past },
        [nameof(Wire.ListSyncRunsRequest)] = new()
        {
            ["page_size"] = new NumberLimit(0, ContractLimits.MaximumSyncRunPageSize, Beyond.Refuse),
            ["page_token"] = Key(400),
            ["since"] = new TimeLimit(TimeReach.Calendar, Beyond.Refuse),
        },
        [nameof(Wire.ListSyncRunsResponse)] = new() { ["runs"] = List(ContractLimits.MaximumSyncRunPageSize, Part), ["next_page_token"] = Key(400) },
        [nameof(Wire.ReadLogRequest)] = new() { ["name"] = Key(50), ["tail_lines"] = new NumberLimit(0, ContractLimits.MaximumLogTailLines, Beyond.Refuse) },
        [nameof(Wire.LogLine)] = new() { ["at"] = Past, ["component"] = Name, ["severity"] = Words(20), ["text"] = Lines(ContractLimits.MaximumLogLineBytes) },
        [nameof(Wire.PlanRepairRequest)] = new() { ["playbook"] = CatalogId, ["baseline"] = CatalogId },
        [nameof(Wire.StartRepairRequest)] = new() { ["playbook"] = CatalogId, ["baseline"] = CatalogId, ["fingerprint"] = Key(64), ["context"] = Core },
        [nameof(Wire.GetRepairRequest)] = new() { ["id"] = Id },
        [nameof(Wire.CancelRepairRequest)] = new() { ["id"] = Id, ["context"] = Core },
        [nameof(Wire.KeepSettingsRequest)] = new() { ["id"] = Id, ["context"] = Core },
        [nameof(Wire.UndoRepairRequest)] = new() { ["id"] = Id, ["context"] = Core },
        [nameof(Wire.ControlServiceRequest)] = new() { ["name"] = Key(LongestName), ["verb"] = Verb, ["context"] = Core },
        [nameof(Wire.ControlPoolRequest)] = new() { ["name"] = Key(LongestName), ["verb"] = Verb, ["context"] = Core },
        [nameof(Wire.StartSyncRequest)] = new() { ["context"] = Core },
        [nameof(Wire.StartSyncResponse)] = new() { ["message"] = Sentence },
        [nameof(Wire.StopSyncRequest)] = new() { ["context"] = Core },
        [nameof(Wire.StopSyncResponse)] = new() { ["message"] = Sentence },
    };
}
