using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>WSUS and Configuration Manager in virtual time: a synchronization takes four minutes, then it ends as it was told to.</summary>
internal sealed class FakeWsus(TimeProvider timeProvider, CrashPoint crash) : IWmi
{
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(4);

    private readonly Lock _gate = new();
    private readonly List<(DateTimeOffset StartedAt, DateTimeOffset EndsAt)> _syncs = [];
    private DateTimeOffset? _configMgrAskedAt;

    public SyncResult Result { get; set; } = SyncResult.Succeeded;

    public string ErrorText { get; set; } = "";

    public bool IsSiteServer { get; set; }

    public bool IsInstalled { get; set; } = true;

    public bool NeverEnds { get; set; }

    public bool ConfigMgrNeverEnds { get; set; }

    /// <summary>wsyncmgr.log cannot be read: only the site's status tells of its synchronizations.</summary>
    public bool HasNoSyncLog { get; set; }

    /// <summary>Requests that are answered with 503 before one is accepted.</summary>
    public int Refusals { get; set; }

    /// <summary>While this holds, nothing answers on the port.</summary>
    public Func<bool> IsSilent { get; set; } = () => false;

    /// <summary>Something that happens when it is asked for a synchronization, either of them.</summary>
    public Action WhenAsked { get; set; } = () => { };

    public EdgeException? SyncNowFailure { get; set; }

    /// <summary>The computer with the SMS Provider.</summary>
    public string ProviderComputer { get; set; } = FakeServer.ComputerName;

    /// <summary>The namespace that the newest SyncNow went to; null before the first.</summary>
    public string? SyncNowScope { get; private set; }

    public long UpdatesBefore { get; set; }

    public long UpdatesAfter { get; set; } = 12_480;

    /// <summary>Synchronizations that were started.</summary>
    public int Starts { get; private set; }

    public int SyncNows { get; private set; }

    public int Stops { get; private set; }

    /// <summary>What the newest SyncNow asked for; null before the first.</summary>
    public bool? LastSyncNowWasFull { get; private set; }

    private bool IsWorking => _syncs.Count > 0 && (NeverEnds || _syncs[^1].EndsAt > timeProvider.GetUtcNow());

    private bool HasSucceeded => _syncs.Count > 0 && !IsWorking && Result == SyncResult.Succeeded;

    public Task<bool> StartAsync()
    {
        crash.Pass("before sync start");
        WhenAsked();
        lock (_gate)
        {
            if (Refusals > 0)
            {
                Refusals--;
                throw new EdgeException(ReadFailure.Unavailable, "WSUS answered 503.");
            }

            if (!IsWorking)
            {
                Starts++;
                _syncs.Add((timeProvider.GetUtcNow(), timeProvider.GetUtcNow() + Duration));
            }
        }

        crash.Pass("after sync start");
        return Task.FromResult(true);
    }

    public Task StopAsync()
    {
        Stops++;
        return Task.CompletedTask;
    }

    /// <summary>Synchronizations of before, with the times that the clock showed then.</summary>
    public List<SyncRun> Past { get; } = [];

    public IReadOnlyList<SyncRun> History(DateTimeOffset since)
    {
        lock (_gate)
        {
            return [.. Past.Concat(_syncs.Select((sync, index) => ToRun(sync, index == _syncs.Count - 1 && IsWorking))).Where(run => run.StartedAt >= since)];
        }
    }

    // It begins ten seconds after the request and ends with WSUS.
    public IReadOnlyList<SyncRun> ConfigMgrHistory(DateTimeOffset since)
    {
        if (HasNoSyncLog || _configMgrAskedAt is not { } askedAt || askedAt < since || timeProvider.GetUtcNow() < askedAt.AddSeconds(10))
        {
            return [];
        }

        var run = new SyncRun { Id = "mecm-1", Source = SyncSource.ConfigMgr, StartedAt = askedAt.AddSeconds(10), Result = SyncResult.Running };
        return [IsWorking || ConfigMgrNeverEnds ? run : run with { EndedAt = timeProvider.GetUtcNow(), Result = Result, ErrorText = ErrorText }];
    }

    public WsusCounts Counts() => new() { Updates = HasSucceeded ? UpdatesAfter : UpdatesBefore };

    public WsusState Read() => new()
    {
        SubscriptionState = IsWorking ? SubscriptionState.Working : SubscriptionState.NotRunning,
        Progress = IsWorking ? new SyncProgress(SyncPhase.Updates, 100, 12_480, _syncs[^1].StartedAt) : null,
        Counts = Counts(),
    };

    /// <summary>What the site's status says; null where it has no update point.</summary>
    public SupSyncStatus? UpdatePoint { get; set; }

    // Its last state is that of the synchronization that was asked for.
    public ConfigMgrState ReadConfigMgr() => new() { SoftwareUpdatePoints = UpdatePoint is { } point ? [_configMgrAskedAt is null ? point with { LastSyncState = 0, LastSyncStateAt = null } : point] : [], SiteCode = "BRN", SoftwareUpdateCount = HasSucceeded && _configMgrAskedAt is not null ? UpdatesAfter : UpdatesBefore };

    public Task<object?> InvokeAsync(string scope, string className, string method, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        Assert.Equal(("SMS_SoftwareUpdate", "SyncNow"), (className, method));
        SyncNowScope = scope;
        LastSyncNowWasFull = Assert.IsType<bool>(Assert.Single(arguments, argument => argument.Key == "fullSync").Value);
        crash.Pass("before SyncNow");
        WhenAsked();
        if (SyncNowFailure is not null)
        {
            throw SyncNowFailure;
        }

        SyncNows++;
        _configMgrAskedAt ??= timeProvider.GetUtcNow();
        crash.Pass("after SyncNow");
        return Task.FromResult<object?>(0);
    }

    public Task<WmiRow> GetAsync(string scope, string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<WmiRow>> QueryAsync(string scope, string wql, CancellationToken cancellationToken)
    {
        Assert.Equal((@"root\SMS", "SELECT * FROM SMS_ProviderLocation WHERE ProviderForLocalSite = TRUE"), (scope, wql));
        return Task.FromResult<IReadOnlyList<WmiRow>>([FakeEdges.Row(("SiteCode", "BRN"), ("Machine", ProviderComputer), ("NamespacePath", $@"\\{ProviderComputer}\root\sms\site_BRN"))]);
    }

    private SyncRun ToRun((DateTimeOffset StartedAt, DateTimeOffset EndsAt) sync, bool isWorking) => new()
    {
        Id = $"wsus-{sync.StartedAt.UtcTicks}",
        Source = SyncSource.Wsus,
        StartedAt = sync.StartedAt,
        EndedAt = isWorking ? null : sync.EndsAt,
        Result = isWorking ? SyncResult.Running : Result,
        ErrorText = isWorking ? "" : ErrorText,
    };
}
