using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Tests.Rules;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>One synchronization that went wrong, told in the words of a log book. Minutes count from the end of the run: -5 is five minutes before it.</summary>
internal sealed class Story
{
    public const string Pool = TestServer.Pool;
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 6, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset End = Start.AddMinutes(12);
    private const long Gigabyte = 1024 * 1024;

    private SyncRun _run = new() { Id = "wsus-100", Source = SyncSource.Wsus, Trigger = SyncTrigger.Scheduled, StartedAt = Start, EndedAt = End, Result = SyncResult.Failed };
    private SyncRun? _other;
    private Snapshot _snapshot;
    private readonly List<SyncRun> _history = [];
    private readonly List<LoggedLine> _lines = [];
    private readonly List<WindowsEvent> _events = [];
    private readonly List<RecentChange> _changes = [];
    private readonly List<PersonAction> _actions = [];
    private UpstreamView? _upstream;
    private UpdatePointView? _point;
    private OtherServers? _fleet;
    private CauseQuestion _question;
    private int _goodRunsRead;

    /// <summary>A server on which nothing else is wrong: the pool as Microsoft recommends it, 32 GB, 14 good synchronizations before.</summary>
    public Story()
    {
        var healthy = TestServer.Healthy(BaselineCatalog.Microsoft).Snapshot!;
        _snapshot = healthy with
        {
            Agent = healthy.Agent with { StartedAt = Start.AddDays(-20) },
            Host = TestServer.Read(SectionNames.Host, new HostState { TotalMemoryKilobytes = 32 * Gigabyte, AvailableMemoryKilobytes = 14 * Gigabyte, BootedAt = Start.AddDays(-20), ContentVolumeFreeKilobytes = 300 * Gigabyte }),
        };
        Workers(new PoolWorker(4712, 3_100_000, Start.AddDays(-3)));
        Wsus(state => state with { SubscribedCategories = 24, Counts = new WsusCounts { Updates = 14_210, Declined = 9_000, Approved = 800, Expired = 200, Computers = 900 } });
        for (var day = 1; day <= 14; day++)
        {
            _history.Add(_run with { Id = $"wsus-{100 - day}", StartedAt = Start.AddDays(-day), EndedAt = End.AddDays(-day), Result = SyncResult.Succeeded });
        }
    }

    public Story Cancelled(string error = "")
    {
        _run = _run with { Result = SyncResult.Cancelled, ErrorText = error };
        return this;
    }

    public Story Failed(string error = "", long code = 0)
    {
        _run = _run with { Result = SyncResult.Failed, ErrorText = error, ErrorCode = code };
        return this;
    }

    /// <summary>Only Configuration Manager knows of it: WSUS could not even be asked.</summary>
    public Story SiteFailed(string error, long code = 0)
    {
        _run = _run with { Id = "mecm-1", Source = SyncSource.ConfigMgr, Result = SyncResult.Failed, ErrorText = error, ErrorCode = code };
        return this.Line("wsyncmgr", 0, $"Sync failed: {error}");
    }

    /// <summary>Configuration Manager's view beside that of WSUS.</summary>
    public Story SiteSaid(string error, long code = 0)
    {
        _other = _run with { Id = "mecm-1", Source = SyncSource.ConfigMgr, StartedAt = Start.AddMinutes(-1), EndedAt = End.AddMinutes(1), Result = SyncResult.Failed, ErrorText = error, ErrorCode = code };
        return this;
    }

    public Story Succeeded(CauseQuestion question)
    {
        _question = question;
        _run = _run with { Result = SyncResult.Succeeded };
        return this;
    }

    public Story NoGoodRunBefore()
    {
        _history.Clear();
        return Site(state => state with { SoftwareUpdatePoints = [.. state.SoftwareUpdatePoints.Select(point => point with { LastSuccessfulSyncAt = null })] });
    }

