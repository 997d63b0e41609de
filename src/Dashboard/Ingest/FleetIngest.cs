using System.Collections.Concurrent;
using System.Threading.Channels;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>
/// Takes what the links bring: into the live state at once, into the history through the writer. The only writer of the live state.
/// Threading: links call from any thread. A server is assessed by one thread at a time, without a lock that others need; publishing is one act under one
/// lock. One that can't be assessed, or not in time, says so, and holds up no other.
/// </summary>
internal sealed partial class FleetIngest(LiveFleet live, HistoryWriter writer, TimeProvider timeProvider, ILogger<FleetIngest> logger, Judge? judge = null) : BackgroundService
{
    /// <summary>An assessment takes about a millisecond. The others go on after so long, whatever this one does.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>What isn't assessed by then is said not to be.</summary>
    internal static readonly TimeSpan AssessmentLimit = TimeSpan.FromSeconds(5);

    /// <summary>Changes of one moment (a snapshot and its events) are assessed together.</summary>
    private static readonly TimeSpan CollectFor = TimeSpan.FromMilliseconds(50);

    /// <summary>Findings that depend on the clock (stale data) need a look without any message: each server once in so many seconds, some every second, so that nobody waits for all.</summary>
    private const int SecondsBetweenLooks = 30;

    private readonly Lock _publishing = new();
    private readonly ConcurrentDictionary<int, ServerState> _servers = new();
    private readonly ConcurrentDictionary<int, bool> _dirty = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly SlowAssessments _slow = new(timeProvider);
    private readonly ConcurrentDictionary<int, ServerIdentity> _others = new();
    private readonly OutageMembers _outageMembers = new(live);
    private int _looks;

    /// <summary>The whole fleet, once, when the dashboard starts.</summary>
    public void Load(IReadOnlyList<ServerState> servers, long term = 0)
    {
        lock (_publishing)
        {
            foreach (var state in servers)
            {
                Keep(state, term);
                MarkDirty(state.Id);
            }

            live.Reset([.. servers.Select(state => state.Current)]);
        }

        FollowOutages();
    }

    /// <summary>A server of this dashboard; it is in the live state when this returns. One that is shown already, because another dashboard had it, is assessed soon.</summary>
    public void Add(ServerState state, long term = 0)
    {
        Keep(state, term);
        if (live.Find(state.Id) is null)
        {
            Assess(state);
        }
        else
        {
            MarkDirty(state.Id);
        }
    }

    /// <summary>A server that went to another dashboard: what is shown of it stays, and is that one's matter from now on.</summary>
    public void GiveUp(int serverId)
    {
        lock (_publishing)
        {
            if (_servers.TryRemove(serverId, out var state))
            {
                _others[serverId] = state.Identity;
                writer.Remove(serverId);
            }
        }
    }

    /// <summary>Takes what its owner shows of a server; nothing where that is this dashboard.</summary>
    public void TakeOther(ServerIdentity identity, Func<LiveServer?, LiveServer> show)
    {
        lock (_publishing)
        {
            if (!_servers.ContainsKey(identity.Id))
            {
                _others[identity.Id] = identity;
                live.Publish(show(live.Find(identity.Id)));
            }
        }
    }

    /// <summary>Who a server is, whoever watches it; null where there is none.</summary>
    public ServerIdentity? FindIdentity(int serverId) => Find(serverId)?.Identity ?? _others.GetValueOrDefault(serverId);

    /// <summary>What a person edited; it is in the live state when this returns, and assessed soon.</summary>
    public void SetIdentity(int serverId, ServerIdentity identity)
    {
        if (Find(serverId) is { } state)
        {
            state.Identity = identity;
            Publish(state, known => state.Current with { NotAssessableSince = known?.NotAssessableSince });
            MarkDirty(serverId);
        }
    }

    public void Remove(int serverId)
    {
        lock (_publishing)
        {
            _servers.TryRemove(serverId, out _);
            _others.TryRemove(serverId, out _);
            writer.Remove(serverId);
            live.Remove(serverId);
        }
    }

    public ServerState? Find(int serverId) => _servers.GetValueOrDefault(serverId);

    public IReadOnlyCollection<ServerState> GetAll() => [.. _servers.Values];

