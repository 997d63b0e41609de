using System.Security.Cryptography;
using System.Threading.Channels;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Outbound;

/// <summary>Keeps one connection to each address of each hub that this agent connects to itself: dials, hands the connection over to be served, and dials again when it ends.</summary>
/// <remarks>
/// Threading: any thread looks; one loop follows the list of hubs, and one a connection dials. The addresses are those that someone on the server gave, and those of the hub's signed list; whatever answers there has to
/// prove the hub's key. Of several addresses that lead to one dashboard, as it says itself, one is held.
/// </remarks>
internal sealed partial class OutboundLinks(
    PairedHubs hubs, HubDialer dialer, IdentityKeys keys, AgentAudit audit, AgentOptions options, TimeProvider timeProvider, ILogger<OutboundLinks> logger) : IAsyncDisposable
{
    private const int MaximumWaiting = 2 * PairedHubs.Maximum * OutboundProtocol.MaximumAddresses;

    /// <summary>A connection that lasted so long was a good one: what ended it says nothing about the next attempt.</summary>
    private static readonly TimeSpan GoodTime = TimeSpan.FromMinutes(1);

    /// <summary>Trust that ends ends the connection as well, but not before the hub has its answer to the request that ended it.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(2);

    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));

    /// <summary>A hub that doesn't watch this server is asked seldom: someone there has to change that.</summary>
    private static readonly Backoff PausesOfStranger = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));

    private readonly Channel<HubConnection> _connections = Channel.CreateBounded<HubConnection>(MaximumWaiting);
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private const string NobodyConnects = "Agent:Hub:Connect is inbound, but this dashboard waits for this agent to connect: set it to outbound, or enrol with the dashboard again";

    private readonly DateTimeOffset _madeAt = timeProvider.GetUtcNow();
    private readonly Lock _gate = new();
    private readonly List<Dialling> _diallings = [];
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _following;

    /// <summary>Connections to be served, each disposed by whoever serves it.</summary>
    public ChannelReader<HubConnection> Connections => _connections.Reader;

    /// <summary>How they stand.</summary>
    public IReadOnlyList<OutboundLink> All
    {
        get
        {
            if (!options.Hub.IsOutbound)
            {
                return [.. hubs.All.SelectMany(hub => hub.Addresses.Take(OutboundProtocol.MaximumAddresses), (hub, address) => new OutboundLink(hub.Id, address, false, _madeAt, NobodyConnects, 0, null) { IsGiven = true })];
            }

            lock (_gate)
            {
                return [.. _diallings.Where(dialling => !dialling.IsEnding).Select(dialling => dialling.Shown)];
            }
        }
    }

    /// <summary>The dashboard at the other end of a connection says which address of the hub's list is its own.</summary>
    /// <param name="connection">Over which it said so.</param>
    /// <param name="speaker">Its address; null where it has none.</param>
    public void NoteSpeaker(HubConnection connection, Uri? speaker)
    {
        lock (_gate)
        {
            if (_diallings.Find(dialling => dialling.Connection == connection) is { } spoken)
            {
                spoken.LeadsTo = speaker == spoken.Target.Address ? null : speaker;
            }
        }

        Move();
    }

    /// <summary>Begins to dial; nothing where the options leave that to the hubs.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_following is null && options.Hub.IsOutbound)
            {
                hubs.Changed += OnHubsChanged;
                OnHubsChanged();
                _following = Task.Run(FollowAsync);
            }
        }
    }

    /// <summary>Ends all connections; none is begun again.</summary>
    public async Task StopAsync()
    {
        hubs.Changed -= OnHubsChanged;
        await _stopping.CancelAsync();
        await (_following ?? Task.CompletedTask);
        List<Dialling> running;
        lock (_gate)
        {
            running = [.. _diallings];
        }

        await Task.WhenAll(running.Select(dialling => dialling.Running));
        _connections.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private void OnHubsChanged() => _changes.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var _ in _changes.Reader.ReadAllAsync(_stopping.Token))
            {
                Follow();
            }
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    /// <summary>Dials what is new in the list, and leaves what is gone from it, or has another key now.</summary>
    private void Follow()
    {
        var wanted = hubs.All.SelectMany(TargetsOf).ToList();
        lock (_gate)
        {
            _diallings.RemoveAll(dialling => dialling.Running.IsCompleted);
            foreach (var dialling in _diallings.Where(dialling => !dialling.IsEnding && (wanted.TrueForAll(target => target.Key != dialling.Target) || dialling.Connection is { Pin: var pin } && !IsTrusted(dialling.Target.HubId, pin))))
            {
                dialling.EndAfter(FarewellTime);
            }

            foreach (var target in wanted)
            {
                var dialling = _diallings.Find(known => known.Target == target.Key && !known.IsEnding);
                if (dialling is null)
                {
                    var begun = new Dialling(target.Key, new(target.Key.HubId, target.Key.Address, false, timeProvider.GetUtcNow(), "", 0, null), timeProvider, _stopping.Token);
                    begun.Running = Task.Run(() => DialAsync(begun));
                    _diallings.Add(dialling = begun);
                }

                (dialling.IsGiven, dialling.IsListed) = (target.IsGiven, target.IsListed);
            }
        }

        Move();
    }

    /// <summary>What someone gave here is dialled always; only a hub that is met this way has a list.</summary>
    private static IEnumerable<((string HubId, Uri Address) Key, bool IsGiven, bool IsListed)> TargetsOf(PairedHub hub)
    {
        var given = hub.Addresses.Take(OutboundProtocol.MaximumAddresses).ToList();
        List<Uri> listed = given.Count == 0 ? [] : [.. hub.ListedAddresses.Take(OutboundProtocol.MaximumAddresses)];
        return given.Union(listed).Select(address => ((hub.Id, address), given.Contains(address), listed.Contains(address)));
    }

    private void Move() => Interlocked.Exchange(ref _moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Waits while another address holds a connection to the same dashboard: a dashboard keeps one connection of an agent, so each would end the other.</summary>
    private async Task RestAsync(Dialling dialling)
    {
        while (true)
        {
            var next = Volatile.Read(ref _moved).Task;
            var twin = FindTwin(dialling);
            dialling.SameAs = twin;
            if (twin is null)
            {
                return;
            }

            dialling.Link = dialling.Link with { Error = "", Attempts = 0 };
            await next.WaitAsync(dialling.Token);
        }
    }

    private Uri? FindTwin(Dialling dialling)
    {
        lock (_gate)
        {
            return dialling.LeadsTo is { } own && _diallings.Exists(other => !other.IsEnding && other.Target == (dialling.Target.HubId, own) && other.Connection is not null) ? own : null;
        }
    }

    private bool IsTrusted(string hubId, string pin) => hubs.All.Any(hub => hub.Id == hubId && (KeyPin.AreSame(hub.Pin, pin) || KeyPin.AreSame(hub.NextPin, pin)));

    private async Task DialAsync(Dialling dialling)
    {
        using (dialling)
        {
            try
            {
                for (var failures = 1; ; failures++)
                {
                    await RestAsync(dialling);
                    var (pause, isGood) = await TryWhateverComesAsync(dialling, failures);
                    failures = isGood ? 0 : failures;
                    dialling.Link = dialling.Link with { NextAttemptAt = timeProvider.GetUtcNow() + pause };
                    await Task.Delay(pause, timeProvider, dialling.Token);
                    dialling.Link = dialling.Link with { NextAttemptAt = null };
                }
            }
            catch (OperationCanceledException) when (dialling.Token.IsCancellationRequested)
            {
                // The hub isn't trusted any more, or the agent ends.
            }
        }
    }

    /// <summary>This loop is the only way to the server: nothing that fails in it, not even a log that can't be written, may end it.</summary>
    private async Task<(TimeSpan Pause, bool IsGood)> TryWhateverComesAsync(Dialling dialling, int failures)
    {
        try
        {
            return await TryAsync(dialling, failures);
        }
        catch (Exception exception) when (!dialling.Token.IsCancellationRequested)
        {
            dialling.Link = dialling.Link with { IsConnected = false, Since = timeProvider.GetUtcNow(), Error = $"the attempt failed: {exception.GetBaseException().Message}", Attempts = failures };
            return (PausesOfStranger.Next(failures), false);
        }
    }

    /// <summary>One connection, to its end. The value is how long to wait before the next, and whether this one was good.</summary>
    private async Task<(TimeSpan Pause, bool IsGood)> TryAsync(Dialling dialling, int failures)
    {
        try
        {
            await using var connection = await dialer.ConnectAsync(dialling.Link.Address, keys.Current, pin => IsTrusted(dialling.Target.HubId, pin), dialling.Token);
            var begun = timeProvider.GetTimestamp();
            (dialling.Connection, dialling.Refusals) = (connection, 0);
            dialling.Link = new(dialling.Target.HubId, dialling.Target.Address, true, timeProvider.GetUtcNow(), "", 0, null);
            Move();
            Log.Connected(logger, dialling.Target.Address.Authority);
            await _connections.Writer.WriteAsync(connection, dialling.Token);
            await connection.Ended.WaitAsync(dialling.Token);
            var isGood = timeProvider.GetElapsedTime(begun) >= GoodTime;
            Lose(dialling, "the connection ended", failures);
            return (Pauses.Next(isGood ? 1 : failures), isGood);
        }
        catch (OutboundException exception)
        {
            if (exception.Kind == OutboundFailure.WrongKey)
            {
                audit.Count(new AgentAuditEntry { Verb = "connect", HubId = dialling.Target.HubId, From = dialling.Target.Address.Authority, What = $"hub {dialling.Target.HubId}", Outcome = "refused", Detail = exception.Message });
            }

            Lose(dialling, exception.Message, failures);
            if (exception.Kind is OutboundFailure.Refused or OutboundFailure.WrongKey)
            {
                // Of these in a row: after a long outage the first word of a dashboard that is still reading its servers must not cost minutes.
                return (PausesOfStranger.Next(++dialling.Refusals), false);
            }

            dialling.Refusals = 0;
            return (Pauses.Next(failures), false);
        }
        catch (CryptographicException exception)
        {
            Lose(dialling, $"this agent's key can't be used: {exception.Message}", failures);
            return (PausesOfStranger.Next(failures), false);
        }
        finally
        {
            dialling.Connection = null;
            Move();
        }
    }

    private void Lose(Dialling dialling, string error, int failures)
    {
        // The same failure over and over is one line of the log.
        if (dialling.Link.Error != error)
        {
            Log.NotConnected(logger, dialling.Target.Address.Authority, error);
        }

        var since = dialling.Link.IsConnected || dialling.Link.Error.Length == 0 ? timeProvider.GetUtcNow() : dialling.Link.Since;
        dialling.Link = dialling.Link with { IsConnected = false, Since = since, Error = error, Attempts = failures };
    }

    /// <summary>One address that is dialled over and over.</summary>
    private sealed class Dialling((string HubId, Uri Address) target, OutboundLink link, TimeProvider timeProvider, CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource _ending = new(Timeout.InfiniteTimeSpan, timeProvider);
        private CancellationTokenSource? _either;
        private volatile OutboundLink _link = link;
        private volatile HubConnection? _connection;
        private volatile Uri? _leadsTo;
        private volatile Uri? _sameAs;

        public (string HubId, Uri Address) Target => target;

        public CancellationToken Token => LazyInitializer.EnsureInitialized(ref _either, () => CancellationTokenSource.CreateLinkedTokenSource(stopping, _ending.Token)).Token;

        public Task Running { get; set; } = Task.CompletedTask;

        public bool IsEnding { get; private set; }

        /// <summary>Times in a row that the hub, or somebody in its place, refused.</summary>
        public int Refusals { get; set; }

        public bool IsGiven { get; set; }

        public bool IsListed { get; set; }

        /// <summary>As All shows it.</summary>
        public OutboundLink Shown => Link with { IsGiven = IsGiven, IsListed = IsListed, SameAs = SameAs };

        /// <summary>The dashboard's own address in the hub's list, where it is another one; null where it isn't, or isn't known.</summary>
        public Uri? LeadsTo
        {
            get => _leadsTo;
            set => _leadsTo = value;
        }

        public Uri? SameAs
        {
            get => _sameAs;
            set => _sameAs = value;
        }

        public OutboundLink Link
        {
            get => _link;
            set => _link = value;
        }

        public HubConnection? Connection
        {
            get => _connection;
            set => _connection = value;
        }

        public void EndAfter(TimeSpan time)
        {
            IsEnding = true;
            _ending.CancelAfter(time);
        }

        public void Dispose()
        {
            _either?.Dispose();
            _ending.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Connected to the dashboard at {Address}")]
        public static partial void Connected(ILogger logger, string address);

        [LoggerMessage(2, LogLevel.Warning, "Not connected to the dashboard at {Address}; trying again: {Reason}")]
        public static partial void NotConnected(ILogger logger, string address, string reason);
    }
}