    /// <summary>One letter a run, newest first, a day apart: S, F or C.</summary>
    public Story Before(string letters, string error = "")
    {
        _history.Clear();
        for (var index = 0; index < letters.Length; index++)
        {
            var result = letters[index] switch { 'S' => SyncResult.Succeeded, 'C' => SyncResult.Cancelled, _ => SyncResult.Failed };
            _history.Add(_run with { Id = $"before-{index}", StartedAt = Start.AddDays(-index - 1), EndedAt = End.AddDays(-index - 1), Result = result, ErrorText = result is SyncResult.Succeeded ? "" : error, ErrorCode = 0 });
        }

        return this;
    }

    public Story Line(string log, double minutes, string text, int goodRuns = 0)
    {
        _lines.Add(new LoggedLine(log, End.AddMinutes(minutes), text) { GoodRuns = goodRuns });
        return this;
    }

    /// <summary>The same logs were read of so many good runs.</summary>
    public Story GoodRuns(int read)
    {
        _goodRunsRead = read;
        return this;
    }

    /// <summary>IIS lets nobody into these directories of WSUS without TLS.</summary>
    public Story Directories(params string[] requireTls)
    {
        _snapshot = _snapshot with { Iis = _snapshot.Iis with { Value = _snapshot.Iis.Value! with { WsusDirectories = [.. requireTls.Select(name => new WebDirectory { Name = name, RequiresTls = true })] } } };
        return this;
    }

    public Story Event(int id, double minutes, string? message = null, string provider = WindowsEvents.WasProvider, string subject = "")
    {
        var isWas = provider == WindowsEvents.WasProvider;
        _events.Add(new WindowsEvent
        {
            RecordId = _events.Count + 1,
            LogName = isWas || provider is WindowsEvents.ServicesProvider or WindowsEvents.HttpProvider or WindowsEvents.SchannelProvider ? WindowsEvents.SystemLog : WindowsEvents.ApplicationLog,
            Provider = provider,
            EventId = id,
            At = End.AddMinutes(minutes),
            Subject = subject,
            Message = message ?? (isWas ? $"A worker process serving application pool '{Pool}' ..." : ""),
        });
        return this;
    }

    public Story WsusEvent(int id, double minutes, string message = "") => Event(id, minutes, message, WindowsEvents.WsusProvider);

    /// <summary>Somebody used this product.</summary>
    public Story Act(string what, double minutes, string subject = "", string who = "anna", string reason = "")
    {
        _actions.Add(new PersonAction(End.AddMinutes(minutes), who, what, subject, reason));
        return this;
    }

    public Story Change(string subject, string from, string to, double minutes, string detail = "")
    {
        _changes.Add(new RecentChange(End.AddMinutes(minutes), new StateChange(subject, from, to, detail)));
        return this;
    }

    /// <summary>Queue 1,000, private memory 1,843,200 KB, 29 h, idle 20 min, pings: WsusPool as it is installed.</summary>
    public Story PoolAtDefaults() => Settings(_ => new PoolSettings { PrivateMemoryKilobytes = 1_843_200 }).Workers(new PoolWorker(4712, 1_200_000, Start.AddHours(-9)));

    public Story Settings(Func<PoolSettings, PoolSettings> change) => PoolIs(pool => pool with { Settings = change(pool.Settings) });

    public Story Workers(params PoolWorker[] workers) => PoolIs(pool => pool with { Workers = [.. workers] });

    public Story PoolStopped(double minutes) => PoolIs(pool => pool with { State = PoolState.Stopped, StateSince = End.AddMinutes(minutes), Workers = [] });

    /// <summary>The agent began to look so many minutes after the end of the run, and found the pool running: nobody saw it before.</summary>
    public Story SeenOnlySince(double minutes)
    {
        _snapshot = _snapshot with { Agent = _snapshot.Agent with { StartedAt = End.AddMinutes(minutes) } };
        return PoolIs(pool => pool with { State = PoolState.Started, StateSince = End.AddMinutes(minutes) });
    }

    public Story PoolIs(Func<AppPool, AppPool> change)
    {
        var iis = _snapshot.Iis.Value!;
        _snapshot = _snapshot with { Iis = _snapshot.Iis with { Value = iis with { Pools = [.. iis.Pools.Select(change)] } } };
        return this;
    }

