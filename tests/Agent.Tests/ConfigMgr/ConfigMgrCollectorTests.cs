using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Evidence;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

/// <summary>What the SMS Provider answers, leaves out or refuses, and what the snapshot says of it.</summary>
public sealed class ConfigMgrCollectorTests : IDisposable
{
    private const string IdentificationKey = @"SOFTWARE\Microsoft\SMS\Identification";

    private readonly TempFolder _folder = new();
    private readonly SettableClock _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();
    private readonly List<string> _queries = [];
    private readonly Dictionary<string, IReadOnlyList<WmiRow>> _rows = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SMS_ProviderLocation"] = [FakeEdges.Row(("SiteCode", "BRN"), ("Machine", "BRN01.corp.example"), ("NamespacePath", @"\\BRN01.corp.example\root\sms\site_BRN"), ("ProviderForLocalSite", true))],
        ["SMS_SUPSyncStatus"] = [FakeEdges.Row(("WSUSServerName", "sup01"), ("SiteCode", "BRN"), ("LastSyncState", 6702u), ("LastSyncStateTime", "20260105053000.000000+***"), ("LastSyncErrorCode", 0u), ("LastSuccessfulSyncTime", null))],
        ["SMS_SoftwareUpdate"] = [.. Enumerable.Range(0, 3).Select(number => FakeEdges.Row(("CI_ID", (uint)number)))],
        ["SMS_ComponentSummarizer"] = [FakeEdges.Row(("ComponentName", "SMS_WSUS_SYNC_MANAGER"), ("MachineName", "BRN01"), ("Status", 2), ("State", 1), ("Errors", 3), ("Warnings", 1))],
        ["SMS_SCI_SysResUse"] = [FakeEdges.Row((WmiRow.RelativePath, "SMS_SCI_SysResUse.X=1"), ("NetworkOSPath", @"\\BRN01.corp.example"), ("Props", null))],
        ["SMS_UpdateCategoryInstance"] = [],
        ["SMS_SCI_Component"] = [FakeEdges.Row((WmiRow.RelativePath, "SMS_SCI_Component.X=1"), ("ComponentName", "SMS_WSUS_SYNC_MANAGER"), ("Props", null))],
    };

    private readonly AgentStore _store;
    private readonly ConfigMgrCollector _collector;
    private EdgeException? _wmiFailure;
    private Func<long, WmiRow> _count = count => FakeEdges.Row(("Count", (uint)count));

    public ConfigMgrCollectorTests()
    {
        var options = new AgentOptions { DataDirectory = _folder.Path, ComputerName = "BRN01" };
        _edges.Wmi = Answer;
        SetSchedule("0001200000100038");
        SetPoint(("WSUSIISPort", 8530u), ("WSUSIISSSLPort", 8531u), ("SSLWSUS", 1u));
        _store = new AgentStore(options, _time, NullLogger<AgentStore>.Instance);
        var folder = new ConfigMgrFolder(_edges, options);
        _collector = new ConfigMgrCollector(new SiteReader(_edges, options), new SyncLogReader(folder, _store, _time), new WcmLogReader(folder), folder, _edges, options, _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task CollectAsync_SiteServer_ReadsAllThatTheProviderTells()
    {
        var state = await ReadAsync();

        Assert.Equal(("BRN", "BRN01.corp.example", 3L, "", true), (state.SiteCode, state.ProviderComputer, state.SoftwareUpdateCount, state.Note, state.HasSyncSchedule));
        var point = Assert.Single(state.SoftwareUpdatePoints);
        Assert.Equal((6702, new DateTimeOffset(2026, 1, 5, 5, 30, 0, TimeSpan.Zero), (DateTimeOffset?)null), (point.LastSyncState, point.LastSyncStateAt, point.LastSuccessfulSyncAt));
        Assert.Equal(new SiteComponent { Name = "SMS_WSUS_SYNC_MANAGER", Computer = "BRN01", Health = ComponentHealth.Critical, IsStarted = true, Errors = 3, Warnings = 1 }, Assert.Single(state.Components));
        Assert.Contains("TallyInterval = '0001128000100008'", _queries.Single(query => query.Contains("SMS_ComponentSummarizer", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0081128000100008,0001128000100008", "0001128000100008")]
    [InlineData("0081128000100008,0101128000100008", "0081128000100008")]
    [InlineData("' OR 1=1", "0001128000100008")]
    [InlineData("", "0001128000100008")]
    public async Task CollectAsync_TallyIntervals_AreTheSitesOwn(string intervals, string asked)
    {
        _edges.Objects["SMS_SCI_Component.X=1"] = FakeEdges.Row(
            ("PropLists", new[] { FakeEdges.Row(("PropertyListName", "Other"), ("Values", new[] { "0281128000100008" })), FakeEdges.Row(("PropertyListName", "Summary_Intervals"), ("Values", intervals.Split(','))) }));

        await ReadAsync();

        Assert.Contains($"TallyInterval = '{asked}'", _queries.Single(query => query.Contains("SMS_ComponentSummarizer", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CollectAsync_SummarizerAnswersWithoutData_TellsNoComponent()
    {
        _rows["SMS_ComponentSummarizer"] = [FakeEdges.Row(("ComponentName", null), ("MachineName", null), ("Status", null), ("State", null))];

        Assert.Empty((await ReadAsync()).Components);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("0001200000100038", true)]
    public async Task CollectAsync_ScheduleIsLazy_IsReadFromTheObjectItself(string token, bool hasSchedule)
    {
        SetSchedule(token);

        Assert.Equal(hasSchedule, (await ReadAsync()).HasSyncSchedule);
    }

    [Fact]
    public async Task CollectAsync_DetailsRefused_KeepsTheRest()
    {
        _edges.Objects.Clear();

        var state = await ReadAsync();

        Assert.Null(state.HasSyncSchedule);
        Assert.Equal(3, state.SoftwareUpdateCount);
    }

    [Fact]
    public async Task CollectAsync_AccountWithoutRights_SaysSoAndTellsNoZero()
    {
        _rows["SMS_SUPSyncStatus"] = [];
        _rows["SMS_SoftwareUpdate"] = [];

        var state = await ReadAsync();

        Assert.Contains("Read-only Analyst", state.Note, StringComparison.Ordinal);
        Assert.Null(state.SoftwareUpdateCount);
    }

    [Fact]
    public async Task CollectAsync_NoUpdatesButRights_TellsTheZero()
    {
        _rows["SMS_SoftwareUpdate"] = [];

        Assert.Equal(0, (await ReadAsync()).SoftwareUpdateCount);
    }

    [Fact]
    public async Task CollectAsync_ProviderThatCounts_IsNotAskedForEveryKey()
    {
        Assert.Equal(3, (await ReadAsync()).SoftwareUpdateCount);

        Assert.DoesNotContain(_queries, query => query.StartsWith("SELECT CI_ID", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CollectAsync_ProviderThatRefusesToCount_IsAskedForTheKeys()
    {
        _count = _ => throw new EdgeException(ReadFailure.Fault, "Invalid query (InvalidQuery, 0x80041017)");

        Assert.Equal(3, (await ReadAsync()).SoftwareUpdateCount);
    }

    [Fact]
    public async Task CollectAsync_ProviderThatCountsUnderAnotherName_IsAskedForTheKeys()
    {
        _count = _ => FakeEdges.Row(("CI_ID", 16_777_217u));

        Assert.Equal(3, (await ReadAsync()).SoftwareUpdateCount);
    }

    [Fact]
    public async Task CollectAsync_NoNamespaceOnAClient_IsNotInstalled()
    {
        _wmiFailure = new EdgeException(ReadFailure.NotFound, "Invalid namespace (0x8004100E)");

        Assert.Equal(SectionStatus.NotInstalled, (await CollectAsync()).Status);
    }

    [Fact]
    public async Task CollectAsync_ProviderGoneOnASiteServer_SaysSoAndKeepsTheSite()
    {
        _wmiFailure = new EdgeException(ReadFailure.NotFound, "Invalid namespace (0x8004100E)");
        _edges.Values[(IdentificationKey, "Site Code")] = "BRN";
        _edges.Services[ServiceNames.SiteComponentManager] = new ServiceStatus { Name = ServiceNames.SiteComponentManager, State = ServiceState.Running };

        var reading = await CollectAsync();

        Assert.Equal((SectionStatus.Unreadable, ReadFailure.NotFound), (reading.Status, reading.Failure));
        Assert.Contains(@"root\SMS", reading.Error, StringComparison.Ordinal);
        Assert.Equal("BRN", Assert.IsType<ConfigMgrState>(reading.Value).SiteCode);
    }

    [Fact]
    public async Task CollectAsync_ProviderDoesNotLoad_SaysItInItsOwnWordsAndKeepsTheLastValues()
    {
        await ReadAsync();
        _wmiFailure = new EdgeException(ReadFailure.Unavailable, "WMI query in root\\SMS: Provider load failure (ProviderLoadFailure, 0x80041013)");

        var reading = await CollectAsync();

        Assert.Equal((SectionStatus.Unreadable, ReadFailure.Unavailable), (reading.Status, reading.Failure));
        Assert.Contains("0x80041013", reading.Error, StringComparison.Ordinal);
        Assert.Equal(3, Assert.IsType<ConfigMgrState>(reading.Value).SoftwareUpdateCount);
    }

    [Fact]
    public async Task CollectAsync_ClockSetBack_CountsAgainInTime()
    {
        await ReadAsync();
        _time.Set(_time.GetUtcNow().AddDays(-1));
        _rows["SMS_SoftwareUpdate"] = [];
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(0, (await ReadAsync()).SoftwareUpdateCount);
    }

    [Theory]
    [InlineData(false, "SELF.SYN")]
    [InlineData(true, "FULL.SYN")]
    public void Write_InboxOfATopSite_MakesTheRequestFile(bool isFull, string name)
    {
        var inbox = Directory.CreateDirectory(Path.Combine(_folder.Path, "inboxes", "WSyncMgr.box")).FullName;
        _edges.Values[(@"SOFTWARE\Microsoft\SMS\Setup", "Installation Directory")] = _folder.Path;
        var file = new SyncRequestFile(new ConfigMgrFolder(_edges, new AgentOptions()));

        Assert.Equal(Path.Combine(inbox, name), file.Write(isFull));
        Assert.Equal(Path.Combine(inbox, name), file.Write(isFull));
        Assert.Equal([name], Directory.EnumerateFiles(inbox).Select(Path.GetFileName));
        Assert.Equal(0, new FileInfo(Path.Combine(inbox, name)).Length);
    }

    [Fact]
    public async Task CollectAsync_SettingsOfThePoint_AreTheRolesOwn()
    {
        _rows["SMS_SoftwareUpdate"] = [FakeEdges.Row(("CI_ID", 1u), ("IsExpired", true)), FakeEdges.Row(("CI_ID", 2u), ("IsExpired", false))];
        _rows["SMS_UpdateCategoryInstance"] = [FakeEdges.Row(("IsSubscribed", false)), FakeEdges.Row(("IsSubscribed", true)), FakeEdges.Row(("IsSubscribed", true))];

        Assert.Equal(new SiteSyncSettings { Port = 8530, TlsPort = 8531, UsesTls = true, ExpiredUpdates = 1, SubscribedCategories = 2 }, (await ReadAsync()).Settings);
    }

    [Fact]
    public async Task CollectAsync_CategoriesSeenAndNoneSelected_IsZero()
    {
        _rows["SMS_UpdateCategoryInstance"] = [FakeEdges.Row(("IsSubscribed", false))];

        Assert.Equal(0, (await ReadAsync()).Settings!.SubscribedCategories);
    }

    [Fact]
    public async Task CollectAsync_NoCategorySeenOrPointOfOtherServers_IsNotKnown()
    {
        _rows["SMS_SCI_SysResUse"] = [.. new[] { "SUP02", "SUP03" }.Select(name => FakeEdges.Row((WmiRow.RelativePath, "SMS_SCI_SysResUse.X=1"), ("NetworkOSPath", $@"\\{name}")))];

        var settings = (await ReadAsync()).Settings!;

        Assert.Equal(new SiteSyncSettings { ExpiredUpdates = 0 }, settings);
    }

    [Fact]
    public void Write_ChildSite_IsRefused()
    {
        _edges.Values[(IdentificationKey, "Parent Site Code")] = "CAS";

        var exception = Assert.Throws<EdgeException>(() => new SyncRequestFile(new ConfigMgrFolder(_edges, new AgentOptions())).Write(isFull: false));

        Assert.Contains("CAS", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoInbox_SaysWhich()
    {
        _edges.Values[(@"SOFTWARE\Microsoft\SMS\Setup", "Installation Directory")] = _folder.File("missing");

        Assert.Equal(ReadFailure.NotFound, Assert.Throws<EdgeException>(() => new SyncRequestFile(new ConfigMgrFolder(_edges, new AgentOptions())).Write(isFull: false)).Failure);
    }

    [Fact]
    public void FindLog_UpdatePointThatIsNoSiteServer_IsWhereItsComponentWrites()
    {
        _edges.Values[(@"SOFTWARE\Microsoft\SMS\Tracing\SMS_WSUS_CONTROL_MANAGER", "TraceFilename")] = @"D:\SMS\Logs\WSUSCtrl.log";
        var folder = new ConfigMgrFolder(_edges, new AgentOptions());
        var wsus = new WsusRegistry(_edges, new AgentOptions());

        Assert.Equal(@"D:\SMS\Logs\WSUSCtrl.log", folder.FindLog(LogNames.ControlManager));
        Assert.Null(folder.FindLog(LogNames.SyncManager));
        Assert.Equal("WSUSCtrl", Assert.Single(new LogLocator(folder, _edges, wsus, new SiteLogFolder(new IisAccess(new AgentOptions(), _edges), wsus)).FindAll(), place => place.Name == LogNames.ControlManager).Name);
    }

    private void SetSchedule(string token) => _edges.Objects["SMS_SCI_Component.X=1"] = FakeEdges.Row(
        ("Props", new[] { FakeEdges.Row(("PropertyName", "Other"), ("Value1", "x")), FakeEdges.Row(("PropertyName", "Sync Schedule"), ("Value1", token)) }));

    private void SetPoint(params (string Name, uint Value)[] properties) => _edges.Objects["SMS_SCI_SysResUse.X=1"] = FakeEdges.Row(
        ("Props", properties.Select(property => FakeEdges.Row(("PropertyName", property.Name), ("Value", property.Value))).ToArray()));

    private IReadOnlyList<WmiRow> Answer(string scope, string wql)
    {
        if (_wmiFailure is not null)
        {
            throw _wmiFailure;
        }

        _queries.Add(wql);
        Assert.Contains(scope, (string[])[@"root\SMS", @"root\SMS\site_BRN"]);
        var words = wql.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var rows = _rows[words[Array.IndexOf(words, "FROM") + 1]];
        IReadOnlyList<WmiRow> matching = words[^3] switch
        {
            "IsExpired" or "IsSubscribed" => [.. rows.Where(row => row[words[^3]] is true)],
            _ => rows,
        };
        return words[1].StartsWith("COUNT(", StringComparison.Ordinal) ? [_count(matching.Count)] : matching;
    }

    private Task<Reading> CollectAsync() => _collector.CollectAsync(ReadDepth.Scheduled, Token);

    private async Task<ConfigMgrState> ReadAsync()
    {
        var reading = await CollectAsync();
        Assert.Equal(SectionStatus.Ok, reading.Status);
        return Assert.IsType<ConfigMgrState>(reading.Value);
    }
}
