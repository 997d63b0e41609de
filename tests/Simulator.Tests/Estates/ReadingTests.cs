using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>What real agents read of simulated servers, and find around syncs of their past.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Snapshot_ServerWithTls_TellsDirectoriesLimitsAndDatabase()
    {
        await using var estate = await StartAsync(Scenario.Standalone);
        using var api = new ServerApi(estate.Servers[0]);
        var snapshot = await Eventually.Async(api.SnapshotAsync, read => read is { Iis.Value: not null, Wsus.Value.Database: not null });

        var required = snapshot.Iis.Value!.WsusDirectories.Where(directory => directory.RequiresTls).Select(directory => directory.Name);
        Assert.Equal(["ApiRemoting30", "ClientWebService", "DssAuthWebService", "ServerSyncWebService", "SimpleAuthWebService"], required);
        Assert.Contains(snapshot.Iis.Value.WsusDirectories, directory => directory is { Name: "Content", RequiresTls: false });
        Assert.Equal([("ClientWebService", 400), ("ApiRemoting30", (int?)null)], snapshot.Iis.Value.WebServiceLimits.Select(limits => (limits.Service, limits.MaximumInstalledPrerequisites)));
        Assert.Equal((null, ""), (snapshot.Wsus.Value!.Database!.LimitKilobytes, snapshot.Wsus.Value.DatabaseProblem));
        Assert.True(snapshot.Wsus.Value.Database is { DataKilobytes: > 0, Updates: > 0, Revisions: > 0, Events: > 0 });
    }

    [Fact]
    public async Task Snapshot_ServerThatHidesErrors_TellsTheUpdateAndHowTheSiteSetWsusUp()
    {
        await using var estate = await StartAsync(Scenario.ProxyRefuses);
        using var api = new ServerApi(estate.Servers[0]);
        var snapshot = await Eventually.Async(api.SnapshotAsync, read => read is { Host.Value.InstalledUpdatesReadAt: not null, ConfigMgr.Value.WsusConfiguration: not null });

        Assert.Equal("KB5070884", Assert.Single(snapshot.Host.Value!.InstalledUpdates).Id);
        Assert.Equal((WsusConfiguration.Success, ""), (snapshot.ConfigMgr.Value!.WsusConfiguration!.State, snapshot.ConfigMgr.Value.WsusConfiguration.Problem));
    }

    [Fact]
    public async Task Evidence_SyncWithoutAnEnd_ReachesToTheNextAndHasTheDeathOfTheService()
    {
        await using var estate = await StartAsync(Scenario.Standalone);
        var evidence = await FindEvidenceAsync(estate.Servers[0], run => run.Result is SyncResult.Unknown, found => found.Events.Count > 0);

        var runs = estate.Servers[0].AgentServices!.GetRequiredService<AgentStore>().ReadNewestRuns(SyncSource.Wsus, 200);
        var open = runs.Single(run => run.Id == evidence.RunId);
        Assert.Equal(runs.Where(run => run.StartedAt > open.StartedAt).Min(run => run.StartedAt), evidence.Until);
        Assert.Contains(evidence.Events, item => item is { EventId: WindowsEvents.ServiceDied, Subject: ServiceNames.WsusService });
        Assert.Null(evidence.Snapshot);
    }

    [Fact]
    public async Task Evidence_PoolStopped_HasTheRefusedRequestAndWhatTheSiteSaid()
    {
        await using var estate = await StartAsync(Scenario.PoolStopped);
        var evidence = await FindEvidenceAsync(estate.Servers[0], run => run.Source is SyncSource.ConfigMgr && run.ErrorCode == 503, found => found.Lines.Any(line => line.Log == "HTTPERR"));

        Assert.Contains(evidence.Lines, line => line.Log == "HTTPERR" && line.Text.EndsWith("AppOffline WsusPool", StringComparison.Ordinal) && line.Text.StartsWith("local POST /ApiRemoting30/", StringComparison.Ordinal));
        Assert.Contains(evidence.Lines, line => line.Log == "WCM" && line.Text.Contains("503", StringComparison.Ordinal));
    }

    private Task<Estate> StartAsync(Scenario scenario) =>
        Estate.StartAsync(new EstateOptions { DataDirectory = _folder.Path, Profiles = [ModelBench.Profile(scenario)], Speed = 10 }, cancellationToken: Token);

    private static async Task<RunEvidence> FindEvidenceAsync(SimulatedServer server, Func<SyncRun, bool> isWanted, Func<RunEvidence, bool> isComplete)
    {
        var store = server.AgentServices!.GetRequiredService<AgentStore>();
        var found = await Eventually.Async(
            () => Task.FromResult(Find()),
            evidence => evidence is not null);
        return found!;

        RunEvidence? Find()
        {
            var events = store.ReadEvents(1, 10_000).Select(item => item.ToDomain()).ToList();
            var wanted = events.Select(item => item.SyncRun).OfType<SyncRun>().Where(isWanted).Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
            return events.Select(item => item.Evidence).OfType<RunEvidence>().LastOrDefault(evidence => wanted.Contains(evidence.RunId) && isComplete(evidence));
        }
    }
}
