using System.Diagnostics;
using System.Globalization;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Windows.Tests.Support;

/// <summary>
/// A WSUS server with a site of Configuration Manager on Wine: services under their real names that stand-ins play, the registry of
/// WSUS, an applicationHost.config and a WSUS on the wire; the published agent runs as a Windows service.
/// </summary>
public sealed class WindowsServer : IAsyncLifetime
{
    /// <summary>Long enough for a stand-in on a busy machine; a test that waits for its end waits this long.</summary>
    public static readonly TimeSpan ServiceTimeLimit = TimeSpan.FromSeconds(12);

    /// <summary>A site that is left from an earlier WSUS: it comes first, and only the registry says that it is not meant.</summary>
    public const string OldWsusSite = "WSUS before the move";

    public const string DataFolder = @"C:\ProgramData\WsusDashboard\Agent";
    public const string AgentProgram = @"C:\Program Files\WsusDashboard Agent\WsusDashboard.Agent.exe";

    private const string WsusSetup = @"HKLM\SOFTWARE\Microsoft\Update Services\Server\Setup";
    private const string StageFolder = @"C:\stage";

    // What a site server has; SMS_NOTIFICATION_SERVER belongs to the management point and is not on this one.
    private static readonly string[] Services =
    [
        "WAS;manual;;Windows Process Activation Service",
        "W3SVC;automatic;WAS;World Wide Web Publishing Service",
        "WsusService;automatic;;WSUS Service",
        "SMS_SITE_COMPONENT_MANAGER;automatic;;SMS_SITE_COMPONENT_MANAGER",
        "SMS_EXECUTIVE;automatic;;SMS_EXECUTIVE",
        "CcmExec;automatic;;SMS Agent Host",
    ];

    private WinePrefix? _prefix;
    private Estate? _estate;
    private Stage? _stage;
    private AgentConnection? _agent;
    private Process? _relay;
    private string _settings = "";

    /// <summary>The names of the stand-in services, in the order in which they are started.</summary>
    public static IReadOnlyList<string> ServiceNamesInOrder { get; } = [.. Services.Select(service => service.Split(';')[0])];

    public string ApplicationHostConfig => Estate.Servers[0].Files.ApplicationHostConfig;

    public static CancellationToken Ending => TestContext.Current.CancellationToken;

    public int Port { get; } = LoopbackPort.Choose();

    public int WsusPort => Estate.Servers[0].WsusAddress.Port;

    /// <summary>What the agent of this server is set to.</summary>
    public IReadOnlyList<string> AgentSettings =>
    [
        $"--Agent:Port={Port}",

        // Whatever dashboard a test names: one that the agent would connect to itself leaves it without a port.
        "--Agent:Listen=yes",
        $"--Agent:ApplicationHostConfig={WinePrefix.InWindows(ApplicationHostConfig)}",
        "--Agent:WsusHost=127.0.0.1",
        "--Agent:StateInterval=00:00:01",
        "--Agent:IdleInterval=00:00:02",
        "--Agent:PoolRestartWait=00:00:00",
        $"--Agent:ServiceTimeLimit={ServiceTimeLimit:c}",
        $"--Agent:IisResetTimeLimit={ServiceTimeLimit:c}",
    ];

    /// <summary>
    /// Who may use the data folder as the first installation left it. Wine 8 keeps the access list that a new folder is made with; to the list of a folder
    /// that is there it adds what the folder above grants, protected or not, so what a later installation leaves says nothing about Windows.
    /// </summary>
    public UnixFileMode FirstDataFolderMode { get; private set; }

    internal WinePrefix Prefix => _prefix ?? throw new InvalidOperationException("Wine is not started.");

    internal Stage Stage => _stage ?? throw new InvalidOperationException("Wine is not started.");

    internal Wire.Agent.AgentClient Agent => (_agent ?? throw new InvalidOperationException("The agent is not started.")).Client;