    /// <summary>Assesses a server soon.</summary>
    public void MarkDirty(int serverId)
    {
        _dirty[serverId] = true;
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Keys changed over a paired connection.</summary>
    public void SetTrust(int serverId, ServerTrust trust)
    {
        if (Find(serverId) is { } state)
        {
            state.Identity = state.Identity with { Trust = trust };
        }
    }

    public void SetLink(int serverId, LinkStatus link)
    {
        if (Find(serverId) is { } state)
        {
            state.SetLink(link);
            MarkDirty(serverId);
        }
    }

    /// <summary>Takes what the rows say of the problems of a server.</summary>
    public void SetProblems(int serverId, ValueList<ServerProblem> problems)
    {
        if (Find(serverId) is { } state)
        {
            state.SetProblems(problems);
            MarkDirty(serverId);
        }
    }

    /// <summary>Takes what a person did to a server through this product.</summary>
    public void Take(int serverId, PersonAction action) => Find(serverId)?.Take(action);

    public void Take(int serverId, Wire.Snapshot snapshot) => Update(serverId, _ => snapshot.ToDomain());

    public void Take(int serverId, Wire.Section section) => Update(serverId, known => known?.ApplySection(section));

    public void Take(int serverId, Wire.Heartbeat heartbeat) => Update(serverId, known => known?.ApplyHeartbeat(heartbeat));

    /// <summary>Takes what an agent says about itself: its policy, and what waits for approval there.</summary>
    public void Take(int serverId, Wire.AgentInfo agent) => Update(
        serverId,
        // How much history there was, the snapshot at the beginning of the watch has told.
        known => known is null ? null : known with { Agent = agent.ToDomain() with { SequenceEpoch = known.Agent.SequenceEpoch, LastSequence = known.Agent.LastSequence } });

    /// <summary>Takes an event. False where the history has no room: the link then watches again later, from the last stored one.</summary>
    /// <param name="serverId">The server.</param>
    /// <param name="epoch">Of the agent's sequence.</param>
    /// <param name="agentEvent">The event.</param>
    /// <param name="bytes">Size of the message that it came in.</param>
    /// <param name="isFirstOfWatch">True for the first one after a Watch.</param>
    /// <param name="isStored">False where one before it found no room.</param>
    public bool Take(int serverId, string epoch, AgentEvent agentEvent, int bytes, bool isFirstOfWatch, bool isStored)
    {
        if (Find(serverId) is not { } state)
        {
            return true;
        }

        var now = timeProvider.GetUtcNow();
        state.SetTaken(epoch, agentEvent.Sequence);
        state.Take(agentEvent, now);
        MarkDirty(serverId);
        return isStored && writer.TryWrite(new EventItem(serverId, epoch, agentEvent, isFirstOfWatch) { MessageBytes = bytes });
    }

    /// <summary>Takes what an agent answered about a repair.</summary>
    public void Take(int serverId, Repair run)
    {
        if (Find(serverId) is { } state)
        {
            var now = timeProvider.GetUtcNow();
            state.Take(run, now);
            writer.TryWrite(new RunItem(serverId, run, now));
            MarkDirty(serverId);
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        writer.CursorsStored += OnStored;
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        writer.CursorsStored -= OnStored;
        base.Dispose();
    }

    /// <summary>Takes how WSUS of a server answered this dashboard. What changed is history first: where that has no room the answer is left out, and the next one tells the same.</summary>
    public void TakeOutside(int serverId, IReadOnlyList<EndpointState> asked, TimeSpan interval)
    {
        if (Find(serverId) is not { } state)
        {
            return;
        }

        var now = timeProvider.GetUtcNow();
        var before = state.Outside;
        var (section, changes) = OutsideAnswers.Follow(before, asked, interval, now);
        if ((before is not null && changes.Count == 0) || writer.TryWrite(new OutsideItem(serverId, now, section, changes)))
        {
            state.Outside = section;
            MarkDirty(serverId);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = timeProvider.CreateTimer(_ => MarkSomeDirty(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        try
        {
            while (await _signal.Reader.WaitToReadAsync(stoppingToken))
            {
                _signal.Reader.TryRead(out _);
                await AssessDirtyAsync(stoppingToken);
                await Task.Delay(CollectFor, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    /// <summary>Where a history was being read, it may be here now.</summary>
    private void OnStored(IReadOnlyCollection<int> serverIds)
    {
        foreach (var state in serverIds.Select(Find).OfType<ServerState>().Where(state => state.IsReadingHistory))
        {
            MarkDirty(state.Id);
        }
    }

    private void FollowOutages()
    {
        foreach (var id in _outageMembers.Look())
        {
            Find(id)?.ForgetSurroundings();
            MarkDirty(id);
        }
    }

    private void MarkSomeDirty()
    {
        SayWhatIsSlow();
        FollowOutages();
        var turn = Interlocked.Increment(ref _looks) % SecondsBetweenLooks;
        foreach (var id in _servers.Keys.Where(id => id % SecondsBetweenLooks == turn))
        {
            MarkDirty(id);
        }
    }

    private void Update(int serverId, Func<Snapshot?, Snapshot?> change)
    {
        if (Find(serverId) is { } state)
        {
            state.Update(change, timeProvider.GetUtcNow());
            MarkDirty(serverId);
        }
    }

    private async Task AssessDirtyAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _dirty.Keys)
        {
            // What is being assessed still is marked again when that ends.
            if (!_slow.Has(id) && _dirty.TryRemove(id, out _) && Find(id) is { } state)
            {
                await AssessAsync(state, cancellationToken);
            }
        }
    }

    private async Task AssessAsync(ServerState state, CancellationToken cancellationToken)
    {
        var work = Task.Run(() => Assess(state), CancellationToken.None);
        try
        {
            await work.WaitAsync(Patience, timeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            _slow.Follow(state.Id, work, () => _signal.Writer.TryWrite(true));
        }
    }

    /// <summary>The watchdog: an assessment that goes on and on is told.</summary>
    private void SayWhatIsSlow()
    {
        foreach (var (id, since) in _slow.LongerThan(AssessmentLimit).Where(slow => live.Find(slow.ServerId)?.NotAssessableSince is null))
        {
            if (Find(id) is { } state)
            {
                Log.TakesLong(logger, state.Identity.Name);
                PublishNotAssessable(state, since);
            }
        }
    }

    private void PublishNotAssessable(ServerState state, DateTimeOffset since) =>
        Publish(state, known => known is null ? null : known with { Link = state.Link, NotAssessableSince = known.NotAssessableSince ?? since });

    /// <summary>Puts a server into the live state, unless it was removed meanwhile: it must not come back.</summary>
    private void Publish(ServerState state, Func<LiveServer?, LiveServer?> change)
    {
        lock (_publishing)
        {
            if (Find(state.Id) == state && change(live.Find(state.Id)) is { } server)
            {
                live.Publish(server);
            }
        }
    }

    private void Keep(ServerState state, long term)
    {
        _servers[state.Id] = state;
        writer.Add(state, term);
        state.SetStored(writer.GetCursor(state.Id));
    }

    private void Assess(ServerState state)
    {
        try
        {
            var now = timeProvider.GetUtcNow();
            if (state.FindWithoutSurroundings(now) is { } failed && live.Find(state.Id) is { } own)
            {
                state.Take(Surroundings.Of(failed, own, live.GetAll(), live.Outages, now));
            }

            state.SetStored(writer.GetCursor(state.Id));
            var causes = state.Assess(now, judge).Causes;

            // As it is at that moment, not as it was assessed: the live state of a server never goes back.
            Publish(state, _ => state.Current);
            writer.MarkStatus(state.Id);
            foreach (var cause in causes)
            {
                writer.TryWrite(new CauseItem(state.Id, cause.RunId, cause.CauseId, cause.CauseTitle));
            }
        }
        catch (Exception exception)
        {
            // One server whose data the rules cannot take must not silence the others, nor look as if nothing had happened.
            if (live.Find(state.Id)?.NotAssessableSince is null)
            {
                Log.NotAssessed(logger, state.Identity.Name, exception);
            }

            PublishNotAssessable(state, timeProvider.GetUtcNow());
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The state of {ServerName} couldn't be assessed")]
        public static partial void NotAssessed(ILogger logger, string serverName, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "The assessment of {ServerName} takes long; the other servers aren't affected")]
        public static partial void TakesLong(ILogger logger, string serverName);
    }
}