    public Story Service(string name, ServiceState state, double minutes)
    {
        var services = _snapshot.Services.Value!.Services.Select(service => service.Name == name ? service with { State = state, StateSince = End.AddMinutes(minutes) } : service);
        _snapshot = _snapshot with { Services = _snapshot.Services with { Value = new ServicesState { Services = [.. services] } } };
        return this;
    }

    public Story Wsus(Func<WsusState, WsusState> change)
    {
        _snapshot = _snapshot with { Wsus = _snapshot.Wsus with { Value = change(_snapshot.Wsus.Value!) } };
        return this;
    }

    public Story WsusSilent()
    {
        _snapshot = _snapshot with { Wsus = _snapshot.Wsus.Unreadable(ReadFailure.Unavailable, "HTTP 503") };
        return this;
    }

    /// <summary>A 32-bit or 64-bit pool beside WSUS's 64-bit compression library, and its scheme's precondition.</summary>
    public Story Library(bool is32Bit, string preCondition)
    {
        _snapshot = _snapshot with { Iis = _snapshot.Iis with { Value = _snapshot.Iis.Value! with { CompressionSchemes = [TestServer.Library with { PreCondition = preCondition }] } } };
        return Settings(settings => settings with { Enable32BitAppOnWin64 = is32Bit });
    }

    /// <summary>The software update point is another server.</summary>
    public Story NoWsusHere()
    {
        _snapshot = _snapshot with
        {
            Agent = _snapshot.Agent with { Roles = ["mecm-site-server"] },
            Wsus = _snapshot.Wsus.NotInstalled(),
            Iis = TestServer.Read(SectionNames.Iis, new IisState()),
        };
        return Service(ServiceNames.WsusService, ServiceState.NotInstalled, -9999);
    }

    public Story Site(Func<ConfigMgrState, ConfigMgrState> change)
    {
        _snapshot = _snapshot with { ConfigMgr = _snapshot.ConfigMgr with { Value = change(_snapshot.ConfigMgr.Value!) } };
        return this;
    }

    public Story UpdatePoint(Func<SupSyncStatus, SupSyncStatus> change) => Site(state => state with { SoftwareUpdatePoints = [.. state.SoftwareUpdatePoints.Select(change)] });

    public Story SiteSettings(SiteSyncSettings settings) => Site(state => state with { Settings = settings });

    public Story Host(Func<HostState, HostState> change)
    {
        _snapshot = _snapshot with { Host = _snapshot.Host with { Value = change(_snapshot.Host.Value!) } };
        return this;
    }

    public Story Replica(string upstream) => Wsus(state => state with { Source = upstream, IsReplica = true });

    public Story Upstream(SyncResult lastResult, double minutes, bool isReachable = true, string? cause = null)
    {
        _upstream = new UpstreamView(_snapshot.Wsus.Value!.Source, lastResult, End.AddMinutes(minutes), isReachable, cause);
        return this;
    }

    /// <summary>The update point of the site, which is another server.</summary>
    public Story Point(string? cause = null, bool isReachable = true)
    {
        _point = new UpdatePointView("BRN-SUP02", isReachable, cause, cause is null ? null : End.AddMinutes(-40));
        return this;
    }

    public Story Fleet(int synchronizing, int failing)
    {
        _fleet = new OtherServers(synchronizing, failing);
        return this;
    }

    public SyncRunContext Close() => new()
    {
        Question = _question,
        Now = End.AddMinutes(30),
        Run = _run,
        OtherView = _other,
        Snapshot = _snapshot,
        Baseline = BaselineCatalog.Microsoft,
        History = [_run, .. _history],
        Lines = [.. _lines.Select(line => line with { CoveredGoodRuns = _goodRunsRead })],
        Events = _events,
        Changes = _changes,
        Actions = _actions,
        Upstream = _upstream,
        UpdatePoint = _point,
        Fleet = _fleet,
    };
}
