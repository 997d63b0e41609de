using WsusDashboard.Benchmarks;
using WsusDashboard.Benchmarks.Fleet;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>The short form of "bench fleet": real processes, fifty servers, twenty seconds. It asserts that everything is measured, not how fast it was.</summary>
public sealed class FleetBenchmarkTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fleet_FiftyServers_EveryFigureIsMeasured(bool isOutbound)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It reads /proc.");
        var options = new FleetOptions { Servers = 50, Pages = [3], Runs = 1, WarmUp = TimeSpan.FromSeconds(1), Window = TimeSpan.FromSeconds(6), WithTrouble = !isOutbound, IsOutbound = isOutbound };

        var result = await FleetCommand.MeasureAsync(options, new BenchmarkOutput(TextWriter.Null, TextWriter.Null), TestContext.Current.CancellationToken);

        Assert.Equal([FleetRun.FirstStart, FleetRun.Restart], result.Starts.Select(start => start.Name));
        Assert.All(result.Starts, start => Assert.True(start is { ProcessorSeconds: > 0, SlowestHealthMilliseconds: > 0 } && start.SecondsToLinks >= start.SecondsToAnswer, $"{start}"));
        Assert.Equal(isOutbound ? [FleetRun.Steady] : [FleetRun.Steady, FleetRun.Syncing, FleetRun.Trouble], result.Windows.Select(window => window.Condition));
        Assert.All(result.Windows, window =>
        {
            Assert.True(window is { HubProcessor: > 0, ResidentMegaBytes: > 0, PrivateMegaBytes: > 0, ManagedMegaBytes: > 0, AllocatedMegaBytes: > 0, WireKiloBytes: > 0, PagesKiloBytes: > 0, SwarmMegaBytes: > 0 }, $"{window}");

            // Each server changes once in five seconds; a page shows what changes in its rows, an outside client all of it.
            Assert.True(window.ChangesPerSecond > 0 && window is { Row.Count: > 0, Client.Count: > 0 }, $"{window}");
        });
    }
}
