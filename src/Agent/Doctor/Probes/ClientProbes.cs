using System.Globalization;
using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>WSUS as its clients see it.</summary>
internal sealed class ClientProbes(ClientProbe probe)
{
    /// <summary>Shorter than a client's patience: the whole examination ends after a minute.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public IEnumerable<Probe> All() => [new(ProbeAreas.Wsus, "answers to clients", AskAsync) { Limit = Deadline + TimeSpan.FromSeconds(10) }];

    private async Task<ProbeOutcome> AskAsync(CancellationToken cancellationToken)
    {
        if (await probe.AskAsync(new ProbeRound { Deadline = Deadline }, cancellationToken) is not { } state)
        {
            throw new WsusNotInstalledException();
        }

        var summary = string.Join(", ", state.Endpoints.Select(Describe));
        var failing = state.Endpoints.Where(endpoint => endpoint.IsFailing).ToList();
        if (failing.Exists(endpoint => ClientEndpoints.OfClients.Contains(endpoint.Endpoint)))
        {
            return ProbeOutcome.Refused(ReadFailure.Unavailable, summary, $"Clients don't get what they need from {Wording.List([.. failing.Select(endpoint => endpoint.Endpoint.ToString())])}. Run \"check\" to see what these answers point to.");
        }

        return state.KeptLoaded.Count == 0
            ? ProbeOutcome.Works(summary, state)
            : ProbeOutcome.Works($"{summary}; the agent's requests keep the worker of {Wording.List(state.KeptLoaded)} loaded, which would otherwise shut down when idle", state);
    }

    private static string Describe(EndpointState endpoint) => endpoint switch
    {
        { Skipped: SkipReason.PoolStopped } => $"{endpoint.Endpoint} not asked ({endpoint.PoolName} is stopped)",
        { Skipped: SkipReason.PoolIdle } => $"{endpoint.Endpoint} not asked ({endpoint.PoolName} is idle)",
        { Answer: { } answer } => string.Create(CultureInfo.InvariantCulture, $"{endpoint.Endpoint} {answer.Words} after {Wording.Duration(answer.Duration)}"),
        _ => $"{endpoint.Endpoint} not asked",
    };
}
