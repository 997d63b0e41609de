using System.Management.Automation;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.PowerShell.Output;
using WsusDashboard.PowerShell.Tests.Support;
using WsusDashboard.Shared.Rules;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>Commands that list: names, filters, pages, the pipeline.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private FakeHub _hub = null!;
    private Session _session = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        (_session, _) = Session.Connected(_hub);
    }

    [Fact]
    public void GetServer_WithoutParameters_WritesWhatTheApiSays()
    {
        var server = Assert.IsType<WsdServer>(_session.Run("Get-WsdServer")[1].BaseObject);

        Assert.Equal((2, "BRN-WSUS02", "BRN", "critical", "watched"), (server.ServerId, server.Name, server.Site, server.Health, server.Condition));
        Assert.Equal(("pool-stopped", "WsusPool", "stopped", 3L), (server.Cause, server.PoolName, server.PoolState, server.Drift));
        Assert.Equal(("failed", Rows.Start, Rows.Start.AddDays(-2)), (server.LastSyncResult, server.LastSyncAt, server.LastGoodSyncAt));
        Assert.Equal((12_480L, "full-repair", true, "run-1", "", ""), (server.Updates, server.Playbook, server.IsCurable, server.ActiveRepairId, server.NextStep, server.Baseline));
    }

    [Theory]
    [InlineData("brn-wsus02", 2)]
    [InlineData("*-WSUS01", 1, 3)]
    [InlineData("BRN-WSUS0?", 1, 2)]
    [InlineData("[BP]RN-WSUS02", 2)]
    [InlineData("NONE*")]
    [InlineData("PRG-WSUS01,BRN-WSUS01", 3, 1)]
    public void GetServer_Names_MatchWithWildcardsAndWithoutCase(string names, params int[] expected) =>
        Assert.Equal(expected, Ids(_session.Run("Get-WsdServer -Name $names.Split(',')", ("names", names))));

    [Theory]
    [InlineData("BRN-*", "BRN-")]
    [InlineData("*A?LONGER*", "LONGER")]
    [InlineData("[BP]RN*", null)]
    [InlineData("*", null)]
    public void GetServer_Pattern_AsksForItsLongestPart(string pattern, string? search)
    {
        _session.Run("Get-WsdServer $pattern", ("pattern", pattern));

        Assert.Equal((search, "name"), (_hub.Requests.Single().Query("search"), _hub.Requests.Single().Query("sort")));
    }

    [Fact]
    public void GetServer_OneNameOfThreeIsMissing_IsAnErrorOfItAlone()
    {
        var result = _session.Try("'BRN-WSUS01', 'NONE', 'BRN-WSUS02' | Get-WsdServer");

        Assert.Equal(("ServerNotFound", ErrorCategory.ObjectNotFound, false), result.Failure);
        Assert.Equal("NONE", result.Errors.Single().TargetObject);
        Assert.Equal([1, 2], Ids(result.Output));
    }

    [Fact]
    public void GetServer_Filters_AreSentInTheWordsOfTheApi()
    {
        _session.Run("Get-WsdServer -Site 'B&N' -Health critical -Condition readinghistory -Cause pool-stopped -Drifted:$false");

        var asked = _hub.Requests.Single();
        Assert.Equal(("B&N", "critical", "readingHistory", "pool-stopped", "false"), (asked.Query("site"), asked.Query("health"), asked.Query("condition"), asked.Query("cause"), asked.Query("drifted")));
    }

    [Fact]
    public void GetServer_WordThatIsNone_IsRefusedBeforeAsking()
    {
        var result = _session.Try("Get-WsdServer -Health broken");

        Assert.Equal("CannotConvertArgumentNoMessage", result.Failure.Id);
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void GetServer_Detailed_HasWhatTheListDoesNot()
    {
        _hub.On("GET /servers/3", new { id = 3, name = "PRG-WSUS01", operatingSystem = "Windows Server 2022", baseline = "guide" });

        var server = Assert.IsType<WsdServer>(_session.Run("Get-WsdServer PRG-WSUS01 -Detailed").Single().BaseObject);

        Assert.Equal(("Windows Server 2022", "guide"), (server.OperatingSystem, server.Baseline));
    }

    [Theory]
    [InlineData("", 450, 1, 450, 3)]
    [InlineData("-First 10", 10, 1, 10, 1)]
    [InlineData("-First 250", 250, 1, 250, 2)]
    [InlineData("-Skip 210 -First 5", 5, 211, 215, 1)]
    [InlineData("-Skip 440", 10, 441, 450, 1)]
    [InlineData("-Skip 1000", 0, 0, 0, 1)]
    public void GetServer_OfManyPages_AsksForThoseItNeeds(string paging, int count, int first, int last, int requests)
    {
        var many = Enumerable.Range(1, 450).Select(id => Rows.Server(id, $"S{id}")).ToList();
        _hub.On("GET /servers", request => FakeHub.Page(request, many));

        var ids = Ids(_session.Run($"Get-WsdServer {paging}"));

        Assert.Equal((count, first, last, requests), (ids.Length, ids.FirstOrDefault(), ids.LastOrDefault(), _hub.Requests.Count));
    }

    [Fact]
    public void GetServer_PipelineThatStops_AsksForNoFurtherPage()
    {
        var many = Enumerable.Range(1, 450).Select(id => Rows.Server(id, $"S{id}")).ToList();
        _hub.On("GET /servers", request => FakeHub.Page(request, many));

        Assert.Equal([1, 2], Ids(_session.Run("Get-WsdServer | Select-Object -First 2")));
        Assert.Single(_hub.Requests);
    }

    [Theory]
    [InlineData("Get-WsdServer -IncludeTotalCount -First 1", 3)]
    [InlineData("Get-WsdServer BRN-* -IncludeTotalCount -First 1", 0)]
    public void GetServer_IncludeTotalCount_ComesBeforeTheRows(string script, ulong total)
    {
        var output = _session.Run(script);

        Assert.Equal((total, 1), ((ulong)output[0].BaseObject, Ids(output.Skip(1)).Single()));
    }

    [Theory]
    [InlineData("Get-WsdServer BRN-WSUS02 | Get-WsdSyncRun")]
    [InlineData("'BRN-WSUS02' | Get-WsdSyncRun")]
    [InlineData("Get-WsdSyncRun -ServerId 2")]
    [InlineData("Get-WsdRepair run-1 | Get-WsdSyncRun")]
    public void GetSyncRun_OfAServer_WritesWhatTheApiSays(string script)
    {
        _hub.On("GET /servers/2", Rows.Server(2, "BRN-WSUS02"))
            .On("GET /repairs/run-1", Rows.Repair(Shared.Repairs.RepairState.Succeeded))
            .On("GET /servers/2/syncs", request => FakeHub.Page<SyncJson>(request, [Rows.Sync("s1"), Rows.Sync("s2", 0)]));

        var runs = _session.Run(script).Select(run => (WsdSyncRun)run.BaseObject).ToList();

        Assert.Equal(("s1", "s2"), (runs[0].SyncRunId, runs[1].SyncRunId));
        Assert.Equal((2, "BRN-WSUS02", "configMgr", "scheduled", "failed"), (runs[0].ServerId, runs[0].ServerName, runs[0].Source, runs[0].Trigger, runs[0].Result));
        Assert.Equal((TimeSpan.FromSeconds(180.5), "0x80244022", "", 12L), (runs[0].Duration, runs[0].ErrorCode, runs[1].ErrorCode, runs[0].UpdatesChanged));
    }

    [Fact]
    public void GetSyncRun_Times_AreSentInUtc()
    {
        _hub.On("GET /servers/2", Rows.Server(2, "BRN-WSUS02")).On("GET /servers/2/syncs", request => FakeHub.Page<SyncJson>(request, []));

        _session.Run("Get-WsdSyncRun -ServerId 2 -Result Failed -Source ConfigMgr -From ([datetime]::SpecifyKind([datetime]'2026-11-01', 'Utc')) -To ([DateTimeOffset]'2026-11-02T02:00:00+02:00')");

        var asked = _hub.Requests.Last();
        Assert.Equal(("2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z", "failed", "configMgr"), (asked.Query("from"), asked.Query("to"), asked.Query("result"), asked.Query("source")));
    }

    [Fact]
    public void GetPostureFinding_WritesWhatTheApiSays()
    {
        _hub.On("GET /posture", request => FakeHub.Page(request, [Rows.Posture]));

        var finding = Assert.IsType<WsdPostureFinding>(_session.Run("Get-WsdServer BRN-WSUS02 | Get-WsdPostureFinding -Kind Vulnerability -Answer Found -Accepted:$false").Single().BaseObject);

        var asked = _hub.Requests.Last();
        Assert.Equal((2, "cve-2025-59287", "vulnerability", "critical", "found", 9.8, true), (finding.ServerId, finding.FindingId, finding.Kind, finding.Severity, finding.Answer, finding.Score, finding.IsExploited));
        Assert.Equal(("2", "vulnerability", "found", "false"), (asked.Query("server"), asked.Query("kind"), asked.Query("answer"), asked.Query("acknowledged")));
    }

    [Fact]
    public void GetError_OfASyncInThePipeline_ExplainsItAndPassesOverThoseWithout()
    {
        _hub.On("GET /servers/2", Rows.Server(2, "BRN-WSUS02"))
            .On("GET /servers/2/syncs", request => FakeHub.Page<SyncJson>(request, [Rows.Sync("s1"), Rows.Sync("s2", 0)]))
            .On("GET /explain", request => Microsoft.AspNetCore.Http.Results.Ok(ErrorCauses.Explain(request.Query("code")!).Select(answer => answer with { Causes = [new("pool-stopped", "Pool stopped")] })));

        var explained = Assert.IsType<WsdErrorExplanation>(_session.Run("Get-WsdSyncRun -ServerId 2 | Get-WsdError").Single().BaseObject);

        Assert.Equal(("0x80244022", true), (explained.Number, explained.IsKnown));
        Assert.Equal("pool-stopped", explained.Causes.Single().CauseId);
        Assert.NotEqual("", explained.Meaning);
    }

    [Fact]
    public void GetRepair_EmptyIdFromThePipeline_ListsNothing()
    {
        _hub.On("GET /repairs", _ => throw new InvalidOperationException("must not be called"));

        Assert.Empty(_session.Run("[pscustomobject]@{ RepairId = ''; ServerId = 2 } | Get-WsdRepair"));
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _hub.DisposeAsync();
    }

    private static int[] Ids(IEnumerable<PSObject> servers) => [.. servers.Select(server => ((WsdServer)server.BaseObject).ServerId)];
}
