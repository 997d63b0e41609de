using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Client;

/// <summary>How a round of questions is asked.</summary>
public sealed record ProbeRound
{
    /// <summary>For each answer.</summary>
    public TimeSpan Deadline { get; init; } = ClientProbe.Patience;

    /// <summary>True where the caller has just started the pool and wants its worker; else a pool that starts on demand and has none is left alone.</summary>
    public bool WakesIdlePools { get; init; }

    /// <summary>The pool of WSUS as it was last seen: it stands in where IIS cannot be read now.</summary>
    public AppPool? LastKnownPool { get; init; }
}

/// <summary>Asks WSUS on this server what its clients ask: reads only, never a call that registers, reports or costs anything.</summary>
/// <remarks>Threading: any thread. One round at a time: two at once would measure each other.</remarks>
public sealed class ClientProbe(WsusRegistry registry, ServingPools pools, EndpointProbe probe) : IDisposable
{
    /// <summary>A Windows Update client waits about that long for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private AnsweredRound? _newest;

    /// <summary>Asks every endpoint once, all at the same time, when nobody else asks any more. What this object cannot know (the usual answer, percentiles, since when) is left open.</summary>
    /// <returns>Null where there is no WSUS.</returns>
    /// <exception cref="EdgeException">The registry refuses, or IIS cannot be read and no pool was ever seen: nobody knows then what a question would wake.</exception>
    public Task<ClientState?> AskAsync(ProbeRound round, CancellationToken cancellationToken) => AskAsync(round, joins: false, cancellationToken);

    /// <summary>The same for a caller whom the answers to another serve as well: where a round ends while it waits for its turn, with no less patience than its own, it asks nothing.</summary>
    /// <inheritdoc cref="AskAsync(ProbeRound, CancellationToken)"/>
    public Task<ClientState?> AskOrJoinAsync(ProbeRound round, CancellationToken cancellationToken) => AskAsync(round, joins: true, cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async Task<ClientState?> AskAsync(ProbeRound round, bool joins, CancellationToken cancellationToken)
    {
        // Before its turn: what is read here may block, and nobody else is to wait for that.
        if (registry.FindAddress() is not { } address)
        {
            return null;
        }

        var before = Volatile.Read(ref _newest);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (joins && _newest is { } ended && ended != before && ended.Deadline >= round.Deadline)
            {
                return ended.State;
            }

            var state = await AskAsync(address, round, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _newest, new AnsweredRound(round.Deadline, state));
            return state;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ClientState> AskAsync(WsusAddress address, ProbeRound round, CancellationToken cancellationToken)
    {
        var host = registry.FindClientHost(address);
        var serving = await ReadPoolsAsync(round, cancellationToken).ConfigureAwait(false);
        var endpoints = await Task.WhenAll(ClientEndpoints.Locate(host, address.Port, address.UsesTls).Select(target => AskAsync(target, serving(target.Endpoint), round, cancellationToken))).ConfigureAwait(false);

        return new ClientState
        {
            Endpoints = [.. endpoints],
            KeptLoaded = KeptLoaded(endpoints, serving),
        };
    }

    private async Task<Func<ClientEndpoint, ServingPool?>> ReadPoolsAsync(ProbeRound round, CancellationToken cancellationToken)
    {
        try
        {
            var applications = await pools.ReadAsync(cancellationToken).ConfigureAwait(false);
            return endpoint => applications.Find(ClientEndpoints.ApplicationOf(endpoint));
        }
        catch (EdgeException) when (round.LastKnownPool is not null)
        {
            // With a damaged configuration IIS goes on with what it has in memory, and what clients get is worth knowing all the more.
            var known = ServingPool.Of(round.LastKnownPool);
            return _ => known;
        }
    }

    private async Task<EndpointState> AskAsync(ProbeTarget target, ServingPool? pool, ProbeRound round, CancellationToken cancellationToken)
    {
        var state = new EndpointState
        {
            Endpoint = target.Endpoint,
            Address = target.Address.ToString(),
            PoolName = pool?.Name ?? "",
            Skipped = pool?.State is PoolState.Stopped or PoolState.Stopping ? SkipReason.PoolStopped
                : pool is { IsIdle: true } && !round.WakesIdlePools ? SkipReason.PoolIdle
                : SkipReason.None,
        };

        return state.Skipped is SkipReason.None ? state with { Answer = await probe.AskAsync(target, round.Deadline, cancellationToken).ConfigureAwait(false) } : state;
    }

    private static ValueList<string> KeptLoaded(IReadOnlyList<EndpointState> endpoints, Func<ClientEndpoint, ServingPool?> serving) =>
    [
        .. endpoints
            .Where(state => state.Skipped is SkipReason.None)
            .Select(state => serving(state.Endpoint))
            .OfType<ServingPool>()
            .Where(pool => pool is { StartsOnDemand: true, EndsWhenIdle: true })
            .Select(pool => pool.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>A round that has ended; each is another object, whatever it was answered.</summary>
    private sealed class AnsweredRound(TimeSpan deadline, ClientState state)
    {
        public TimeSpan Deadline => deadline;

        public ClientState State => state;
    }
}
