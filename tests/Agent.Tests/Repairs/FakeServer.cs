using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>One server that outlives its agents: IIS, services, WSUS, the agent's file and the events that reached the hub.</summary>
internal sealed class FakeServer : IServerAccess, IDisposable
{
    public const string ComputerName = "BRN-WSUS02";

    private readonly Lock _gate = new();
    private Func<bool> _isStoreLocked = () => false;
    private readonly Channel<bool> _ended = Channel.CreateUnbounded<bool>();
    private readonly List<AgentEvent> _events = [];
    private Snapshot _snapshot = Snapshot.Empty(new AgentInfo { AgentId = "0", ComputerName = ComputerName });

    public FakeServer()
    {
        Folder = Directory.CreateTempSubdirectory("wsus-repair-").FullName;
        Services = new FakeServices(Time, Crash);
        Iis = new FakeIis(Folder, Time, Crash, Services);
        Wsus = new FakeWsus(Time, Crash);
        foreach (var name in (string[])[ServiceNames.WsusService, ServiceNames.WorldWideWeb, ServiceNames.ProcessActivation, ServiceNames.SmsAgentHost])
        {
            Services.Add(name);
        }

        Services.Add(ServiceNames.SiteComponentManager, ServiceState.Running, ServiceStartType.Automatic, ServiceNames.SmsExecutive);
        Services.Add(ServiceNames.SmsExecutive);
        Services.Add(ServiceNames.NotificationServer, ServiceState.Stopped, ServiceStartType.Manual);
    }

    public string Folder { get; }

    public JumpingTimeProvider Time { get; } = new();

    public CrashPoint Crash { get; } = new();

    public FakeServices Services { get; }

    public FakeEdges Registry { get; } = new();

    public FakeIis Iis { get; }

    public FakeWsus Wsus { get; }

    public bool IsBusy { get; private set; }

    /// <summary>One entry for each run that an agent left, ended or not.</summary>
    public ChannelReader<bool> Ended => _ended.Reader;

    /// <summary>Why the configuration of IIS cannot be read; null where it can.</summary>
    public string? IisError { get; set; }

    public IReadOnlyList<WindowsEvent> Events { get; set; } = [];

    public HostState Host { get; set; } = new() { TotalMemoryKilobytes = 64L * 1024 * 1024, AvailableMemoryKilobytes = 8 * 1024 * 1024 };

    public long AvailableMemoryKilobytes
    {
        set => Host = Host with { AvailableMemoryKilobytes = value };
    }

