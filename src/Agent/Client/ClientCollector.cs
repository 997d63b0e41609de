using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Client;

/// <summary>Asks WSUS as its clients do, and learns what this server usually answers. While a repair asks, its answers do for both.</summary>
/// <remarks>Threading: one read at a time; the host sees to it.</remarks>
internal sealed class ClientCollector(ClientProbe probe, SnapshotStore snapshots, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    /// <summary>For reading IIS before the questions.</summary>
    private static readonly TimeSpan Preparation = TimeSpan.FromSeconds(15);

    private readonly Dictionary<ClientEndpoint, AnswerMemory> _memories = [];

    public string SectionName => SectionNames.Client;

    public TimeSpan IdleInterval => options.ClientProbeInterval;

    public TimeSpan? RepairInterval => TimeSpan.FromSeconds(5);

    /// <summary>Twice, because a round that it cannot share may have to end first.</summary>
    public TimeSpan Timeout => (ClientProbe.Patience + Preparation) * 2;

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken) =>
        await probe.AskOrJoinAsync(new ProbeRound { LastKnownPool = snapshots.Current.Iis.Value?.WsusPool }, cancellationToken).ConfigureAwait(false) is { } state
            ? Reading.Ok(state with { Endpoints = [.. state.Endpoints.Select(Learn)] })
            : Reading.NotInstalled("WSUS isn't installed on this server.");

    private EndpointState Learn(EndpointState asked)
    {
        if (!_memories.TryGetValue(asked.Endpoint, out var memory))
        {
            _memories.Add(asked.Endpoint, memory = new AnswerMemory(timeProvider));
        }

        memory.Note(asked);
        return asked with { Usual = memory.Usual, FailingSince = memory.FailingSince, Percentile95 = memory.Percentile95() };
    }
}
