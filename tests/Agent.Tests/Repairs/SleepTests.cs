using Microsoft.Web.Administration;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>
/// The server sleeps, or its host holds it, for nine hours in the middle of a repair. Its clock shows the nine hours afterwards; the monotonic clock has counted
/// them (Windows that slept) or not (a guest that was held).
/// </summary>
public sealed class SleepTests
{
    private static readonly TimeSpan Night = TimeSpan.FromHours(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlaybookCatalog.PoolOnlyId, true)]
    [InlineData(PlaybookCatalog.PoolOnlyId, false)]
    [InlineData(PlaybookCatalog.RestartServicesId, true)]
    [InlineData(PlaybookCatalog.RestartServicesId, false)]
    [InlineData(PlaybookCatalog.SyncOnlyId, true)]
    [InlineData(PlaybookCatalog.SyncOnlyId, false)]
    public async Task Sleep_AtEveryPlaceOfARepair_LeavesNothingStoppedOrHalfSet(string playbook, bool isCounted)
    {
        var places = 0;
        for (var place = 0; place == 0 || place < places; place++)
        {
            using var server = new FakeServer();
            var before = server.Iis.Settings;
            server.Crash.AtPlace = passed =>
            {
                if (passed == place)
                {
                    Sleep(server, isCounted);
                }
            };
            await using var agent = await AgentLife.BeginAsync(server);

            var run = await agent.RunAsync(playbook);
            while (await agent.OwedStarts.LookAsync(Token) is not null)
            {
                server.Time.Advance(TimeSpan.FromSeconds(5));
            }

            // What was asked to start is given its moment.
            server.Time.Advance(TimeSpan.FromMinutes(1));
            places = Math.Max(places, server.Crash.Passed.Count);
            var where = $"slept at place {place}, after {string.Join(", ", server.Crash.Passed.Take(place + 1).TakeLast(3))}";
            Assert.True(run.IsFinal, where);
            Assert.True(server.Iis.State == ObjectState.Started, where);
            Assert.All(ServiceNames.Watched.Select(server.Services.StateOf), state => Assert.True(state is ServiceState.Running or ServiceState.Stopped or ServiceState.NotInstalled, where));
            Assert.True(server.Services.StateOf(ServiceNames.SmsExecutive) == ServiceState.Running && server.Services.StateOf(ServiceNames.WsusService) == ServiceState.Running, where);
            Assert.True(server.Iis.Settings == before || FakeServer.IsNew(server.Iis.Settings), where);
            Assert.Equal(server.Iis.Settings != before, run.CanUndo);
            Assert.Empty(agent.Get<OwedStarts>().Read());

            // What did not count keeps no limit from being what it is.
            Assert.True(isCounted || run.State == RepairState.Succeeded, $"{run.State}, {where}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sleep_WhileSomethingIsOwed_ItIsStartedAfterwards(bool isCounted)
    {
        using var server = new FakeServer { Iis = { DoesNotStop = true } };
        await using var agent = await AgentLife.BeginAsync(server);
        Assert.Equal(RepairState.Failed, (await agent.RunAsync(PlaybookCatalog.PoolOnlyId)).State);

        Sleep(server, isCounted);
        server.Iis.State = ObjectState.Stopped;
        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal(ObjectState.Started, server.Iis.State);
    }

    private static void Sleep(FakeServer server, bool isCounted)
    {
        if (isCounted)
        {
            server.Time.Advance(Night);
        }
        else
        {
            server.Time.SetClock(Night);
        }
    }
}
