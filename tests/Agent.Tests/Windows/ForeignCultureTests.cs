using System.Globalization;
using System.Text;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Tests.ConfigMgr;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Tests.Wsus;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Native;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Windows;

/// <summary>The agent on a server that is not English: other numbers, dates and letters change nothing of what is read and asked.</summary>
public sealed class ForeignCultureTests : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;
    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();

    /// <summary>German (decimal comma, dotted dates), Turkish (dotless i), Arabic of Saudi Arabia (another calendar), Persian (another minus sign), Finnish.</summary>
    public static TheoryData<string> Cultures => ["de-DE", "tr-TR", "ar-SA", "fa-IR", "fi-FI"];

    public void Dispose()
    {
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (_before, _before);
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public void WmiValues_NumbersAndTimes_AreRead(string culture)
    {
        Take(culture);

        Assert.Equal(new DateTimeOffset(2026, 1, 5, 6, 0, 0, 500, TimeSpan.Zero), WmiValues.Time("20260105070000.500000+060"));
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 7, 0, 0, TimeSpan.Zero), WmiValues.Time("20260105070000.000000+***"));
        Assert.Equal(-42, WmiValues.Number("-42"));
        Assert.Equal(1_887_436_800, WmiValues.Number("1887436800"));
        Assert.Equal("1887436800.5", WmiValues.Text(1_887_436_800.5));
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public async Task Wsus_RequestAndAnswer_AreTheSame(string culture)
    {
        using var wsus = ScriptedWsus.Healthy();
        wsus.SetHistory(ScriptedWsus.Event(Guid.NewGuid(), 381, "2026-01-05T02:00:00.123") + ScriptedWsus.Event(Guid.NewGuid(), 386, "2026-01-05T02:09:00", -2145107941, "Grund"));
        Take(culture);
        using var transport = new WsusTransport(wsus, TimeProvider.System);
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = "8531";
        _edges.Values[(WsusRegistry.SetupKey, "UsingSSL")] = 1;
        _edges.Values[(WsusRegistry.SetupKey, "ServerCertificateName")] = "SUPINI.corp.example";
        var registry = new WsusRegistry(_edges, new AgentOptions());
        var client = new WsusClient(registry, transport, TimeProvider.System);

        var run = Assert.Single(await client.ReadHistoryAsync(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), TestContext.Current.CancellationToken));

        Assert.Equal("https://supini.corp.example:8531/ApiRemoting30/WebService.asmx", registry.FindAddress()?.Service.ToString());
        Assert.Equal((SyncResult.Failed, -2145107941L, new DateTimeOffset(2026, 1, 5, 2, 0, 0, 123, TimeSpan.Zero)), (run.Result, run.ErrorCode, run.StartedAt));
        Assert.Equal(12480, (await client.ReadCountsAsync(TestContext.Current.CancellationToken)).Updates);
        Assert.Contains("2026-01-05T06:00:00.000Z", WsusRequests.SearchEventHistory(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero), DateTimeOffset.UnixEpoch).Body.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public void Wsyncmgr_BothLineForms_AreRead(string culture)
    {
        Take(culture);
        const string Lines =
            "sync: WSUS synchronizing updates, processed 1200 out of 6000 items (20%), ETA in 00:05:00  $$<SMS_WSUS_SYNC_MANAGER><01-05-2026 07:00:00.500-60><thread=4711 (0x1267)>\r\n"
            + "<![LOG[Sync failed: proxy]LOG]!><time=\"07:01:00.500-60\" date=\"1-5-2026\" component=\"SMS_WSUS_SYNC_MANAGER\" context=\"\" type=\"3\" thread=\"4711\" file=\"x:1\">\r\n";

        var entries = SplitLog.Split(Encoding.UTF8.GetBytes(Lines), startsInsideLongLine: false, isFinal: true).Entries;

        Assert.Equal([new DateTimeOffset(2026, 1, 5, 6, 0, 0, 500, TimeSpan.Zero), new DateTimeOffset(2026, 1, 5, 6, 1, 0, 500, TimeSpan.Zero)], entries.Select(entry => entry.At!.Value));
        Assert.All(entries, entry => Assert.Equal("SMS_WSUS_SYNC_MANAGER", entry.Component));
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public async Task PoolSettings_ReadAndWritten_AreTheSame(string culture)
    {
        Take(culture);
        var path = _folder.File("applicationHost.config");
        File.WriteAllText(path, "<?xml version=\"1.0\"?><configuration><system.applicationHost><applicationPools><add name=\"WsusPool\" /></applicationPools><sites><site name=\"Yönetim\" id=\"7\"><application path=\"/CLIENTWEBSERVICE\" applicationPool=\"WSUSPOOL\" /></site></sites></system.applicationHost></configuration>");
        var options = new AgentOptions { ApplicationHostConfig = path };
        var access = new IisAccess(options, _edges);

        await new PoolActions(access.Open, access.Refusals).ApplyAsync("wsuspool", [KeyValuePair.Create(SettingKeys.CpuResetInterval, "15"), KeyValuePair.Create(SettingKeys.PrivateMemory, "1843200"), KeyValuePair.Create(SettingKeys.IdentityType, "NetworkService")], TestContext.Current.CancellationToken);
        var state = await new IisReader(access, new WsusRegistry(_edges, options), new WorkerMemory(_edges), new QueueCounters(_edges), new CompressionSchemeReader(access, _edges), new WsusSiteSettings(access, _edges, TimeProvider.System)).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal((TimeSpan.FromMinutes(15), 1_843_200L, "NetworkService"), (state!.WsusPool!.Settings.CpuResetInterval, state.WsusPool.Settings.PrivateMemoryKilobytes, state.WsusPool.Settings.IdentityType));
        Assert.Contains("00:15:00", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public async Task Counters_PoolsThatDifferOnlyInCase_AreFound(string culture)
    {
        Take(culture);
        _edges.Wmi = (_, _) => [FakeEdges.Row(("Name", "WSUSPOOLI"), ("CurrentQueueSize", 12u), ("RejectedRequests", "345"))];

        var counts = await new QueueCounters(_edges).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new QueueCount(12, 345), counts["wsuspooli"]);
    }

    [Theory]
    [MemberData(nameof(Cultures))]
    public void EventQuery_Times_AreOfTheCommonCalendar(string culture)
    {
        Take(culture);

        Assert.Contains(
            "@SystemTime>='2026-11-17T05:00:00.000Z'] and EventRecordID>1234 ".Replace(">", "&gt;", StringComparison.Ordinal),
            EventQueryXml.For(new EventQuery("System", WindowsEvents.WasProvider, [5002], 1234, new DateTimeOffset(2026, 11, 17, 5, 0, 0, TimeSpan.Zero), 10)),
            StringComparison.Ordinal);
    }

    private static void Take(string culture) => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo(culture), CultureInfo.GetCultureInfo(culture));
}
