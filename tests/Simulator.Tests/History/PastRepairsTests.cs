using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.History;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.History;

public sealed class PastRepairsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Tell_EveryScenario_OnlyTheOneWithTheModuleHasOne() =>
        Assert.Equal([Scenario.NativeModule], Enum.GetValues<Scenario>().Where(scenario => PastRepairs.Tell(ModelBench.Profile(scenario), Now) is not null));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Tell_ServerWithTheModule_RolledBackWhileNoSyncRanAndWindowsTellsTheStop(int seed)
    {
        var profile = ModelBench.Profile(Scenario.NativeModule, seed);
        var run = PastRepairs.Tell(profile, Now)!;
        var folder = Directory.CreateTempSubdirectory("past-repair-");
        try
        {
            var memory = HistoryGenerator.Generate(profile, new(folder.FullName), Now);
            var period = RepairPeriod.Of(run)!;

            Assert.Equal((RepairState.RolledBack, TrialVerdict.Worse, false), (run.State, run.Trial!.Verdict, run.CanUndo));
            Assert.InRange(run.StartedAt, Now.AddDays(-3), Now.AddDays(-1));
            Assert.True(period.Covers(Assert.Single(memory.Events, entry => entry.EventId == WindowsEvents.PoolDisabled).At));
            Assert.DoesNotContain(PastRuns.Plan(profile, Now), sync => sync.StartedAt < run.EndedAt && sync.StartedAt + sync.Duration > run.StartedAt.AddMinutes(-10));
            Assert.Equal(memory.Events.OrderBy(entry => entry.At).Select(entry => entry.RecordId), memory.Events.Select(entry => entry.RecordId));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
