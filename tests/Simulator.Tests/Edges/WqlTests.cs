using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Edges;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Edges;

public sealed class WqlTests
{
    private const string Cimv2 = @"root\cimv2";
    private static readonly Dictionary<string, object?> None = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SELECT DeviceID,Size FROM Win32_LogicalDisk", 2)]
    [InlineData("select * from win32_logicaldisk where DeviceID = 'D:'", 1)]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk WHERE DeviceID = \"d:\" OR DeviceID='C:'", 2)]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk WHERE DriveType = 3 AND NOT DeviceID = 'C:'", 1)]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk WHERE FreeSpace > 100000000000", 1)]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk WHERE (DriveType <> 3)", 0)]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk WHERE DeviceID LIKE '%:'", 2)]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk WHERE Size IS NULL", 0)]
    public async Task Query_ValidWql_ReturnsTheRows(string wql, int rows)
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        var wmi = new SimulatedWmi(bench.Model);

        Assert.Equal(rows, (await wmi.QueryAsync(Cimv2, wql, Token)).Count);
    }

    [Theory]
    [InlineData("DELETE FROM Win32_LogicalDisk")]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk WHERE")]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk WHERE DeviceID = C")]
    [InlineData("SELECT DeviceID FROM Win32_LogicalDisk ORDER BY DeviceID")]
    [InlineData("SELECT Colour FROM Win32_LogicalDisk")]
    [InlineData("")]
    public async Task Query_WhatWmiWouldRefuse_IsAFault(string wql)
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));

        var refusal = await Assert.ThrowsAsync<EdgeException>(() => new SimulatedWmi(bench.Model).QueryAsync(Cimv2, wql, Token));

        Assert.Equal(ReadFailure.Fault, refusal.Failure);
    }

    [Theory]
    [InlineData(@"root\cimv2", "Win32_Nothing", Scenario.Healthy)]
    [InlineData(@"root\SMS\site_XYZ", "SMS_SUPSyncStatus", Scenario.Healthy)]
    [InlineData(@"root\SMS", "SMS_ProviderLocation", Scenario.Standalone)]
    [InlineData(@"root\SMS", "SMS_ProviderLocation", Scenario.Replica)]
    [InlineData(@"root\SMS", "SMS_SUPSyncStatus", Scenario.Healthy)]
    public async Task Query_UnknownNamespaceOrClass_IsNotFound(string scope, string className, Scenario scenario)
    {
        using var bench = new ModelBench(ModelBench.Profile(scenario));

        var refusal = await Assert.ThrowsAsync<EdgeException>(() => new SimulatedWmi(bench.Model).QueryAsync(scope, $"SELECT * FROM {className}", Token));

        Assert.Equal(ReadFailure.NotFound, refusal.Failure);
    }

    [Fact]
    public async Task Query_OnlySomeColumns_LeavesTheOthersOut()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));

        var row = Assert.Single(await new SimulatedWmi(bench.Model).QueryAsync(Cimv2, "SELECT Caption FROM Win32_OperatingSystem", Token));

        Assert.NotNull(row["Caption"]);
        Assert.Null(row["TotalVisibleMemorySize"]);
    }

    [Fact]
    public async Task Query_SoftwareUpdates_CountsAndListsTheSame()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        var wmi = new SimulatedWmi(bench.Model);
        var provider = Assert.Single(await wmi.QueryAsync(@"root\sms", "SELECT * FROM SMS_ProviderLocation WHERE ProviderForLocalSite = TRUE", Token));
        var scope = @"root\sms\site_" + provider["SiteCode"];

        var count = Assert.Single(await wmi.QueryAsync(scope, "SELECT COUNT(CI_ID) FROM SMS_SoftwareUpdate", Token));
        var rows = await wmi.QueryAsync(scope, "SELECT CI_ID FROM SMS_SoftwareUpdate", Token);

        Assert.Equal((uint)bench.Model.ConfigMgrUpdates, count["Count"]);
        Assert.Equal(bench.Model.ConfigMgrUpdates, rows.Count);
        Assert.Equal(rows.Count, rows.Select(row => row["CI_ID"]).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_SyncNow_StartsASynchronization(bool isFull)
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        bench.Run(TimeSpan.FromSeconds(1));
        var wmi = new SimulatedWmi(bench.Model);

        var result = await wmi.InvokeAsync(@"root\SMS\site_" + bench.Model.Profile.SiteCode, "SMS_SoftwareUpdate", "SyncNow", new Dictionary<string, object?> { ["fullSync"] = isFull }, Token);

        Assert.Equal(0, Convert.ToInt32(result, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(bench.Model.IsSynchronizing);
    }

    [Fact]
    public async Task Invoke_UnknownMethod_IsNotFound()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        var scope = @"root\SMS\site_" + bench.Model.Profile.SiteCode;

        var refusal = await Assert.ThrowsAsync<EdgeException>(() => new SimulatedWmi(bench.Model).InvokeAsync(scope, "SMS_SoftwareUpdate", "DeleteAll", None, Token));

        Assert.Equal(ReadFailure.NotFound, refusal.Failure);
    }
}
