using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Iis;

public sealed class IisReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();

    public IisReaderTests() => File.WriteAllText(Config, Document(
        """
        <site name="Default Web Site" id="1"><application path="/" applicationPool="DefaultAppPool" /></site>
        <site name="WSUS-Verwaltung" id="1719"><application path="/" applicationPool="WsusPool" /><application path="/ClientWebService" applicationPool="WsusPool" /><application path="/ApiRemoting30" applicationPool="wsuspool" /></site>
        """));

    private string Config => _folder.File("applicationHost.config");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadAsync_TranslatedSite_FindsItByItsId()
    {
        _edges.Values[(WsusRegistry.SetupKey, "IISTargetWebSiteIndex")] = 1719;

        var state = await ReadAsync();

        Assert.Equal("WSUS-Verwaltung", state.WsusSiteName);
        Assert.Equal("WsusPool", state.WsusPoolName);
        Assert.Equal(3, state.WsusPool?.ApplicationCount);
        Assert.Equal(["Default Web Site", "WSUS-Verwaltung"], state.SiteNames);
        Assert.Equal(["DefaultAppPool", "WsusPool"], state.Pools.Select(pool => pool.Name));
    }

    [Fact]
    public async Task ReadAsync_Settings_AreThoseOfTheFileAndItsDefaults()
    {
        var settings = (await ReadAsync()).WsusPool!.Settings;

        Assert.Equal(25000, settings.QueueLength);
        Assert.Equal(1843200, settings.PrivateMemoryKilobytes);
        Assert.Equal(TimeSpan.FromMinutes(20), settings.IdleTimeout);
        Assert.Equal("NetworkService", settings.IdentityType);
    }

    [Fact]
    public async Task ReadAsync_NoClientWebService_FallsBackToTheUsualName()
    {
        File.WriteAllText(Config, Document("""<site name="Default Web Site" id="1"><application path="/" applicationPool="DefaultAppPool" /></site>"""));

        var state = await ReadAsync();

        Assert.Equal("WsusPool", state.WsusPoolName);
        Assert.Null(state.WsusSiteName);
        Assert.Equal(0, state.WsusPool?.ApplicationCount);
    }

    [Fact]
    public async Task ReadAsync_CountersAbsent_AreUnknown()
    {
        var pool = (await ReadAsync()).WsusPool!;

        Assert.Null(pool.QueuedRequests);
        Assert.Null(pool.RejectedRequests);
    }

    [Fact]
    public async Task ReadAsync_Counters_AreTheirPools()
    {
        _edges.Wmi = (_, wql) => wql.Contains("HTTPServiceRequestQueues", StringComparison.Ordinal)
            ? [FakeEdges.Row(("Name", "wsuspool"), ("CurrentQueueSize", 12u), ("RejectedRequests", 345ul))]
            : [];
        var pool = (await ReadAsync()).WsusPool!;

        Assert.Equal(12, pool.QueuedRequests);
        Assert.Equal(345, pool.RejectedRequests);
    }

    [Fact]
    public async Task WorkerMemory_PrivatePageCount_IsBytes()
    {
        _edges.Wmi = (_, wql) => wql.EndsWith("Name = 'w3wp.exe'", StringComparison.Ordinal)
            ? [FakeEdges.Row(("ProcessId", 4711u), ("PrivatePageCount", 1_887_436_800ul), ("CreationDate", "20260105070000.500000+060"))]
            : [];

        var workers = await new WorkerMemory(_edges).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new PoolWorker(4711, 1_843_200, new DateTimeOffset(2026, 1, 5, 6, 0, 0, 500, TimeSpan.Zero)), Assert.Single(workers).Value);
    }

    [Theory]
    [InlineData("<configuration>\n  <system.applicationHost>\n    <applicationPools")]
    [InlineData("<configuration>\n  <a></b>\n</configuration>")]
    [InlineData("")]
    public async Task ReadAsync_DamagedFile_SaysWhere(string content)
    {
        File.WriteAllText(Config, content);

        var exception = await Assert.ThrowsAsync<EdgeException>(ReadAsync);

        Assert.Equal(ReadFailure.Malformed, exception.Failure);
        Assert.Matches(@"(?i)line\D*\d+.*(column|position)\D*\d+", exception.Message);
    }

    [Fact]
    public async Task ReadAsync_FileAbsent_NamesTheOption()
    {
        File.Delete(Config);

        var exception = await Assert.ThrowsAsync<EdgeException>(ReadAsync);

        Assert.Equal(ReadFailure.NotFound, exception.Failure);
        Assert.Contains("Agent:ApplicationHostConfig", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_RealFile_ListsItsPools()
    {
        File.Copy(SharedMaterial.Find("iis-express-applicationHost.config"), Config, overwrite: true);

        Assert.Contains((await ReadAsync()).Pools, pool => pool.Name == "Clr4IntegratedAppPool");
    }

    private static string Document(string sites) =>
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <configuration>
          <system.applicationHost>
            <applicationPools>
              <add name="DefaultAppPool" />
              <add name="WsusPool" queueLength="25000"><processModel identityType="NetworkService" /><recycling><periodicRestart privateMemory="1843200" /></recycling></add>
            </applicationPools>
            <sites>{sites}</sites>
          </system.applicationHost>
        </configuration>
        """;

    private async Task<IisState> ReadAsync()
    {
        var options = new AgentOptions { ApplicationHostConfig = Config };
        var access = new IisAccess(options, _edges);
        var reader = new IisReader(access, new WsusRegistry(_edges, options), new WorkerMemory(_edges), new QueueCounters(_edges), new CompressionSchemeReader(access, _edges), new WsusSiteSettings(access, _edges, TimeProvider.System));

        return Assert.IsType<IisState>(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }
}
