using System.Text.RegularExpressions;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.History;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Model.Events;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.History;

public sealed partial class HistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    public static TheoryData<Scenario> Scenarios => [.. Enum.GetValues<Scenario>()];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Generate_SameSeed_IsTheSame(Scenario scenario)
    {
        var (first, firstLogs) = Generate(ModelBench.Profile(scenario));
        var (second, secondLogs) = Generate(ModelBench.Profile(scenario));
        var (other, _) = Generate(ModelBench.Profile(scenario, seed: 2));

        Assert.Equal(first.History, second.History);
        Assert.Equal(first.Events, second.Events);
        Assert.Equal(firstLogs, secondLogs);
        Assert.NotEqual(first.History, other.History);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Generate_ThirtyDays_RunsArePairedAndInOrder(Scenario scenario)
    {
        var (memory, _) = Generate(ModelBench.Profile(scenario) with { HasRunWithoutEnd = false });

        Assert.Equal(memory.History.Count / 2, memory.History.Count(row => row.IsStart));
        for (var index = 0; index < memory.History.Count; index += 2)
        {
            Assert.True(memory.History[index].IsStart);
            Assert.False(memory.History[index + 1].IsStart);
        }

        Assert.Equal(memory.History.OrderBy(row => row.At), memory.History);
        Assert.InRange(memory.History[0].At, Now.AddDays(-30), Now.AddDays(-29));
        Assert.True(memory.History[^1].At < Now);
        Assert.Equal(memory.History.Count, memory.History.Select(row => row.InstanceId).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Generate_Log_TellsTheSameSuccessesAsWsus(Scenario scenario)
    {
        var profile = ModelBench.Profile(scenario);
        var (memory, logs) = Generate(profile);
        if (!profile.IsSiteServer)
        {
            Assert.Empty(logs);
            return;
        }

        var succeeded = SucceededPattern().Count(logs);
        var interrupted = CancelledPattern().Count(logs);

        // A small delta that WSUS took and Configuration Manager could not read is a success of WSUS alone.
        Assert.InRange(succeeded, memory.History.Count(row => row.EventId == WsusEventRow.Succeeded) * 2 / 3, memory.History.Count(row => row.EventId == WsusEventRow.Succeeded));
        Assert.Equal(memory.History.Count(row => row.EventId == WsusEventRow.Cancelled), interrupted);
    }

    [Fact]
    public void Generate_ServiceThatDiedInARun_LeavesItWithoutAnEnd()
    {
        var (memory, _) = Generate(ModelBench.Profile(Scenario.Standalone));

        var open = memory.History.Zip(memory.History.Skip(1)).Single(pair => pair.First.IsStart && pair.Second.IsStart).First;
        var death = Assert.Single(memory.Events, entry => entry.EventId == WindowsEvents.ServiceDied);
        Assert.InRange(Now - open.At, TimeSpan.FromDays(1), TimeSpan.FromDays(3));
        Assert.InRange(death.At - open.At, TimeSpan.Zero, TimeSpan.FromMinutes(11));
    }

    [Fact]
    public void Generate_ServerThatHidesErrors_TellsTheReasonInTheSitesLogAlone()
    {
        var (memory, logs) = Generate(ModelBench.Profile(Scenario.ProxyRefuses));

        Assert.All(memory.History.Where(row => row.EventId == WsusEventRow.Failed), row => Assert.Equal("", row.Text));
        Assert.Contains("(407)", logs, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_StarvedPool_BecameBadAndStaysBadWithAnOccasionalSuccess()
    {
        var (memory, _) = Generate(ModelBench.Profile(Scenario.StarvedPool));
        var ends = memory.History.Where(row => !row.IsStart).ToList();
        var early = ends.Where(row => row.At < Now.AddDays(-16)).ToList();
        var late = ends.Where(row => row.At > Now.AddDays(-9)).ToList();

        Assert.True(early.Count(row => row.EventId == WsusEventRow.Succeeded) > early.Count * 3 / 4);
        Assert.True(late.Count(row => row.EventId == WsusEventRow.Cancelled) > late.Count / 2);
        Assert.Contains(late, row => row.EventId == WsusEventRow.Succeeded);
        Assert.True(memory.Events.Count(entry => entry.EventId == WindowsEvents.PrivateMemoryRecycle) >= late.Count(row => row.EventId == WsusEventRow.Cancelled));
    }

    [Fact]
    public void Generate_PoolStopped_HasTheFiveDeathsAndTheStop()
    {
        var (memory, _) = Generate(ModelBench.Profile(Scenario.PoolStopped));
        var stop = Assert.Single(memory.Events, entry => entry.EventId == WindowsEvents.PoolDisabled);
        var deaths = memory.Events.Where(entry => entry.EventId == WindowsEvents.WorkerDied).ToList();

        Assert.Equal(5, deaths.Count);
        Assert.All(deaths, death => Assert.InRange(stop.At - death.At, TimeSpan.Zero, TimeSpan.FromMinutes(5)));
        Assert.Equal(PoolState.Stopped, memory.Pools[WsusWorker.PoolName]);
        Assert.DoesNotContain(memory.History, row => row.At > stop.At);
    }

    [Fact]
    public void Generate_AYear_IsTheSameMonthWithAnOrdinaryPastBeforeIt()
    {
        var profile = ModelBench.Profile(Scenario.StarvedPool);
        var month = Generate(profile).Memory;
        var year = Generate(profile with { HistoryDays = 365 }).Memory;

        Assert.InRange(year.History.Count(row => row.EventId == WsusEventRow.ScheduledStart || row.EventId == WsusEventRow.ManualStart), 360 * 3, 365 * 3);
        Assert.Equal(month.History.Select(row => (row.EventId, row.At)), year.History.Where(row => row.At >= month.History[0].At).Select(row => (row.EventId, row.At)));
        Assert.DoesNotContain(year.History, row => row.EventId == WsusEventRow.Cancelled && row.At < month.History[0].At);
    }

    [Fact]
    public void Generate_Logs_OlderLinesAreInTheOldFile()
    {
        var folder = Directory.CreateTempSubdirectory("history-").FullName;
        try
        {
            var files = new ServerFiles(folder);
            HistoryGenerator.Generate(ModelBench.Profile(Scenario.Healthy), files, Now);

            Assert.True(File.Exists(Path.Combine(files.LogDirectory, "wsyncmgr.lo_")));
            Assert.All(File.ReadAllLines(Path.Combine(files.LogDirectory, "wsyncmgr.log")), line => Assert.Matches(SimplePattern(), line));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (ModelMemory Memory, string Logs) Generate(ServerProfile profile)
    {
        var folder = Directory.CreateTempSubdirectory("history-").FullName;
        try
        {
            var files = new ServerFiles(folder);
            var memory = HistoryGenerator.Generate(profile, files, Now);
            var logs = Directory.Exists(files.LogDirectory) ? string.Concat(Directory.EnumerateFiles(files.LogDirectory).Order(StringComparer.Ordinal).Select(File.ReadAllText)) : "";
            return (memory, logs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("STATMSG: ID=6702 ")]
    private static partial Regex SucceededPattern();

    [GeneratedRegex("Sync failed: WSUS synchronization was cancelled")]
    private static partial Regex CancelledPattern();

    // The grammar of configmgr.md, 5a, form B, as it was checked against a real log.
    [GeneratedRegex(@"^(?<msg>.*)  \$\$<(?<comp>[A-Z_]+)><(?<date>\d{2}-\d{2}-\d{4}) (?<time>[\d:.]+)(?<bias>[+-]\d+)><thread=(?<tid>\d+) \(0x(?<tidhex>[0-9A-F]+)\)>$")]
    private static partial Regex SimplePattern();
}