    internal Estate Estate => _estate ?? throw new InvalidOperationException("The estate is not started.");

    public async ValueTask InitializeAsync()
    {
        if (WinePrefix.Absence is null)
        {
            await SetUpAsync();
        }
    }

    /// <summary>Every service runs, nothing is held, the journal is empty: where each test begins. Skips where there is no Wine; in CI that is a failure.</summary>
    public async Task BeginAsync()
    {
        if (WinePrefix.Absence is { } reason)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", reason);
            Assert.Fail(reason);
        }

        Stage.Clear();
        foreach (var name in ServiceNamesInOrder)
        {
            await StartServiceAsync(name);
        }

        Stage.Clear();
    }

    /// <summary>The pool has the settings again that it had at first.</summary>
    public void RestoreSettings() => File.WriteAllText(ApplicationHostConfig, _settings);

    /// <summary>Starts a service with sc.exe and waits until it runs.</summary>
    public async Task StartServiceAsync(string name)
    {
        var answer = await Prefix.RunAsync(["sc", "start", name], Ending);
        await Eventually.Async(() => QueryAsync(name), output => output.Contains("RUNNING", StringComparison.Ordinal), what: $"{name} runs (sc start ended with {answer.ExitCode}: {answer.Output})");
    }

    /// <summary>Stops a service with sc.exe and waits until it is stopped.</summary>
    public async Task StopServiceAsync(string name)
    {
        await Prefix.RunAsync(["sc", "stop", name], Ending);
        await Eventually.Async(() => QueryAsync(name), output => output.Contains("STOPPED", StringComparison.Ordinal), what: $"{name} is stopped");
    }

    /// <summary>Installs the agent as a service with its own command, with the settings of this server.</summary>
    internal Task<Outcome> InstallAsync(params string[] options) => Prefix.RunAsync([AgentProgram, "install", .. options, .. AgentSettings], Ending);

    /// <summary>Waits until the agent answers and has read its services once.</summary>
    internal Task<Snapshot> AgentAnswersAsync() => SnapshotAsync("services are read", snapshot => snapshot.Services.Status == SectionStatus.Ok);

    /// <summary>Runs a command of the agent's program with the settings of the agent that runs as a service.</summary>
    internal Task<Outcome> RunAgentProgramAsync(params string[] command) => Prefix.RunAsync([AgentProgram, .. command], Ending);

    /// <summary>The agent's snapshot, once it says what is expected.</summary>
    internal Task<Snapshot> SnapshotAsync(string what, Func<Snapshot, bool> condition) =>
        Eventually.Async(async () => (await Agent.GetSnapshotAsync(new(), cancellationToken: Ending)).ToDomain(), condition, what: what);

    public async ValueTask DisposeAsync()
    {
        _agent?.Dispose();

        // The estate keeps its files in the folder of the prefix, and saves them at its end.
        if (_estate is not null)
        {
            await _estate.DisposeAsync();
        }

        if (_prefix is not null)
        {
            await _prefix.DisposeAsync();
        }

        _relay?.Dispose();
    }

    private async Task SetUpAsync()
    {
        var publishing = Task.WhenAll(PublishedPrograms.AgentAsync(), PublishedPrograms.StandInAsync());
        _prefix = await WinePrefix.CreateAsync(Ending);
        var profile = ScenarioCatalog.Create(1, EstateOptions.DefaultSeed)[0] with { IsSiteServer = false, HasGuideSettings = false, HasMixedSettings = true };
        _estate = await Estate.StartAsync(new() { DataDirectory = Path.Combine(Prefix.Folder, "estate"), Profiles = [profile], Speed = 60, StartsAgents = false }, cancellationToken: Ending);
        await WriteSettingsAsync();
        await publishing;
        await SetUpServicesAsync();
        await SetUpWsusAsync();
        await SetUpIisResetAsync();
        await CopyAgentAsync();
        (await InstallAsync()).Succeeded();
        FirstDataFolderMode = File.GetUnixFileMode(Prefix.OnHost(DataFolder));
        var relayPort = LoopbackPort.Choose();
        var standIn = Path.Combine(await PublishedPrograms.StandInAsync(), PublishedPrograms.StandInProgram);
        _relay = Prefix.Start([standIn, "relay", relayPort.ToString(CultureInfo.InvariantCulture), $@"{DataFolder}\local.pipe"]);
        _agent = new AgentConnection(relayPort);
        await AgentAnswersAsync();
    }

    private async Task WriteSettingsAsync()
    {
        var text = await File.ReadAllTextAsync(ApplicationHostConfig, Ending);
        const string sites = "<sites>";
        var site = $"""<site name="{OldWsusSite}" id="77"><application path="/ClientWebService" applicationPool="DefaultAppPool"><virtualDirectory path="/" physicalPath="C:\old" /></application></site>""";
        _settings = text.Replace(sites, sites + site, StringComparison.Ordinal);
        RestoreSettings();
    }

    private async Task<string> QueryAsync(string name) => (await Prefix.RunAsync(["sc", "query", name], Ending)).Output;

    private async Task SetUpServicesAsync()
    {
        var folder = Prefix.OnHost(StageFolder);
        Directory.CreateDirectory(folder);
        _stage = new Stage(folder);
        var list = Path.Combine(Prefix.Folder, "services.txt");
        await File.WriteAllLinesAsync(list, Services, Ending);
        var program = Path.Combine(await PublishedPrograms.StandInAsync(), PublishedPrograms.StandInProgram);
        (await Prefix.RunAsync([program, "register", WinePrefix.InWindows(list)], Ending)).Succeeded();
    }

    private async Task SetUpWsusAsync()
    {
        await SetNumberAsync("PortNumber", WsusPort);
        await SetNumberAsync("UsingSSL", 0);
        await SetNumberAsync("IISTargetWebSiteIndex", 1_427_881_213);
        (await Prefix.RunAsync(["reg", "add", WsusSetup, "/v", "TargetDir", "/d", @"C:\Program Files\Update Services\", "/f"], Ending)).Succeeded();
    }

    private async Task SetNumberAsync(string name, int value) =>
        (await Prefix.RunAsync(["reg", "add", WsusSetup, "/v", name, "/t", "REG_DWORD", "/d", value.ToString(CultureInfo.InvariantCulture), "/f"], Ending)).Succeeded();

    // The program that starts a .NET application carries the path of its assembly; iisreset.exe gets the path of the stand-in.
    private async Task SetUpIisResetAsync()
    {
        var standIn = await PublishedPrograms.StandInAsync();
        File.CreateSymbolicLink(Prefix.OnHost(@"C:\stand-in"), standIn);
        var program = await File.ReadAllBytesAsync(Path.Combine(standIn, PublishedPrograms.StandInProgram), Ending);
        var place = program.AsSpan().IndexOf("WsusDashboard.StandInService.dll"u8);
        @"..\..\stand-in\WsusDashboard.StandInService.dll"u8.CopyTo(program.AsSpan(place));
        await File.WriteAllBytesAsync(Prefix.OnHost(@"C:\windows\system32\iisreset.exe"), program, Ending);
    }

    // Below Program Files, as an administrator puts it there; the files themselves are those of the publish.
    private async Task CopyAgentAsync()
    {
        var folder = Path.GetDirectoryName(Prefix.OnHost(AgentProgram))!;
        (await HostProcess.RunAsync(["cp", "-al", await PublishedPrograms.AgentAsync(), folder], new Dictionary<string, string?>(), TimeSpan.FromMinutes(1), Ending)).Succeeded();
    }
}

/// <summary>All tests of this project share one Windows.</summary>
[CollectionDefinition(Name)]
public sealed class WindowsServerCollection : ICollectionFixture<WindowsServer>
{
    public const string Name = "windows server";
}
