using System.Globalization;
using System.Text;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>Which pool is that of WSUS, on servers that do not look like the one in the book.</summary>
public sealed class WsusSiteTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();

    private string Config => _folder.File("applicationHost.config");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadAsync_PoolRenamed_IsFoundByItsApplication()
    {
        Register(2);
        Write(["DefaultAppPool", "Pool für Updates"], Site("WSUS-Verwaltung", 2, "Pool für Updates"));

        var state = await ReadAsync();

        Assert.Equal(("Pool für Updates", "WSUS-Verwaltung", ""), (state.WsusPoolName, state.WsusSiteName, state.WsusPoolNote));
    }

    [Fact]
    public async Task ReadAsync_TwoSites_TakesTheOneThatTheRegistryNames()
    {
        Register(7);
        Write(["WsusPool", "OldPool"], Site("Old WSUS", 2, "OldPool"), Site("WSUS Administration", 7, "WsusPool"));

        var state = await ReadAsync();

        Assert.Equal(("WsusPool", "WSUS Administration", ""), (state.WsusPoolName, state.WsusSiteName, state.WsusPoolNote));
    }

    [Fact]
    public async Task ReadAsync_TwoSitesAndNoRegistryValue_ChoosesNoneAndSaysWhatToDo()
    {
        Write(["WsusPool", "OldPool"], Site("Old WSUS", 2, "OldPool"), Site("WSUS Administration", 7, "WsusPool"));

        var state = await ReadAsync();

        Assert.Null(state.WsusPoolName);
        Assert.Contains("Old WSUS (OldPool) and WSUS Administration (WsusPool)", state.WsusPoolNote, StringComparison.Ordinal);
        Assert.Contains("Set IISTargetWebSiteIndex", state.WsusPoolNote, StringComparison.Ordinal);
        Assert.Equal(2, state.Pools.Count);
    }

    [Fact]
    public async Task ReadAsync_TwoSitesOnOnePoolAndNoRegistryValue_TakesThePool()
    {
        Write(["WsusPool"], Site("A", 2, "WsusPool"), Site("B", 7, "wsuspool"));

        var state = await ReadAsync();

        Assert.Equal("WsusPool", state.WsusPoolName);
        Assert.Contains("2 sites look like WSUS", state.WsusPoolNote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_RegistryValueMissing_TakesTheOnlySiteAndSaysSo()
    {
        Write(["WsusPool"], Site("WSUS Administration", 7, "WsusPool"));

        var state = await ReadAsync();

        Assert.Equal("WsusPool", state.WsusPoolName);
        Assert.Contains("IISTargetWebSiteIndex, which names WSUS's site, is missing", state.WsusPoolNote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_RegistryNamesAnotherSite_TakesTheOnlyOneAndSaysSo()
    {
        Register(99);
        Write(["WsusPool"], Site("WSUS Administration", 7, "WsusPool"));

        var state = await ReadAsync();

        Assert.Equal("WsusPool", state.WsusPoolName);
        Assert.Contains("names site 99", state.WsusPoolNote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_RegistryRefuses_ShowsThePoolsAndSaysWhy()
    {
        Write(["WsusPool"], Site("WSUS Administration", 7, "WsusPool"));
        _edges.Failure = new EdgeException(ReadFailure.AccessDenied, "Registry value could not be read: access is denied (0x80070005)");

        var state = await ReadAsync();

        Assert.Equal("WsusPool", state.WsusPoolName);
        Assert.Contains("0x80070005", state.WsusPoolNote, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NoWsus_SaysNothing()
    {
        Write(["DefaultAppPool"], "<site name=\"Default Web Site\" id=\"1\"><application path=\"/\" applicationPool=\"DefaultAppPool\" /></site>");

        var state = await ReadAsync();

        Assert.Equal((null, null, ""), (state.WsusPoolName, state.WsusSiteName, state.WsusPoolNote));
    }

    [Fact]
    public async Task ReadAsync_FiveHundredPools_AsksWmiTwice()
    {
        var names = Enumerable.Range(0, 500).Select(number => string.Create(CultureInfo.InvariantCulture, $"Pool{number:000}")).ToList();
        var sites = names.Select((name, index) => Site($"Site {name}", index + 10, name, "/app")).Append(Site("WSUS Administration", 7, "WsusPool"));
        Write([.. names, "WsusPool"], [.. sites]);
        Register(7);
        var queries = 0;
        _edges.Wmi = (_, wql) =>
        {
            queries++;
            return wql.Contains("Win32_Process", StringComparison.Ordinal)
                ? [.. Enumerable.Range(1, 500).Select(number => FakeEdges.Row(("ProcessId", (uint)number), ("PrivatePageCount", 2048ul)))]
                : [.. names.Select(name => FakeEdges.Row(("Name", name), ("CurrentQueueSize", 1u), ("RejectedRequests", 2u)))];
        };

        var state = await ReadAsync();

        Assert.Equal(501, state.Pools.Count);
        Assert.Equal("WsusPool", state.WsusPoolName);
        Assert.All(state.Pools.Take(500), pool => Assert.Equal((1, 1L, 2L), (pool.ApplicationCount, pool.QueuedRequests, pool.RejectedRequests)));
        Assert.InRange(queries, 1, 2);
    }

    private static string Site(string name, int id, string pool, string application = "/ClientWebService") =>
        string.Create(CultureInfo.InvariantCulture, $"<site name=\"{name}\" id=\"{id}\"><application path=\"{application}\" applicationPool=\"{pool}\" /></site>");

    private void Register(int siteId) => _edges.Values[(WsusRegistry.SetupKey, "IISTargetWebSiteIndex")] = siteId;

    private void Write(string[] pools, params string[] sites)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration><system.applicationHost><applicationPools>");
        text.AppendJoin("", pools.Select(pool => $"<add name=\"{pool}\" />"));
        text.Append("</applicationPools><sites>").AppendJoin("", sites).Append("</sites></system.applicationHost></configuration>");
        File.WriteAllText(Config, text.ToString());
    }

    private async Task<IisState> ReadAsync()
    {
        var options = new AgentOptions { ApplicationHostConfig = Config };
        var access = new IisAccess(options, _edges);
        var reader = new IisReader(access, new WsusRegistry(_edges, options), new WorkerMemory(_edges), new QueueCounters(_edges), new CompressionSchemeReader(access, _edges), new WsusSiteSettings(access, _edges, TimeProvider.System));

        return Assert.IsType<IisState>(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }
}
