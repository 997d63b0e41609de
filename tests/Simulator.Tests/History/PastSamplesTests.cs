using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Samples;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.History;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.History;

public sealed class PastSamplesTests
{
    private const long LimitKilobytes = 1_843_200;
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Tell_StarvedPool_MemoryReachesTheLimitBeforeEachRecycleAndFallsAfterIt()
    {
        var profile = ModelBench.Profile(Scenario.StarvedPool);
        var samples = Tell(profile, LimitKilobytes).ToDictionary(sample => sample.Minute, sample => sample.WorkerKilobytes ?? 0);
        var recycles = RecyclesOf(profile).Select(ServerSample.MinuteOf).Where(minute => samples.ContainsKey(minute - 2) && samples.ContainsKey(minute + 1)).ToList();

        Assert.NotEmpty(recycles);
        // A sample may be up to a minute older than the recycle, and the worker grows by as much as a third in one.
        Assert.All(recycles, minute =>
        {
            Assert.True(Math.Max(samples[minute - 1], samples[minute - 2]) > LimitKilobytes * 0.65, $"{samples[minute - 1]} KB before a recycle");
            Assert.True(samples[minute + 1] < LimitKilobytes * 0.6, $"{samples[minute + 1]} KB after a recycle");
        });
        Assert.All(samples.Values, kilobytes => Assert.InRange(kilobytes, 0, (long)(LimitKilobytes * 1.02)));
    }

    [Fact]
    public void Tell_PoolStopped_HasNoWorkerSinceAndAsManyMinutesAsAsked()
    {
        var profile = ModelBench.Profile(Scenario.PoolStopped);
        var samples = Tell(profile, LimitKilobytes).ToList();
        var stopped = ServerSample.MinuteOf(Now - PastRuns.StoppedFor(profile.Draw)) + 1;

        Assert.Equal(7 * 24 * 60, samples.Count);
        Assert.Equal(ServerSample.MinuteOf(Now) - 1, samples[^1].Minute);
        Assert.All(samples.Where(sample => sample.Minute >= stopped), sample => Assert.Null(sample.WorkerKilobytes));
        Assert.All(samples.Where(sample => sample.Minute < stopped - 1), sample => Assert.NotNull(sample.WorkerKilobytes));
    }

    [Fact]
    public void Tell_Clients_GetFastAnswersAndNothingOnceThePoolIsStopped()
    {
        var profile = ModelBench.Profile(Scenario.PoolStopped);
        var stopped = ServerSample.MinuteOf(Now - PastRuns.StoppedFor(profile.Draw)) + 1;
        var samples = Tell(profile, LimitKilobytes).ToList();

        Assert.All(samples, sample => Assert.Equal(ClientEndpoints.All, sample.Client.Select(answer => answer.Endpoint)));
        Assert.All(samples.Where(sample => sample.Minute >= stopped), sample => Assert.All(sample.Client, answer => Assert.Equal((null, true), (answer.Milliseconds, answer.IsFailing))));
        Assert.All(samples.Where(sample => sample.Minute < stopped - 1), sample => Assert.All(sample.Client, answer => Assert.False(answer.IsFailing)));
        Assert.All(Tell(ModelBench.Profile(Scenario.Healthy), limitKilobytes: 0), sample => Assert.InRange(sample.Client[0].Milliseconds!.Value, 10, 100));
        Assert.All(Tell(ModelBench.Profile(Scenario.MonitorOnly), LimitKilobytes), sample => Assert.InRange(sample.Client[0].Milliseconds!.Value, 5_000, 14_000));
    }

    [Fact]
    public void Tell_HealthyServer_GrowsPastTheOldLimitInItsSyncsAndRejectsNothing()
    {
        var samples = Tell(ModelBench.Profile(Scenario.Healthy), limitKilobytes: 0).ToList();

        Assert.Contains(samples, sample => sample.WorkerKilobytes > LimitKilobytes);
        Assert.All(samples, sample => Assert.Equal((0L, 0L), (sample.RejectedRequests, sample.LimitKilobytes)));
    }

    [Fact]
    public async Task FirstStart_OfAServer_LeavesItsAgentTheSamplesOfTheLastWeek()
    {
        var folder = Directory.CreateTempSubdirectory("past-");
        try
        {
            await using var estate = await Estate.StartAsync(new() { DataDirectory = folder.FullName, Servers = 1 }, cancellationToken: TestContext.Current.CancellationToken);
            var samples = estate.Servers[0].AgentServices!.GetRequiredService<SampleStore>();

            var first = Assert.Single(samples.Read(0, 1));
            Assert.InRange(samples.LastMinute - first.Minute, (7 * 24 * 60) - 2, (7 * 24 * 60) + 2);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<ServerSample> Tell(ServerProfile profile, long limitKilobytes) =>
        PastSamples.Tell(profile, new PoolConfiguration { PrivateMemoryKilobytes = limitKilobytes }, Now, TimeSpan.FromDays(7));

    private static IEnumerable<DateTimeOffset> RecyclesOf(ServerProfile profile)
    {
        var folder = Directory.CreateTempSubdirectory("past-");
        try
        {
            return [.. HistoryGenerator.Generate(profile, new ServerFiles(folder.FullName), Now).Events.Where(found => found.EventId == WindowsEvents.PrivateMemoryRecycle).Select(found => found.At)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
