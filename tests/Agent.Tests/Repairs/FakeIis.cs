using Microsoft.Web.Administration;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Iis.Emulation.Runtime;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>A real applicationHost.config in a folder of its own, with pools that start and stop in virtual time.</summary>
internal sealed class FakeIis : IPoolRuntime, IProcessRunner, IDisposable
{
    public const string PoolName = "WsusPool";

    private readonly IDisposable _registration;
    private readonly TimeProvider _timeProvider;
    private readonly CrashPoint _crash;
    private readonly FakeServices _services;
    private readonly Lock _gate = new();
    private ObjectState _state = ObjectState.Started;
    private DateTimeOffset _workerStartedAt;

    public FakeIis(string folder, TimeProvider timeProvider, CrashPoint crash, FakeServices services)
    {
        (_timeProvider, _crash, _services) = (timeProvider, crash, services);
        ConfigurationPath = Path.Combine(folder, "applicationHost.config");
        File.WriteAllText(ConfigurationPath, """
            <?xml version="1.0" encoding="UTF-8"?>
            <configuration>
              <system.applicationHost>
                <applicationPools>
                  <add name="WsusPool" queueLength="1000">
                    <recycling><periodicRestart privateMemory="1843200" /></recycling>
                  </add>
                  <add name="SMS Management Point Pool" />
                </applicationPools>
                <sites>
                  <site name="Default Web Site" id="1"><application path="/"><virtualDirectory path="/" physicalPath="C:\inetpub\wwwroot" /></application></site>
                  <site name="WSUS Administration" id="2">
                    <application path="/" applicationPool="WsusPool"><virtualDirectory path="/" physicalPath="C:\WSUS" /></application>
                    <application path="/ClientWebService" applicationPool="WsusPool"><virtualDirectory path="/" physicalPath="C:\WSUS\Client" /></application>
                  </site>
                </sites>
              </system.applicationHost>
            </configuration>
            """);
        _workerStartedAt = timeProvider.GetUtcNow().AddHours(-1);
        _registration = EmulatedIis.Register(ConfigurationPath, this);
    }

    public string ConfigurationPath { get; }

    /// <summary>"stop pool", "start pool", "iisreset".</summary>
    public List<string> Done { get; } = [];

    public int ResetExitCode { get; set; }

    public bool ResetHangs { get; set; }

    public bool DoesNotStop { get; set; }

    /// <summary>So many starts of the pool end at once in Stopped, as where rapid-fail protection stops it.</summary>
    public int StartsInVain { get; set; }

    /// <summary>What happens before the agent acts on a pool, on the thread of the act.</summary>
    public Action BeforeAct { get; set; } = () => { };

    /// <summary>What happens right after the pool was asked to stop.</summary>
    public Action AfterStop { get; set; } = () => { };

    public bool IsMissing { get; set; }

    /// <summary>Set where it is not clear which pool is that of WSUS.</summary>
    public string PoolNote { get; set; } = "";

    /// <summary>Compression schemes of the server.</summary>
    public IReadOnlyList<CompressionScheme> Schemes { get; set; } = [];

    public ObjectState State
    {
        get => _state;
        set => _state = value;
    }

    public PoolSettings Settings
    {
        get
        {
            using var manager = new ServerManager(ConfigurationPath);
            return PoolMapping.ToSettings(manager.ApplicationPools[PoolName]!);
        }
    }

    public void Set(Action<ApplicationPool> change)
    {
        using var manager = new ServerManager(ConfigurationPath);
        change(manager.ApplicationPools[PoolName]!);
        manager.CommitChanges();
    }

    public ServerManager Open() => new(ConfigurationPath);

    public ServerManager OpenToAct()
    {
        BeforeAct();
        return Open();
    }

    public IisState Read()
    {
        using var manager = Open();
        return new IisState
        {
            Pools = [.. manager.ApplicationPools.Where(pool => !IsMissing || pool.Name != PoolName).Select(Read)],
            SiteNames = [.. manager.Sites.Select(site => site.Name)],
            WsusPoolName = PoolNote.Length > 0 ? null : PoolName,
            WsusPoolNote = PoolNote,
            WsusSiteName = "WSUS Administration",
            CompressionSchemes = [.. Schemes],
        };
    }

    public ObjectState GetState(string pool) => pool == PoolName ? _state : ObjectState.Started;

    public ObjectState Start(string pool) => Change("start pool", () =>
    {
        _workerStartedAt = _timeProvider.GetUtcNow();
        return StartsInVain-- > 0 ? ObjectState.Stopped : ObjectState.Started;
    });

    public ObjectState Stop(string pool)
    {
        var state = Change("stop pool", () => DoesNotStop ? ObjectState.Stopping : ObjectState.Stopped);
        AfterStop();
        return state;
    }

    public ObjectState Recycle(string pool) => Change("recycle pool", () =>
    {
        _workerStartedAt = _timeProvider.GetUtcNow();
        return ObjectState.Started;
    });

    public IReadOnlyList<EmulatedWorker> GetWorkers(string pool) => pool == PoolName && _state == ObjectState.Started ? [new EmulatedWorker(4711)] : [];

    public string? Find(AllowedProgram program) => @"C:\Windows\System32\iisreset.exe";

    public async Task<ProcessResult> RunAsync(AllowedProgram program, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        Assert.Equal(AllowedProgram.IisReset, program);
        _crash.Pass("before iisreset");
        Done.Add("iisreset");
        if (ResetHangs)
        {
            await Task.Delay(timeLimit, _timeProvider, cancellationToken);
            throw new EdgeException(ReadFailure.TimedOut, "iisreset.exe did not end in time and was ended.");
        }

        await Task.Delay(TimeSpan.FromSeconds(5), _timeProvider, cancellationToken);
        if (ResetExitCode == 0)
        {
            _services.Force(ServiceNames.WorldWideWeb, ServiceState.Running);
            _services.Force(ServiceNames.ProcessActivation, ServiceState.Running);
            (_state, _workerStartedAt) = (ObjectState.Started, _timeProvider.GetUtcNow());
        }

        _crash.Pass("iisreset runs");
        await Task.Delay(TimeSpan.FromSeconds(10), _timeProvider, cancellationToken);
        _crash.Pass("after iisreset");
        return new ProcessResult(ResetExitCode, ResetExitCode == 0 ? "Internet services successfully restarted" : "Access denied, you must be an administrator");
    }

    public void Dispose() => _registration.Dispose();

    private AppPool Read(ApplicationPool pool) => new()
    {
        Name = pool.Name,
        State = PoolMapping.ToPoolState(pool.State),
        Settings = PoolMapping.ToSettings(pool),
        ApplicationCount = pool.Name == PoolName ? 8 : 1,
        Workers = [.. pool.WorkerProcesses.Select(worker => new PoolWorker(worker.ProcessId, 400_000, _workerStartedAt))],
    };

    private ObjectState Change(string what, Func<ObjectState> change)
    {
        _crash.Pass($"before {what}");
        lock (_gate)
        {
            _state = change();
            Done.Add(what);
        }

        _crash.Pass($"after {what}");
        return _state;
    }
}