    /// <summary>How an endpoint answers while its pool is started, with the settings in force; by default as on a healthy server.</summary>
    public Func<ClientEndpoint, PoolSettings, ProbeAnswer> Answer { get; set; } = (endpoint, _) => Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200);

    /// <summary>Something that happens while clients are asked.</summary>
    public Func<PoolSettings, Task> WhileAsked { get; set; } = _ => Task.CompletedTask;

    /// <summary>How often clients were asked.</summary>
    public int Rounds { get; private set; }

    public static ProbeAnswer Answers(int status, int? subStatus = null, double seconds = 0.02) => new() { Status = status, SubStatus = subStatus, Duration = TimeSpan.FromSeconds(seconds) };

    /// <summary>True for the settings that the repairs of these tests set.</summary>
    public static bool IsNew(PoolSettings settings) => settings.PrivateMemoryKilobytes == 0;

    /// <summary>An answer where the new settings are in force; before and after them the server is healthy.</summary>
    public static Func<ClientEndpoint, PoolSettings, ProbeAnswer> New(Func<ClientEndpoint, PoolSettings, ProbeAnswer> answer) => (endpoint, settings) =>
        IsNew(settings) ? answer(endpoint, settings) : Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200);

    /// <summary>Held readings of IIS, for a test that wants a request to stay in its middle.</summary>
    public Func<CancellationToken, Task>? BeforeRefresh { get; set; }

    public IReadOnlyList<Repair> Published => [.. AllPublished.Select(entry => entry.Repair).OfType<Repair>()];

    /// <summary>What a hub has been told, numbered from 1.</summary>
    public IReadOnlyList<AgentEvent> AllPublished
    {
        get
        {
            lock (_gate)
            {
                return [.. _events.Select((entry, index) => entry with { Sequence = index + 1 })];
            }
        }
    }

    /// <summary>Makes this a server with the inbox of a top site; returns the file that asks for a synchronization.</summary>
    public string MakeSyncInbox()
    {
        var inbox = Directory.CreateDirectory(Path.Combine(Folder, "inboxes", "WSyncMgr.box")).FullName;
        Registry.Values[(@"SOFTWARE\Microsoft\SMS\Setup", "Installation Directory")] = Folder;
        return Path.Combine(inbox, "SELF.SYN");
    }

    public void WritePolicy(string text) => File.WriteAllText(Path.Combine(Folder, "policy.json"), text);

    /// <summary>While true, the store can be read and not written, as on a full disk.</summary>
    public bool IsDiskFull { get; set; }

    /// <summary>How often the store was found locked.</summary>
    public int StoreFailures { get; private set; }

    /// <summary>While this holds, the store answers that it is locked.</summary>
    public void FailStoreWhile(Func<bool> isLocked) => _isStoreLocked = isLocked;

    public SqliteConnection OpenStore()
    {
        if (_isStoreLocked())
        {
            StoreFailures++;
            throw new SqliteException("database is locked", 5);
        }

        var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "agent.db")};Pooling=False;Default Timeout=5");
        connection.Open();

        // These servers do not lose their power, only their agents.
        using var pragma = connection.CreateCommand();
        pragma.CommandText = $"PRAGMA synchronous = OFF; PRAGMA query_only = {(IsDiskFull ? "ON" : "OFF")}";
        pragma.ExecuteNonQuery();
        return connection;
    }

    public Snapshot Current => _snapshot;

    public void SetBusy(bool isBusy)
    {
        IsBusy = isBusy;
        if (!isBusy)
        {
            _ended.Writer.TryWrite(true);
        }
    }

    public Task PublishAsync(AgentEvent agentEvent, CancellationToken cancellationToken)
    {
        Crash.Pass("publish");
        lock (_gate)
        {
            _events.Add(agentEvent);
        }

        return Task.CompletedTask;
    }

    public Task StartWsusSyncAsync(CancellationToken cancellationToken) => Wsus.StartAsync();

    public Task StopWsusSyncAsync(CancellationToken cancellationToken) => Wsus.StopAsync();

    public Task<IReadOnlyList<SyncRun>> ReadWsusHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken) => Task.FromResult(Wsus.History(since));

    public Task<WsusCounts> ReadWsusCountsAsync(CancellationToken cancellationToken) => Task.FromResult(Wsus.Counts());

    public async Task<ClientState?> AskClientsAsync(ProbeRound round, CancellationToken cancellationToken)
    {
        Crash.Pass("ask clients");
        Rounds++;
        var isStarted = Iis.State == Microsoft.Web.Administration.ObjectState.Started;
        var settings = Iis.Settings;
        await WhileAsked(settings);
        return new ClientState
        {
            Endpoints =
            [
                .. ClientEndpoints.All.Select(endpoint => new EndpointState
                {
                    Endpoint = endpoint,
                    Skipped = isStarted ? SkipReason.None : SkipReason.PoolStopped,
                    Answer = isStarted ? Answer(endpoint, settings) : null,
                }),
            ],
        };
    }

    public IReadOnlyList<SyncRun> ListKnownSyncRuns(DateTimeOffset since) => [.. Wsus.ConfigMgrHistory(since), .. Wsus.History(since)];

    public void Dispose()
    {
        Iis.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public async Task RefreshAsync(string section, CancellationToken cancellationToken)
    {
        if (BeforeRefresh is { } before)
        {
            await before(cancellationToken);
        }

        Crash.Pass($"refresh {section}");
        var now = Time.GetUtcNow();
        lock (_gate)
        {
            _snapshot = section switch
            {
                SectionNames.Iis when IisError is { } error => _snapshot with
                {
                    Iis = _snapshot.Iis with { Status = SectionStatus.Unreadable, Failure = ReadFailure.Malformed, Error = error, AttemptedAt = now },
                },
                SectionNames.Iis => _snapshot with { Iis = Read(section, Iis.Read(), now) },
                SectionNames.Services => _snapshot with { Services = Read(section, new ServicesState { Services = [.. Services.ReadAll()] }, now) },
                SectionNames.Wsus when !Wsus.IsInstalled => _snapshot with { Wsus = new() { Name = section, Status = SectionStatus.NotInstalled, AttemptedAt = now } },
                SectionNames.Wsus when Wsus.IsSilent() => _snapshot with
                {
                    Wsus = _snapshot.Wsus with { Status = SectionStatus.Unreadable, Failure = ReadFailure.Unavailable, Error = "Nothing answers on port 8530.", AttemptedAt = now },
                },
                SectionNames.Host => _snapshot with { Host = Read(section, Host, now) },
                SectionNames.Wsus => _snapshot with { Wsus = Read(section, Wsus.Read(), now) },
                SectionNames.ConfigMgr when !Wsus.IsSiteServer => _snapshot with { ConfigMgr = new() { Name = section, Status = SectionStatus.NotInstalled, AttemptedAt = now } },
                SectionNames.ConfigMgr => _snapshot with { ConfigMgr = Read(section, Wsus.ReadConfigMgr(), now) },
                SectionNames.Events => _snapshot with { Events = Read(section, new EventsState { Recent = [.. Events] }, now) },
                _ => throw new ArgumentException($"No section {section}.", nameof(section)),
            };
        }
    }

    private static Section<T> Read<T>(string name, T value, DateTimeOffset now)
        where T : class => new() { Name = name, Status = SectionStatus.Ok, Value = value, ReadAt = now, AttemptedAt = now };
}
