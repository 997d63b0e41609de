using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Planning;

/// <summary>What the baseline asks for and a server may not bear: left out of its plan, or included because a person asked.</summary>
public sealed class RiskySettingTests
{
    private const long Gigabyte = 1024 * 1024;

    private static CompressionScheme Unguarded => new()
    {
        Name = "xpress",
        Library = @"C:\Program Files\Update Services\WebServices\suscomp.dll",
        Bitness = LibraryBitness.Bits64,
        BitnessFor32BitWorker = LibraryBitness.Bits64,
    };

    [Fact]
    public async Task Plan_WhereA32BitWorkerCannotLoadALibrary_LeavesTheSettingOutAndSaysWhy()
    {
        using var server = new FakeServer { Iis = { Schemes = [Unguarded] } };
        await using var agent = await OpenAsync(server);

        var plan = await PlanAsync(agent);

        var deviation = Assert.Single(plan.Deviations);
        Assert.Equal((SettingKeys.Enable32BitAppOnWin64, "true", "false", false), (deviation.Setting, deviation.Wanted, deviation.Planned, deviation.IsIncluded));
        Assert.Contains("500.19", deviation.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(plan.Changes, change => change.Setting == SettingKeys.Enable32BitAppOnWin64);
        Assert.Contains(plan.Changes, change => change.Setting == SettingKeys.QueueLength);
        Assert.False(plan.IncludesRisky);
        Assert.Equal("", plan.Refusal);
    }

    [Fact]
    public async Task Plan_WhereTheSchemeIsGuarded_SetsWhatTheGuideAsksFor()
    {
        using var server = new FakeServer { Iis = { Schemes = [Unguarded with { PreCondition = "bitness64" }] } };
        await using var agent = await OpenAsync(server);

        var plan = await PlanAsync(agent);

        Assert.Empty(plan.Deviations);
        Assert.Contains(plan.Changes, change => change is { Setting: SettingKeys.Enable32BitAppOnWin64, After: "true" });
    }

    [Fact]
    public async Task Plan_AskedForWithTheRisk_SetsItAndSaysWhatMayHappen()
    {
        using var server = new FakeServer { Iis = { Schemes = [Unguarded] } };
        await using var agent = await OpenAsync(server);

        var plan = await PlanAsync(agent, includeRisky: true);

        Assert.True(plan.IncludesRisky);
        Assert.True(Assert.Single(plan.Deviations).IsIncluded);
        Assert.Contains(plan.Changes, change => change is { Setting: SettingKeys.Enable32BitAppOnWin64, After: "true" });
        Assert.Contains(plan.Warnings, warning => warning.Contains("500.19", StringComparison.Ordinal));
        Assert.NotEqual((await PlanAsync(agent)).Fingerprint, plan.Fingerprint);
    }

    [Fact]
    public async Task Plan_AskedForWithARiskThatIsNotThere_IsTheSamePlan()
    {
        using var server = new FakeServer();
        await using var agent = await OpenAsync(server);

        var plan = await PlanAsync(agent, includeRisky: true);

        Assert.False(plan.IncludesRisky);
        Assert.Equal((await PlanAsync(agent)).Fingerprint, plan.Fingerprint);
    }

    [Fact]
    public async Task Plan_OnASmallServer_ProposesALimitWithItsArithmetic()
    {
        using var server = new FakeServer { Host = new HostState { TotalMemoryKilobytes = 16 * Gigabyte }, Iis = { Schemes = [Unguarded] } };
        await using var agent = await OpenAsync(server);

        var plan = await PlanAsync(agent);

        var deviation = plan.Deviations.Single(deviation => deviation.Setting == SettingKeys.PrivateMemory);
        Assert.Equal("0", deviation.Wanted);
        Assert.Equal($"{12 * Gigabyte}", deviation.Planned);
        Assert.Contains("16 GB", deviation.Reason, StringComparison.Ordinal);
        Assert.Contains(plan.Changes, change => change.Setting == SettingKeys.PrivateMemory && change.After == deviation.Planned);
    }

    [Fact]
    public async Task Start_WithoutTheYes_OfAPlanThatHasIt_IsRefused()
    {
        using var server = new FakeServer { Iis = { Schemes = [Unguarded] } };
        await using var agent = await OpenAsync(server);
        var request = AgentLife.Request(await PlanAsync(agent, includeRisky: true));
        request.IncludeRisky = false;

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.StartAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(CommandFailure.Conflict, failure.Failure);
        Assert.Contains("risky setting enable32BitAppOnWin64", failure.Message, StringComparison.Ordinal);
        Assert.False(server.Iis.Settings.Enable32BitAppOnWin64);
    }

    [Fact]
    public async Task Start_AfterTheSchemeChanged_IsRefused()
    {
        using var server = new FakeServer();
        await using var agent = await OpenAsync(server);
        var request = AgentLife.Request(await PlanAsync(agent));
        server.Iis.Schemes = [Unguarded];

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.StartAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(CommandFailure.Conflict, failure.Failure);
        Assert.False(server.Iis.Settings.Enable32BitAppOnWin64);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Repair_KeepsTheServer64Bit_UnlessAPersonAsked(bool includeRisky)
    {
        using var server = new FakeServer { Iis = { Schemes = [Unguarded] } };
        await using var agent = await OpenAsync(server);

        var run = await agent.EndOfAsync((await agent.StartAsync(PlaybookCatalog.PoolOnlyId, includeRisky: includeRisky)).Id);

        Assert.Equal(RepairState.Succeeded, run.State);
        Assert.Equal(includeRisky, run.IncludesRisky);
        Assert.Equal(includeRisky, server.Iis.Settings.Enable32BitAppOnWin64);
        Assert.Equal(30_000, server.Iis.Settings.QueueLength);
    }

    [Fact]
    public async Task Repair_OfAPoolThatCannotLoadTheLibrary_MakesIt64BitAndUndoMakesItAsItWas()
    {
        using var server = new FakeServer { Iis = { Schemes = [Unguarded] } };
        server.Iis.Set(pool => pool.Enable32BitAppOnWin64 = true);
        server.Wsus.IsSilent = () => server.Iis.Settings.Enable32BitAppOnWin64;
        await using var agent = await OpenAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(RepairState.Succeeded, run.State);
        Assert.False(server.Iis.Settings.Enable32BitAppOnWin64);
        await agent.UndoAsync(run.Id);
        Assert.True(server.Iis.Settings.Enable32BitAppOnWin64);
    }

    [Fact]
    public async Task Plan_OfAPoolThatHasShownThatItCanLoadIt_LeavesIt32Bit()
    {
        using var server = new FakeServer { Iis = { Schemes = [Unguarded] } };
        server.Iis.Set(pool => pool.Enable32BitAppOnWin64 = true);
        await using var agent = await OpenAsync(server);

        var plan = await PlanAsync(agent);

        Assert.Empty(plan.Deviations);
        Assert.DoesNotContain(plan.Changes, change => change.Setting == SettingKeys.Enable32BitAppOnWin64);
    }

    private static async Task<AgentLife> OpenAsync(FakeServer server)
    {
        var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        return agent;
    }

    private static Task<Plan> PlanAsync(AgentLife agent, bool includeRisky = false) =>
        agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, "guide", TestContext.Current.CancellationToken, includeRisky);
}
